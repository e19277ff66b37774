// What moves a group on that has lost a partition's owner: each step says what the time before it was spent
// on.

import type { MemberEvent } from "../../../model/history.ts";
import type { Claim } from "./claims.ts";
import type { CoordinatorChange } from "./coordinator.ts";
import type { GroupScene } from "./group-scene.ts";
import type { Takeover } from "./stretch.ts";

/** What a rebalance has come to; `gone`: none has begun. */
export type Phase = "gone" | "joining" | "syncing" | "assigned";

/** Where the steps have come to. */
export interface Walk {
  readonly scene: GroupScene;
  readonly takeover: Takeover;
  readonly change: CoordinatorChange | undefined;
  phase: Phase;
  /** When the last step was. */
  sinceMs: number;
}

/** A moment that moves the group on. */
export interface Step {
  readonly atMs: number;
  /** What the time before it was spent on; undefined where it says nothing new. */
  piece(walk: Walk): Claim | undefined;
  readonly next?: Phase;
}

/** The last of some changes of a member, up to a moment. */
export function lastOf(
  { members }: GroupScene,
  name: string,
  atMs: number,
  changes: readonly MemberEvent["change"][],
): MemberEvent | undefined {
  return members.findLast((one) => one.member === name && one.atMs <= atMs && changes.includes(one.change));
}
