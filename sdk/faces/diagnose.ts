// The face `kafka-failure-lab/diagnose`: finds misconfigurations in compose files and client settings, and
// explains error lines.

export { applyEdits, diagnose, diagnosisLines, sarif } from "../arguments/diagnosing.ts";
export { errorLines, explainError } from "../arguments/errors.ts";
export {
  type AppliedEdits,
  CONFIGURATION_KINDS,
  type ConfigurationFinding,
  type ConfigurationKind,
  type DiagnoseInput,
  type DiagnoseOptions,
  type EditedFile,
  type Evidence as ConfigurationEvidence,
  type FixEdit,
  type ImageEdit,
  type PortEdit,
  type RemoveEdit,
  type RenameEdit,
  RULES as CONFIGURATION_RULES,
  type Rule as ConfigurationRule,
  type SetEdit,
  SEVERITIES,
  type Severity,
  type SkippedEdit,
  type VolumeEdit,
} from "../analysis/diagnose/mod.ts";
export type {
  ErrorFamily,
  ExplainedError,
  ExplainedErrors,
  ExplainErrorOptions,
  KafkaErrorCause,
  UnknownErrorLine,
} from "../analysis/errors/mod.ts";
export type { BuiltInFault } from "../model/fault.ts";
export type { Duration } from "../model/duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "../model/errors.ts";
