export {
  type Address,
  entriesOf,
  MAX_PORT,
  type ReadAddress,
  readAddress,
  readBootstrap,
  readListener,
  readVoter,
} from "./address.ts";
export {
  brokerFlag,
  brokerNumber,
  checkProperties,
  isProvided,
  type Refusal,
  refusalOf,
  valueOf,
} from "./check.ts";
export { DEFINED_VERSIONS, type Definition, definitionsOf, type Kind, settingNames } from "./definitions.ts";
export { allowed, parseSetting, type Reading } from "./parse.ts";
export { checkRelease, compareReleases, wrongRelease } from "./release.ts";
export { logDirsIn, metadataLogDir, normalDir } from "./log-dirs.ts";
export { checkTopicName, MAX_TOPIC_NAME, topicNameFault } from "./topic-name.ts";
