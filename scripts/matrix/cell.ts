// The cells of the matrix: which of the four causes are fixed, and how the leader's broker goes.
//
//   replication × quorum × listeners   ×   bootstrap   ×   stop, kill   =   32 cells
//   └── override files: 8 clusters ──┘     the client's       the fault
//
// The bootstrap list is a client's own setting: the cluster does not know of it. One run of one cluster
// therefore measures two cells, with clients of both kinds beside each other, and 16 runs measure all 32.

import type { Fix } from "@kafka-failure-lab/sdk/scenario";

/** The fixes that a compose file makes; the fourth is the client's. */
export type ClusterFix = Exclude<Fix, "bootstrap">;

export type How = "stop" | "kill";

/** One question: with these causes fixed, who is served after such a fault? */
export interface Cell {
  readonly fixes: readonly Fix[];
  readonly how: How;
}

/** One cluster and one fault: what a run measures. */
export interface Plan {
  readonly fixes: readonly ClusterFix[];
  readonly how: How;
}

export const FIXES: readonly Fix[] = ["replication", "quorum", "listeners", "bootstrap"];
export const HOWS: readonly How[] = ["stop", "kill"];

/** All combinations of the four fixes, those with fewer fixes first. */
export const COMBINATIONS: readonly (readonly Fix[])[] = Array.from({ length: 16 }, (_, bits) =>
  FIXES.filter((_, i) => (bits & (1 << i)) !== 0),
).sort((a, b) => a.length - b.length);

/** The cells of these combinations and faults. */
export function cellsOf(combinations: readonly (readonly Fix[])[], hows: readonly How[]): Cell[] {
  return combinations.flatMap((fixes) => hows.map((how) => ({ fixes, how })));
}

/** The runs that measure these cells, each once, in the cells' order. */
export function plansOf(cells: readonly Cell[]): Plan[] {
  const plans = cells.map(
    ({ fixes, how }): Plan => ({ fixes: fixes.filter((fix) => fix !== "bootstrap"), how }),
  );
  return plans.filter((plan, i) => plans.findIndex((other) => isSame(other, plan)) === i);
}

/** Whether two cells, or two plans, are the same. */
export function isSame(a: Cell, b: Cell): boolean {
  return a.how === b.how && nameOf(a.fixes) === nameOf(b.fixes);
}

/** A combination by name: `as-posted`, `all`, `replication+listeners`. */
export function nameOf(fixes: readonly Fix[]): string {
  if (fixes.length === 0) return "as-posted";
  return fixes.length === FIXES.length ? "all" : FIXES.filter((fix) => fixes.includes(fix)).join("+");
}

/**
 * Reads a combination's name; the order of the fixes does not matter.
 *
 * @throws TypeError where it is none
 */
export function combinationOf(name: string): readonly Fix[] {
  if (name === "all") return FIXES;
  const parts = name === "as-posted" ? [] : name.split("+");
  const unknown = parts.find((part) => !FIXES.some((fix) => fix === part));
  if (unknown !== undefined)
    throw new TypeError(
      `Cannot find the cell ${JSON.stringify(name)}: expected as-posted, all, or some of ${FIXES.join("+")}`,
    );
  return FIXES.filter((fix) => parts.includes(fix));
}
