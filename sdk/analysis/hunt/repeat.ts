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
}

/** Whether enough runs fail; stops as soon as it is known. */
export async function failsOften(
  run: () => Promise<TrialOutcome>,
  { needs = 2, tries = 3 }: RepeatOptions = {},
): Promise<boolean> {
  let failed = 0;
  for (let left = tries; failed + left >= needs; left--) {
    if (failed === needs) return true;
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

/**
 * Finds the smallest schedule that fails again: the last one of a trail, or the one before it, and so on; at
 * the end the first. Each is run `tries` times.
 *
 * @param options.isOver nothing but the smallest is run where the time is over; @default it never is
 * @returns undefined where none fails again
 */
export async function confirmSmallest(
  trail: readonly [Schedule, ...Schedule[]],
  run: (schedule: Schedule) => Promise<TrialOutcome>,
  { tries = 3, isOver = () => false }: { tries?: number; isOver?(): boolean } = {},
): Promise<Confirmed | undefined> {
  const last = trail
    .slice(1)
    .slice(-(MOST_STEPS - 1))
    .reverse();
  for (const [step, schedule] of [...last, trail[0]].entries()) {
    if (step > 0 && isOver()) return undefined;
    let failed = 0;
    for (let turn = 0; turn < tries; turn++) if ((await run(schedule)) === "failed") failed++;
    if (failed > 0) return { schedule, failed, of: tries };
  }
  return undefined;
}
