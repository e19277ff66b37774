// Outcomes are races: what a schedule does is asked several times.

import type { Schedule } from "./schedule.ts";

/** What one run of a schedule came to; `inconclusive` counts as neither. */
export type TrialOutcome = "failed" | "held" | "inconclusive";

/** How often a schedule is run, and how often it has to fail. */
export interface RepeatOptions {
  /** Runs that have to fail. @default 2 */
  needs?: number;
  /** Runs at most. @default 3 */
  tries?: number;
  /** Whether no further run is begun: then it is not known to fail. @default never */
  isOver?(): boolean;
}

/** The chance to miss what still fails, one in ten, and how many runs that may cost. */
const MISSED = 0.1;
const [LEAST_TRIES, MOST_TRIES] = [3, 6];

/**
 * How many runs a candidate has, so that one that fails as often as these runs did is rarely taken for one
 * that holds: 3 where they failed mostly, 6 where they never failed again.
 */
export function triesFor({ failed, of }: { failed: number; of: number }): number {
  // the first failure, which is not among them, and Laplace's rule of succession
  const rate = (failed + 1) / (of + 2);
  return Math.min(MOST_TRIES, Math.max(LEAST_TRIES, Math.ceil(Math.log(MISSED) / Math.log(1 - rate))));
}

/** Whether enough runs fail; stops as soon as it is known. */
export async function failsOften(
  run: () => Promise<TrialOutcome>,
  { needs = 2, tries = 3, isOver = () => false }: RepeatOptions = {},
): Promise<boolean> {
  let failed = 0;
  for (let left = tries; failed + left >= needs; left--) {
    if (failed === needs) return true;
    if (isOver()) return false;
    if ((await run()) === "failed") failed++;
  }
  return false;
}

/** A schedule that failed again. */
export interface Confirmed {
  readonly schedule: Schedule;
  /** Runs that failed. */
  readonly failed: number;
  /** Runs. */
  readonly of: number;
}

/** How many schedules are asked again, at most. */
const MOST_STEPS = 4;

/** What the confirming runs go by. */
export interface ConfirmOptions {
  /** Runs of each schedule. @default 3 */
  tries?: number;
  /** Runs that have to fail for a schedule not to be left for the one before it. @default 2 */
  needs?: number;
  /** Whether the time is over for a schedule other than the smallest. @default it never is */
  isOver?(schedule: Schedule): boolean;
}

/**
 * Finds the smallest schedule that fails again: the last one of a trail, or the one before it, and so on; at
 * the end the first. Where none fails `needs` times of `tries`, it is the one that failed most often.
 *
 * @returns undefined where none fails again
 */
export async function confirmSmallest(
  trail: readonly [Schedule, ...Schedule[]],
  run: (schedule: Schedule) => Promise<TrialOutcome>,
  { tries = 3, needs = 2, isOver = () => false }: ConfirmOptions = {},
): Promise<Confirmed | undefined> {
  const last = trail
    .slice(1)
    .slice(-(MOST_STEPS - 1))
    .reverse();
  let best: Confirmed | undefined;
  for (const [step, schedule] of [...last, trail[0]].entries()) {
    if (step > 0 && isOver(schedule)) continue;
    let failed = 0;
    for (let turn = 0; turn < tries; turn++) if ((await run(schedule)) === "failed") failed++;
    if (failed > (best?.failed ?? 0)) best = { schedule, failed, of: tries };
    if (failed >= needs) break;
  }
  return best;
}
