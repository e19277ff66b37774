// The public face of a lab: start it, break it, predict, judge, print.
//
//   ./diagnose  misconfigurations            ./report    everything that writes a run as text or a picture
//   ./predict   predictions without a lab    ./scenario  options, output and exit code of a scenario script
//   ./testing   parts of the lab, for tests and tools; their arguments are not checked

export { attachLab, clean, doctor, openRun, startLab } from "./arguments/labs.ts";
export { readable, toMs } from "./arguments/words.ts";
export {
  anomalies,
  arrivals,
  availability,
  check,
  duplicates,
  explain,
  firstAckAfter,
  machineShare,
  noLostWrites,
  noPhantomWrites,
  order,
  outage,
  predictionChecks,
  progress,
  recordTrace,
  recovery,
} from "./arguments/judging.ts";
export {
  commitsForward,
  committedReads,
  groupPredictionChecks,
  groupProgress,
  processedAll,
  processedOnlySent,
  processingOrder,
  skipped,
  transformedAll,
} from "./arguments/judging-groups.ts";
export { readCompose } from "./arguments/composing.ts";
export { diagnose } from "./arguments/diagnosing.ts";
export { fromCompose, predict } from "./arguments/predicting.ts";
export { table, timeline } from "./arguments/reports.ts";
export { print, printable, show, tableOf, timelineOf } from "./arguments/printing.ts";
export type {
  AttachBootstrapOptions,
  AttachOptions,
  AttachProjectOptions,
  Lab,
  LabOptions,
  LabRun,
} from "./lab/lab.ts";
export type { ProbeFactory } from "./lab/workload/probe-factory.ts";
export { type ClusterOptions, FAST_TIMERS } from "./lab/cluster-options.ts";
export type {
  BrokerState,
  Cluster,
  Condition,
  Description,
  Election,
  TopicOptions,
  WaitOptions,
} from "./lab/verbs/cluster.ts";
export type { Capture, ShellCommand, ShellOutput } from "./lab/capture.ts";
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
  DiskScopeOptions,
  DiskSpec,
  DuplicateSpec,
  ElectSpec,
  FailDiskSpec,
  FaultDefinition,
  FaultOption,
  Faults,
  FillDiskSpec,
  HangDiskSpec,
  IsolateSpec,
  KillSpec,
  LastingOptions,
  LoseSpec,
  NetworkSpec,
  OptionType,
  PauseSpec,
  ReconfigureSpec,
  ReorderSpec,
  RollSpec,
  RollWait,
  ScopeOptions,
  SettingsOf,
  ForgetDiskSpec,
  SlowDiskSpec,
  SlowSpec,
  SplitSpec,
  StopSpec,
  ThrottleSpec,
} from "./faults/mod.ts";
export type { Inject, InjectOptions } from "./lab/verbs/inject.ts";
export type * from "./model/history.ts";
export type { Load, LoadOptions } from "./lab/workload/load.ts";
export type { TopicWatch, WatchOptions, WatchTopic } from "./lab/workload/topic-watch.ts";
export type { Group, StartGroup } from "./lab/groups/group.ts";
export type { GroupDescription, GroupLag } from "./lab/groups/states.ts";
export type { PartitionLag } from "./lab/groups/follow.ts";
export type { Member, MemberFault, MemberFaultKind } from "./lab/groups/member.ts";
export type {
  CommitPolicy,
  GroupOptions,
  MemberSettings,
  TransformOptions,
} from "./client/member/options.ts";
export type { TransformSettings } from "./client/member/transform.ts";
export type { GroupSettings } from "./client/member/settings.ts";
export type { Disk, DiskOptions } from "./lab/verbs/disk.ts";
export type { DiskEffect, DiskFault } from "./model/disk.ts";
export type { Net, NetOptions } from "./lab/verbs/network.ts";
export type { GroupPredictOptions, Predict, PredictOptions } from "./lab/verbs/predict.ts";
export type {
  GroupPredictionCheck,
  MeasuredGroup,
  MeasuredPartition,
  PredictionCheck,
  MeasuredController,
  MeasuredOutcome,
  Evidence,
  ExplainedStandstill,
  ExplainedWindow,
  ExplainOptions,
  Explanation,
  Part,
  ShownExplanation,
} from "./analysis/explain/mod.ts";
export type { Probe, ReadResult, SendOptions, SendResult } from "./lab/workload/probe.ts";
export type { ProbeOptions } from "./client/settings.ts";
export type { ClientSettings, JavaSettings, KafkajsSettings } from "./client/client.ts";
export type {
  SaslMechanism,
  SecurityOptions,
  SecurityProtocol,
  ShownSecurity,
} from "./model/security.ts";
export type {
  CoordinatorOf,
  LeaderOf,
  NodeTarget,
  OneTarget,
  Role,
  ServiceTarget,
  Target,
} from "./model/target.ts";
export type {
  ArrivalGap,
  Arrivals,
  ArrivalsFacts,
  Availability,
  BeforeAfter,
  DuplicateArrivals,
  FaultArrivals,
  WatchTally,
  ClientGap,
  FaultGaps,
  GapsByFault,
  GroupStep,
  GroupTrace,
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
  MachineShare,
  Ordering,
  Outage,
  Progress,
  Recovery,
  Scope,
  NoLostWrites,
  Verdict,
} from "./analysis/check/mod.ts";
export type * from "./analysis/check/groups/mod.ts";
export type { Paint, TableOptions, TimelineOptions } from "./report/text/mod.ts";
export type { RecordedRun } from "./recording/mod.ts";
export type { Picture, TablePictureOptions, TimelinePictureOptions } from "./report/svg/mod.ts";
export type { PrintableOptions } from "./model/printable.ts";
export type { PrintOptions } from "./runtime/print.ts";
export type { ConfigurationFinding, DiagnoseInput, DiagnoseOptions } from "./analysis/diagnose/mod.ts";
export type * from "./faces/prediction-types.ts";
export type { DoctorOptions, EngineState, MachineCheck, Report } from "./doctor/mod.ts";
