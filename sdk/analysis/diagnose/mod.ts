export { diagnose, type DiagnoseOptions } from "./diagnose.ts";
export {
  type Evidence,
  type Finding as ConfigurationFinding,
  type Rule,
  SEVERITIES,
  type Severity,
} from "./finding.ts";
export {
  type Input as DiagnoseInput,
  type Kind as ConfigurationKind,
  KINDS as CONFIGURATION_KINDS,
} from "./read/mod.ts";
export { RULES } from "./rules/mod.ts";
export { sarif } from "./sarif.ts";
export { diagnosisLines } from "./text.ts";
