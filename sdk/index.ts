// The public face, and nothing else.

export { about, attachLab, clean, doctor, openRun, runtime, startLab, whyReplay } from "./arguments/labs.ts";
export {
  colour,
  exitCodeOf,
  mergeVerdicts,
  readable,
  toBytesPerSecond,
  toMs,
  toPercent,
  verdictWords,
} from "./arguments/words.ts";
export {
  predictionChecks,
  availability,
  recordTrace,
  check,
  duplicates,
  explain,
  firstAckAfter,
  noPhantomWrites,
  anomalies,
  order,
  outage,
  progress,
  recovery,
  noLostWrites,
} from "./arguments/judging.ts";
export { readCompose } from "./arguments/composing.ts";
export {
  circumstances,
  diagnose,
  faultKinds,
  resolveFault,
  diagnosisLines,
  fromCompose,
  predict,
  sarif,
} from "./arguments/predicting.ts";
export {
  predictionCheckLines,
  recordTraceLines,
  explanationLines,
  explanationSummary,
  headline,
  anomalyLines,
  anomalyTable,
  outcomeSummary,
  table,
  timeline,
  verdictLines,
} from "./arguments/reports.ts";
export {
  drawn,
  output,
  print,
  printable,
  printError,
  show,
  tableOf,
  progressReporter,
  timelineOf,
} from "./arguments/printing.ts";
export { compareResults, finish, ownArguments, scenarioOptions } from "./arguments/scripts.ts";
export type { AttachOptions, Lab, LabOptions, LabRun } from "./lab/lab.ts";
export type { ProbeFactory } from "./lab/workload/probe-factory.ts";
export { type ClusterOptions, FAST_TIMERS } from "./lab/cluster-options.ts";
export type {
  BrokerState,
  Cluster,
  Condition,
  Description,
  TopicOptions,
  WaitOptions,
} from "./lab/verbs/cluster.ts";
export type { ReadComposeOptions } from "./lab/read-compose.ts";
export type { ComposeProject, ComposeService } from "./compose/mod.ts";
export type { Conclusion, ConcludeOptions } from "./lab/conclusion.ts";
export type { Duration } from "./model/duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "./model/errors.ts";
export { defineFault, faults } from "./arguments/faults.ts";
export type { Fault } from "./lab/faults/fault.ts";
export type { FaultContext, FaultFactory, FaultParts } from "./lab/faults/define.ts";
export type { FaultEffect, ResolvedFault } from "./model/fault.ts";
export type {
  CorruptSpec,
  DelaySpec,
  DuplicateSpec,
  FaultDefinition,
  FaultOption,
  Faults,
  IsolateSpec,
  KillSpec,
  LastingOptions,
  LoseSpec,
  NetworkSpec,
  OptionType,
  PauseSpec,
  ReorderSpec,
  ScopeOptions,
  SplitSpec,
  StopSpec,
  ThrottleSpec,
} from "./faults/mod.ts";
export type { Inject, InjectOptions } from "./lab/verbs/inject.ts";
export type * from "./model/history.ts";
export type { Load, LoadOptions } from "./lab/workload/load.ts";
export type { Net, NetOptions } from "./lab/verbs/network.ts";
export type { Direction, NetFault, Path, Rate } from "./model/traffic.ts";
export type { Predict, PredictOptions } from "./lab/verbs/predict.ts";
export type {
  PredictionCheck,
  MeasuredOutcome,
  Evidence,
  ExplainedWindow,
  ExplainOptions,
  Explanation,
  Part,
} from "./analysis/explain/mod.ts";
export type { Probe, ReadResult, SendOptions, SendResult } from "./lab/workload/probe.ts";
export type { ProbeOptions } from "./client/settings.ts";
export type { ClientSettings, JavaSettings, KafkajsSettings } from "./client/client.ts";
export type { Fix, ScenarioDefaults, ScenarioOptions } from "./cli/scenario.ts";
export type { Role, Target } from "./model/target.ts";
export type {
  Availability,
  BeforeAfter,
  RecordTrace,
  Check,
  CheckerName,
  CheckOptions,
  Counts,
  Duplication,
  RecordFate,
  Finding,
  LongestAckGap,
  NoPhantomWrites,
  Anomalies,
  AnomalyOptions,
  AnomalousRecord,
  Judgement,
  Ordering,
  Outage,
  Progress,
  Recovery,
  Scope,
  NoLostWrites,
  Verdict,
} from "./analysis/check/mod.ts";
export type { Paint, TableOptions, TimelineOptions } from "./report/text/mod.ts";
export type { RecordedRun, ReplayReason } from "./recording/mod.ts";
export type {
  Colour,
  Drawing,
  Picture,
  PlotLibrary,
  TablePictureOptions,
  TimelinePictureOptions,
} from "./report/svg/mod.ts";
export type { PrintableOptions } from "./model/printable.ts";
export type { PrintOptions } from "./runtime/print.ts";
export type { ProgressReporter } from "./notebook/progress.ts";
export { isNotebook } from "./notebook/notebook.ts";
export {
  CONFIGURATION_KINDS,
  RULES as CONFIGURATION_RULES,
  SEVERITIES,
  type ConfigurationFinding,
  type ConfigurationKind,
  type DiagnoseInput,
  type DiagnoseOptions,
  type Evidence as ConfigurationEvidence,
  type Rule as ConfigurationRule,
  type Severity,
} from "./analysis/diagnose/mod.ts";
export type {
  Circumstances,
  ClusterFacts,
  ComposeCircumstances,
  ComposeClient,
  ComposeTopic,
  DescribedCluster,
  KnownClient,
  KnownNode,
  KnownTopic,
  Odds,
  PartKind,
  Possibility,
  PredictedPart,
  Prediction,
  RoundTrip,
  Span,
  Timer,
  NodeConfig,
} from "./analysis/predict/mod.ts";
export type { DoctorOptions, EngineState, MachineCheck, Report } from "./doctor/mod.ts";

export { version } from "./cli/about.ts";
export type { Figure, Result } from "./cli/result.ts";
