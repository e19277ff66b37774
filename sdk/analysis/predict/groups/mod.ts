// What a fault will do to a consumer group, derived before it strikes: a pure function of circumstances.

export {
  type GroupCircumstances,
  isMemberFault,
  type KnownGroup,
  type KnownGroupPartition,
  type MemberFaultFacts,
} from "./circumstances.ts";
export { namedTimer } from "./group-timers.ts";
export { knownGroup } from "./known-group.ts";
export { predictGroup, roleOf } from "./predict-group.ts";
