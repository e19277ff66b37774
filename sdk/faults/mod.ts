// Kinds of faults as values: one file a kind. Pure; what injects them is in lab/faults/.

export type { FaultDefinition, FaultOption, OptionType } from "./definition.ts";
export {
  addKind,
  BUILT_IN,
  definitionOf,
  effectOf,
  endsProcess,
  faultKinds,
  isOfResources,
  resolveFault,
  kindNames,
  kindOf,
  nounOf,
  processOf,
  processOfEvent,
} from "./kinds.ts";
export {
  faults,
  type Faults,
  type DiskScopeOptions,
  type LastingOptions,
  type ScopeOptions,
  specOf,
} from "./faults.ts";
export type { CorruptSpec } from "./corrupt.ts";
export type { DelaySpec } from "./delay.ts";
export type { DiskSpec } from "./disk.ts";
export type { DuplicateSpec } from "./duplicate.ts";
export type { ElectSpec } from "./elect.ts";
export type { FailDiskSpec } from "./fail-disk.ts";
export type { FillDiskSpec } from "./fill-disk.ts";
export type { HangDiskSpec } from "./hang-disk.ts";
export type { IsolateSpec } from "./isolate.ts";
export type { KillSpec } from "./kill.ts";
export type { LoseSpec } from "./lose.ts";
export type { NetworkSpec } from "./network.ts";
export type { PauseSpec } from "./pause.ts";
export { type ReconfigureSpec, resourceName, type SettingsOf } from "./reconfigure.ts";
export type { ReorderSpec } from "./reorder.ts";
export { ROLL_WAITS, type RollSpec, type RollWait } from "./roll.ts";
export type { ForgetDiskSpec } from "./forget-disk.ts";
export type { SlowDiskSpec } from "./slow-disk.ts";
export type { SlowSpec } from "./slow.ts";
export type { SplitSpec } from "./split.ts";
export type { StopSpec } from "./stop.ts";
export type { ThrottleSpec } from "./throttle.ts";
export { WAYS } from "./isolate.ts";
export { DIRECTIONS, PATHS } from "./network.ts";
