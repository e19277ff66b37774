export { dotenv } from "./dotenv.ts";
export { assertSupported, unsupportedKeys, type UnsupportedKey } from "./support.ts";
export type { Configuration } from "./apache.ts";
export { imageRefusals, type ImageRefusal } from "./image-refusals.ts";
export {
  conventionOf,
  hasOwnCommand,
  isKafkaLike,
  RECOGNISED_IMAGES,
  type Convention,
  versionOf,
} from "./image.ts";
export type { JavaFlags } from "./java.ts";
export { configurationOf, originsOf } from "./configuration.ts";
export {
  kafkaServices,
  otherServices,
  publicProperties,
  RECOGNISED_KAFKA,
  seenIn,
  type KafkaService,
  type Role,
} from "./kafka.ts";
export {
  bothNames,
  controllerListeners,
  interBrokerListener,
  isPlaintext,
  isReachableByBrokers,
  isTls,
  type Listener,
  advertisedBy,
  listenersOf,
  LOOPBACK,
  protocolOf,
  sendsBrokersHome,
} from "./listeners.ts";
export { withHostFiles } from "./secured.ts";
export { isProjectName } from "./names.ts";
export { propertiesOverride } from "./override.ts";
export type { FileReader } from "./environment.ts";
export { parseCompose, type ParseOptions } from "./parse.ts";
export type {
  ComposeProject,
  ComposeService,
  ComposeSource,
  Gap,
  GivenKey,
  IdleService,
  Mount,
  SourceLocation,
  PublishedPort,
  ServiceName,
} from "./project.ts";
export { checkSettings, type RefusedSetting, refusedSettings } from "./settings.ts";
export { type Voter, votersOf } from "./voters.ts";
export { COMPOSE_TAGS } from "./tree.ts";
