// What a fault will do to a consumer group, derived before it strikes: a pure function of circumstances.

export {
  type GroupCircumstances,
  isMemberFault,
  type KnownGroup,
  type KnownGroupPartition,
  type MemberFaultFacts,
} from "./circumstances.ts";
export { arrivalRate } from "./arrival-rate.ts";
export {
  groupCircumstances,
  type GroupClusterFacts,
  OFFSETS_TOPIC,
  offsetsPartition,
} from "./from-cluster.ts";
export { type DescribedGroup, describedGroup } from "./from-described.ts";
export { namedTimer } from "./group-timers.ts";
export { knownGroup, POLL_TIMEOUT_MS } from "./known-group.ts";
export { predictGroup, roleOf } from "./predict-group.ts";
