export {
  type AppliedEdits,
  applyEdits,
  type EditedFile,
  type SkippedEdit,
} from "./apply/mod.ts";
export { diagnose, type DiagnoseOptions } from "./diagnose.ts";
export {
  type Evidence,
  type Finding as ConfigurationFinding,
  type Rule,
  SEVERITIES,
  type Severity,
} from "./finding.ts";
export type {
  FixEdit,
  ImageEdit,
  PortEdit,
  RemoveEdit,
  RenameEdit,
  SetEdit,
  VolumeEdit,
} from "./fix.ts";
export {
  type Input as DiagnoseInput,
  type Kind as ConfigurationKind,
  KINDS as CONFIGURATION_KINDS,
} from "./read/mod.ts";
export { NOT_JUDGED, RULES } from "./rules/mod.ts";
export { sarif } from "./sarif.ts";
export { diagnosisLines } from "./text.ts";
