// The face `kafka-failure-lab/testing`: parts of the lab, for tests and tools that look behind a lab.
//
// Its functions are the lab's own: they do not check their arguments. A script that only uses a lab needs
// none of them.
//
//   command lines   readArguments(argv, options), runCommand(program, help, main)
//   processes       run(argv), startOf(pid), startGuardian(…), claimFolder(…)
//   brokers         openEngine(…), openLocal(…), supplyKafka(…), brokerFlags(…)
//   Kafka           openWire(…), definitionsOf(kind, name, version)
//   searches        generateSchedule(seed, space), hunt(parts), shrink(schedule, fails)
//   files           readText(file), makeFolders(path), shape.wrongIn(shape, value)

// command lines
export {
  type Arguments,
  type ArgumentsOptions,
  amount,
  asStarted,
  composeFile,
  composePath,
  count,
  type CountOptions,
  duration,
  fail,
  failed,
  file,
  fromReader,
  kafkaVersion,
  type Kind,
  listOf,
  type Many,
  milliseconds,
  nearestName,
  oneOf,
  node,
  type OneNode,
  oneOfOrBrokers,
  partition,
  target,
  type Option,
  type Options,
  orHelp,
  pattern,
  type Printed,
  quoted,
  readArguments,
  readerFolder,
  runCommand,
  text,
  toReader,
  UsageError,
  type Values,
} from "../cli/mod.ts";
export { labEngine, labKafka } from "../engine/environment.ts";
export { readTime } from "../model/duration.ts";
export { type Members, namedMembers } from "../model/member.ts";

// processes and the folders of a lab
export { type CommandOptions, type CommandResult, run } from "../runtime/command.ts";
export { type Claim, claimFolder, claimPort, release } from "../runtime/claims.ts";
export { startGuardian } from "../runtime/guardian/guardian.ts";
export { markOf, startOf } from "../runtime/guardian/processes.mjs";
export { type LabRecord, recorded } from "../runtime/guardian/records.mjs";
export { type Authority, makeAuthority } from "../runtime/certificates.ts";
export { catchInterrupts } from "../runtime/interrupt.ts";
export { stateFolder } from "../runtime/state-folder.ts";

// labs and brokers
export { guardedLab } from "../arguments/lab-guard.ts";
export { openLab } from "../lab/start.ts";
export { openEngine, type Opened } from "../lab/open.ts";
export { followLogs } from "../lab/observe/follow.ts";
export { makeObserver } from "../lab/observe/observe.ts";
export { recordViews } from "../lab/observe/record-views.ts";
export type { Engine } from "../engine/engine.ts";
export type { Network } from "../engine/network.ts";
export { type Cli, findCli } from "../engine/docker/mod.ts";
export { CLIENTS_FILE } from "../engine/local/clients-file.ts";
export { openLocal } from "../engine/local/local.ts";
export { startLinks } from "../engine/local/links/links.ts";
export { type Moved, moveToLoopback, type PortPair, wantedPorts } from "../engine/local/rewrite.ts";
export { baseArchive } from "../engine/local/supply/base-archive.ts";
export { loggingFlags } from "../engine/local/supply/flags.ts";
export {
  bootstrapCheckpoint,
  brokerFlags,
  cacheFolder,
  classDataArchive,
  findJava,
  formatLogDir,
  type Java,
  logConfig,
  PINNED_KAFKA,
  randomId,
  resolveKafka,
  type SuppliedKafka,
  supplyKafka,
} from "../engine/local/supply/mod.ts";
export { assertSupported, type KafkaService, kafkaServices } from "../compose/mod.ts";
export { readCompose as readComposeFiles } from "../compose/read.ts";

// Kafka
export { createTopic } from "../client/admin.ts";
export { renamedEvent } from "../recording/renamed.ts";
export { readBack } from "../client/readback.ts";
export { parseLine } from "../kafka/broker-log/mod.ts";
export { openWire } from "../kafka/connection.ts";
export {
  compareReleases,
  DEFINED_VERSIONS,
  type Definition,
  definitionsOf,
  type Kind as SettingKind,
  MAX_PORT,
  parseSetting,
  readBootstrap,
  settingNames,
  topicNameFault,
} from "../kafka/mod.ts";
export type { Rule as SettingRule, Table as SettingTable } from "../kafka/definitions.ts";
export { Security } from "../model/security.ts";
export { BROKER_NAMES } from "../analysis/diagnose/known/broker-names.ts";
export { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../analysis/diagnose/known/java-names.ts";

// searches
export {
  ACKS_AFTER,
  ACKS_BEFORE,
  aimedAt,
  claimNamed,
  confirmSmallest,
  faultCode,
  failedStretch,
  type Found,
  generateSchedule,
  hunt,
  HUNT_CLAIMS,
  HUNT_KINDS,
  type HuntClaim,
  type HuntKind,
  type HuntParts,
  type HuntResult,
  type HuntStep,
  likelyFaults,
  replayScript,
  type Schedule,
  type ScheduledFault,
  shrink,
  spaceOf,
  type Stretch,
  type Trial,
} from "../analysis/hunt/mod.ts";

// predictions and files
export { isManifest } from "../kubernetes/mod.ts";
export {
  type GroupCircumstances,
  groupCircumstances,
  OFFSETS_TOPIC,
  offsetsPartition,
  POLL_TIMEOUT_MS,
  predictGroup as groupPredictionOf,
} from "../analysis/predict/groups/mod.ts";
export { asOneStretch } from "../analysis/explain/mod.ts";
export { faultyDirectories } from "../lab/verbs/log-directories.ts";
export { withForgetfulDisks } from "../lab/verbs/predict-parts.ts";
export { couldBeMachine, windows } from "../analysis/check/mod.ts";
export { groupPredictionShape } from "../model/group-prediction-schema.ts";
export { predictionShape } from "../model/prediction-schema.ts";
export * as shape from "../model/shape.ts";
export { MAX_JSON_BYTES } from "../runtime/limits.ts";
export { makeFolders } from "../runtime/make-folders.ts";
export { propertiesText } from "../runtime/properties-file.ts";
export { readText, readTextIfThere } from "../runtime/read-file.ts";
export { assertReplaceable, type ReplaceText, replaceText } from "../runtime/replace-file.ts";
