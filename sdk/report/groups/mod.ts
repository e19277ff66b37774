// Consumer groups as a history has them, ready to be drawn as text and as a picture.
export { groupLanes } from "./lanes.ts";
export type {
  Amount,
  Assignment,
  CommitMark,
  GroupLane,
  LagPoint,
  MemberLane,
  MemberSpan,
  MemberState,
  Rebalance,
} from "./lane.ts";
export { memberLabel, namedPartitions } from "./names.ts";
export { type Standstill, standstills } from "./standstills.ts";
