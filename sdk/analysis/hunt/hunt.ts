// A search for a schedule that a claim does not survive: pure but for `run`, which runs one on a cluster.
//
//   seed, seed + 1, … ─▶ generate ─▶ run ─┬ held, inconclusive ─▶ the next seed
//                                         └ failed ─▶ again? ─▶ shrink ─▶ confirm

import { generateSchedule } from "./generate.ts";
import { confirmSmallest, failsOften, type TrialOutcome } from "./repeat.ts";
import type { Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import type { SearchSpace } from "./space.ts";

/** One run of a schedule. */
export interface Trial {
  readonly outcome: TrialOutcome;
  /** One sentence: what was found, or why nothing can be known. */
  readonly summary: string;
  readonly tookMs: number;
}

/** What a search is doing. */
export type HuntStep = "search" | "again" | "shrink" | "confirm";

export interface HuntParts {
  readonly space: SearchSpace;
  /** Of the first schedule; the next ones follow it. */
  readonly seed: number;
  /** How many schedules are searched, at most. @default no limit */
  readonly most?: number;
  /** Runs a schedule once. What it throws ends the search. */
  run(schedule: Schedule): Promise<Trial>;
  /** The time that is left, in milliseconds. */
  leftMs(): number;
  /** Called after each run. @default not called */
  onTrial?(step: HuntStep, trial: Trial, schedule: Schedule, seed: number): void;
  /** Called with each schedule that failed more than once, the smallest last. @default not called */
  onFailing?(schedule: Schedule, seed: number): void;
}

/** A schedule that the claim did not survive. */
export interface Found {
  /** Of the schedule that was found. */
  readonly seed: number;
  /** As it was found. */
  readonly original: Schedule;
  /** As it was shrunk. */
  readonly schedule: Schedule;
  /** What was seen in its first failing run. */
  readonly summary: string;
  /** How often `schedule` failed in runs after the search, and of how many. */
  readonly failed: number;
  readonly of: number;
  /** False where the time was over before everything was tried to make it smaller. */
  readonly isComplete: boolean;
  /** From the begin to the first failing run, and to the end, in milliseconds. */
  readonly foundAfterMs: number;
  readonly tookMs: number;
}

export interface HuntResult {
  /** False: found. True: each schedule was survived. Unknown: no run showed anything. */
  readonly verdict: boolean | "unknown";
  /** Absent where nothing failed. */
  readonly found?: Found;
  /** Schedules of the search, by their first run. */
  readonly schedules: Readonly<Record<TrialOutcome, number>>;
  /** Runs altogether. */
  readonly runs: number;
}

/** How often a schedule that failed is run again until it fails once more. */
const AGAIN = 4;
/** What is kept for the confirming runs: so many of the longest one. */
const RESERVED_RUNS = 4;

/** Searches until the time is over, or a schedule failed again and is as small as it gets. */
export async function hunt(parts: HuntParts): Promise<HuntResult> {
  const { space, seed: first, most = Infinity, leftMs } = parts;
  const [beganMs, clock] = [leftMs(), { longestMs: 0, runs: 0 }];
  const elapsed = (): number => beganMs - leftMs();
  const schedules: Record<TrialOutcome, number> = { failed: 0, held: 0, inconclusive: 0 };
  let unconfirmed: Found | undefined;
  let found: Found | undefined;
  for (let seed = first; seed < first + most && leftMs() > 0; seed++) {
    const run = runner(parts, seed, clock);
    const schedule = generateSchedule(seed, space);
    const { outcome, summary } = await run("search", schedule);
    schedules[outcome]++;
    if (outcome !== "failed") continue;
    const seen = { seed, original: schedule, summary, foundAfterMs: elapsed() };
    const smaller = await pursue(parts, schedule, seed, run, clock);
    if (smaller !== undefined) {
      found = { ...seen, ...smaller, tookMs: elapsed() };
      break;
    }
    unconfirmed ??= { ...seen, schedule, failed: 0, of: AGAIN, isComplete: false, tookMs: elapsed() };
  }
  const any = found ?? unconfirmed;
  return {
    verdict: any !== undefined ? false : schedules.held > 0 ? true : "unknown",
    ...(any !== undefined && { found: any }),
    schedules,
    runs: clock.runs,
  };
}

type Run = (step: HuntStep, schedule: Schedule) => Promise<Trial>;

/** Counts runs and their time. */
function runner(parts: HuntParts, seed: number, clock: { longestMs: number; runs: number }): Run {
  return async (step, schedule) => {
    const trial = await parts.run(schedule);
    clock.runs++;
    clock.longestMs = Math.max(clock.longestMs, trial.tookMs);
    parts.onTrial?.(step, trial, schedule, seed);
    return trial;
  };
}

/** Undefined where it does not fail again. */
async function pursue(
  { leftMs, onFailing }: HuntParts,
  schedule: Schedule,
  seed: number,
  run: Run,
  clock: { longestMs: number },
): Promise<Pick<Found, "schedule" | "failed" | "of" | "isComplete"> | undefined> {
  const outcome = async (step: HuntStep, one: Schedule): Promise<TrialOutcome> =>
    (await run(step, one)).outcome;
  if (!(await failsOften(() => outcome("again", schedule), { needs: 1, tries: AGAIN }))) return undefined;
  onFailing?.(schedule, seed);
  const { trail, isComplete } = await shrink(
    schedule,
    async (candidate) => {
      const isFailing = await failsOften(() => outcome("shrink", candidate));
      if (isFailing) onFailing?.(candidate, seed);
      return isFailing;
    },
    { isOver: () => leftMs() < RESERVED_RUNS * clock.longestMs },
  );
  const confirmed = await confirmSmallest(trail, (one) => outcome("confirm", one));
  return confirmed === undefined ? undefined : { ...confirmed, isComplete };
}
