// The public face, and nothing else.

export { attachLab, type AttachOptions, type Lab, type LabOptions, type LabRun, startLab } from "./lab.ts";
export type { ProbeMaker } from "./maker.ts";
export { type ClusterOptions, FAST_TIMERS } from "./open.ts";
export type { BrokerState, Cluster, Condition, Description, TopicOptions, WaitOptions } from "./cluster.ts";
export type { Conclusion, ConcludeOptions } from "./conclude.ts";
export { type Duration, readable, toMs } from "./duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "./errors.ts";
export type { Fault } from "./faults.ts";
export type * from "./history.ts";
export type { Load, LoadOptions } from "./load.ts";
export type { Net, NetOptions } from "./net.ts";
export {
  type Direction,
  type NetFault,
  type Path,
  type Rate,
  toBytesPerSecond,
  toPercent,
} from "./traffic.ts";
export type { Predict, PredictedFault, PredictOptions } from "./prediction.ts";
export {
  type Agreement,
  agreements,
  type Came,
  explain,
  type Evidence,
  type ExplainedWindow,
  type ExplainOptions,
  type Explanation,
  type Part,
} from "./explain/mod.ts";
export type { Probe, ReadResult, SendOptions, SendResult } from "./probe.ts";
export type { ProbeOptions } from "./settings.ts";
export type { ClientSettings, JavaSettings, KafkajsSettings } from "./client/client.ts";
export {
  type Fix,
  ownArguments,
  type ScenarioDefaults,
  scenarioOptions,
  type ScenarioOptions,
} from "./scenario.ts";
export type { Role, Target } from "./target.ts";
export {
  availability,
  biography,
  check,
  duplicates,
  exitCodeOf,
  firstAckAfter,
  honest,
  interesting,
  mergeVerdicts,
  order,
  outage,
  progress,
  recovery,
  survive,
  type Availability,
  type BeforeAfter,
  type Biography,
  type Check,
  type CheckerName,
  type CheckOptions,
  type Counts,
  type Duplication,
  type FateWord,
  type Finding,
  type Gap,
  type Honesty,
  type Interesting,
  type InterestingOptions,
  type InterestingRecord,
  type Judgement,
  type Ordering,
  type Outage,
  type Progress,
  type Recovery,
  type Scope,
  type Survival,
  type Verdict,
} from "./judge/mod.ts";
export {
  agreementLines,
  biographyLines,
  explanationLines,
  explanationSummary,
  headline,
  interestingLines,
  interestingTable,
  outcomeSummary,
  type Paint,
  table,
  type TableOptions,
  timeline,
  type TimelineOptions,
  verdictLines,
  verdictWords,
} from "./report/mod.ts";
export { openRun, type RecordedRun, type ReplayReason, whyReplay } from "./recording/mod.ts";
export {
  type Colour,
  colour,
  type Drawing,
  drawn,
  type Picture,
  output,
  type PlotLibrary,
  show,
  tableOf,
  type TablePictureOptions,
  timelineOf,
  type TimelinePictureOptions,
} from "./show/mod.ts";
export { printable, type PrintableOptions } from "./model/printable.ts";
export { print, printError, type PrintOptions } from "./print.ts";
export { teller, type Teller } from "./progress.ts";
export { isNotebook } from "./notebook.ts";
export {
  CONFIGURATION_KINDS,
  diagnose,
  diagnosisLines,
  RULES as CONFIGURATION_RULES,
  sarif,
  SEVERITIES,
  type ConfigurationFinding,
  type ConfigurationKind,
  type DiagnoseInput,
  type DiagnoseOptions,
  type Evidence as ConfigurationEvidence,
  type Rule as ConfigurationRule,
  type Severity,
} from "./diagnose/mod.ts";
export {
  circumstances,
  fromCompose,
  predict,
  type Circumstances,
  type ClusterFacts,
  type ComposeCircumstances,
  type ComposeClient,
  type ComposeTopic,
  type Described,
  type KnownClient,
  type KnownFault,
  type KnownNode,
  type KnownTopic,
  type Odds,
  type PartKind,
  type Possibility,
  type PredictedPart,
  type Prediction,
  type RoundTrip,
  type Span,
  type Timer,
  type ToldNode,
} from "./predict/mod.ts";
export {
  doctor,
  type DoctorOptions,
  type EngineState,
  type MachineCheck,
  type Report,
} from "./doctor/mod.ts";
export { clean } from "./clean.ts";
export { about, runtime, version } from "./about.ts";
export { compareResults, type Figure, finish, type Result } from "./result.ts";
