// The face `kafka-failure-lab/diagnose`: finds misconfigurations in compose files and client settings.

export { diagnose, diagnosisLines, sarif } from "../arguments/predicting.ts";
export {
  CONFIGURATION_KINDS,
  type ConfigurationFinding,
  type ConfigurationKind,
  type DiagnoseInput,
  type DiagnoseOptions,
  type Evidence as ConfigurationEvidence,
  RULES as CONFIGURATION_RULES,
  type Rule as ConfigurationRule,
  SEVERITIES,
  type Severity,
} from "../analysis/diagnose/mod.ts";
export type { Duration } from "../model/duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "../model/errors.ts";
