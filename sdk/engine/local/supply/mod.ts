// Everything that a broker process is made of: a Java, Kafka's jars, the flags that start it fast, and a
// formatted log directory.

export {
  chooseJava,
  everyJava,
  findJava,
  type Java,
  type JavaCandidate,
  type JavaChoice,
  type JavaOptions,
} from "./java.ts";
export {
  DEFAULT_KAFKA,
  LISTED_KAFKA,
  type Logging,
  PINNED_KAFKA,
  resolveKafka,
  type WantedKafka,
} from "./version.ts";
export { assertCache, cacheFolder } from "./cache.ts";
export type { Env } from "../../../runtime/env.ts";
export { type SuppliedKafka, supplyKafka, type SupplyOptions, type Via } from "./supply.ts";
export { type ClassData, classDataArchive, type ClassDataOptions } from "./archive.ts";
export { diskAgent, type DiskAgentOptions } from "./disk-agent.ts";
export type { MadeByJava } from "./javac.ts";
export { type MemberClasses, memberClasses, type MemberClassesOptions } from "./member-classes.ts";
export { brokerFlags, type FlagOptions, logConfig } from "./flags.ts";
export {
  bootstrapCheckpoint,
  type BootstrapOptions,
  formatLogDir,
  type FormatOptions,
  randomId,
} from "./format.ts";
