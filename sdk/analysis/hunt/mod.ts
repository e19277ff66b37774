// Searches for a schedule of faults and loads that a claim does not survive, and makes it small. Pure: what
// runs a schedule is given.
//
//   seed ─▶ generate ─▶ run ─▶ failed ─▶ shrink ─▶ confirm ─▶ replay script

export { claimNamed, type ClaimCheck, HUNT_CLAIMS, type HuntClaim } from "./claims.ts";
export { faultCode } from "./fault-code.ts";
export { generateSchedule } from "./generate.ts";
export { type Found, hunt, type HuntParts, type HuntResult, type HuntStep, type Trial } from "./hunt.ts";
export { failedStretch, likelyFaults, mergedOrder, type Stretch } from "./likely.ts";
export {
  type Confirmed,
  confirmSmallest,
  type ConfirmOptions,
  failsOften,
  type RepeatOptions,
  type TrialOutcome,
  triesFor,
} from "./repeat.ts";
export { ACKS_AFTER, ACKS_BEFORE, replayScript, type ReplayScript } from "./replay-script.ts";
export { aimedAt, type Schedule, type ScheduledFault, type ScheduledLoad } from "./schedule.ts";
export { shrink, type ShrinkOptions, type Shrunk } from "./shrink.ts";
export {
  DEFAULT_KINDS,
  HUNT_KINDS,
  type HuntKind,
  type Range,
  type SearchSpace,
  type SpaceOptions,
  spaceOf,
} from "./space.ts";
