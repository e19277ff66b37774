// A search for a schedule that a claim does not survive: pure but for `run`, which runs one on a cluster.
//
//   seed, seed + 1, … ─▶ generate ─▶ run ─┬ held, inconclusive ─▶ the next seed
//                                         └ failed ─▶ how often? ─▶ shrink ─▶ confirm
//
// What fails often is pursued at once. What fails seldom waits until two fifths of the time are over: a
// candidate of it costs more runs.

import { generateSchedule } from "./generate.ts";
import { mergedOrder } from "./likely.ts";
import { confirmSmallest, failsOften, triesFor, type TrialOutcome } from "./repeat.ts";
import type { Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import type { SearchSpace } from "./space.ts";

/** One run of a schedule. */
export interface Trial {
  readonly outcome: TrialOutcome;
  /** One sentence: what was found, or why nothing can be known. */
  readonly summary: string;
  readonly tookMs: number;
  /** What went otherwise than the schedule says, a sentence each. @default nothing did */
  readonly notes?: readonly string[];
  /** Where it failed: positions of its faults, the likeliest reason first. @default unknown */
  readonly likely?: readonly number[];
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
  /** How often `schedule` failed in runs after the one that found it or made it small, and of how many. */
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

/** What failed at least once. */
interface Suspect extends Pick<Found, "seed" | "original" | "summary" | "foundAfterMs"> {
  /** Runs after the first that failed, and all of them. */
  readonly failed: number;
  readonly of: number;
  /** Positions of its faults, the likeliest reason first. */
  readonly likely: readonly number[];
}

/** How often a schedule that failed is run again; two failures are enough. */
const AGAIN = 3;
/** The part of the time in which one is waited for that fails often; then the best one is taken. */
const SEARCH_SHARE = 0.4;
const CONFIRMING = 5;

/** Searches until the time is over, or a schedule failed again and is as small as it gets. */
export async function hunt(parts: HuntParts): Promise<HuntResult> {
  const { space, seed: first, most = Infinity, leftMs } = parts;
  const beganMs = leftMs();
  const clock: Clock = { runs: 0, outcomes: new Map() };
  const elapsed = (): number => beganMs - leftMs();
  const schedules: Record<TrialOutcome, number> = { failed: 0, held: 0, inconclusive: 0 };
  const suspects: Suspect[] = [];
  let found: Found | undefined;
  const pursued = new Set<Suspect>();
  const follow = async (suspect: Suspect): Promise<void> => {
    pursued.add(suspect);
    const smaller = await pursue(parts, suspect, clock);
    const { likely: _, ...seen } = suspect;
    if (smaller !== undefined) found = { ...seen, ...smaller, tookMs: elapsed() };
  };
  for (let seed = first; found === undefined && leftMs() > 0; seed++) {
    const best = bestOf(suspects.filter((one) => !pursued.has(one)));
    const isLast = seed >= first + most;
    if (best !== undefined && (best.failed > 1 || isLast || elapsed() >= SEARCH_SHARE * beganMs)) {
      await follow(best);
      seed--;
      continue;
    }
    if (isLast) break;
    const original = generateSchedule(seed, space);
    const trial = await runOnce(parts, clock, "search", original, seed);
    schedules[trial.outcome]++;
    if (trial.outcome !== "failed") continue;
    const seen = { seed, original, summary: trial.summary, foundAfterMs: elapsed() };
    suspects.push({ ...seen, ...(await again(parts, { ...seen, trial }, clock)) });
  }
  const any = found ?? doubtful(bestOf(suspects), clock, elapsed());
  return {
    verdict: any !== undefined ? false : schedules.held > 0 ? true : "unknown",
    ...(any !== undefined && { found: any }),
    schedules,
    runs: clock.runs,
  };
}

/** What failed, and not again once it was pursued. */
function doubtful(best: Suspect | undefined, { outcomes }: Clock, tookMs: number): Found | undefined {
  if (best === undefined) return undefined;
  const { likely: _, ...seen } = best;
  const { failed, of } = outcomes.get(JSON.stringify(best.original))!;
  // the first failure is the one that found it
  return { ...seen, schedule: best.original, failed: failed - 1, of: of - 1, isComplete: false, tookMs };
}

/** The one that fails most often; of several the one with the fewest faults. */
function bestOf(suspects: readonly Suspect[]): Suspect | undefined {
  const rank = ({ failed, of, original }: Suspect): number =>
    failed / Math.max(1, of) - original.faults.length / 1000;
  return [...suspects].sort((a, b) => rank(b) - rank(a))[0];
}

/** What is counted of runs. */
interface Clock {
  runs: number;
  /** By schedule. */
  readonly outcomes: Map<string, { failed: number; of: number; longestMs: number }>;
}

/** Counts a run and its time. */
async function runOnce(
  { run, onTrial }: HuntParts,
  clock: Clock,
  step: HuntStep,
  schedule: Schedule,
  seed: number,
): Promise<Trial> {
  const trial = await run(schedule);
  const key = JSON.stringify(schedule);
  const { failed, of, longestMs } = clock.outcomes.get(key) ?? { failed: 0, of: 0, longestMs: 0 };
  clock.outcomes.set(key, {
    failed: failed + (trial.outcome === "failed" ? 1 : 0),
    of: of + 1,
    longestMs: Math.max(longestMs, trial.tookMs),
  });
  clock.runs++;
  onTrial?.(step, trial, schedule, seed);
  return trial;
}

async function again(
  parts: HuntParts,
  { original, seed, trial }: Pick<Found, "original" | "seed"> & { trial: Trial },
  clock: Clock,
): Promise<Pick<Suspect, "failed" | "of" | "likely">> {
  let of = 0;
  const failing = [trial];
  while (of < AGAIN && failing.length <= 2 && parts.leftMs() > 0) {
    const next = await runOnce(parts, clock, "again", original, seed);
    of++;
    if (next.outcome === "failed") failing.push(next);
  }
  const failed = failing.length - 1;
  if (failed > 0) parts.onFailing?.(original, seed);
  return { failed, of, likely: mergedOrder(failing.map(({ likely = [] }) => likely)) };
}

/** Undefined where what is left of it does not fail again. */
async function pursue(
  parts: HuntParts,
  { original, seed, failed, of, likely }: Suspect,
  clock: Clock,
): Promise<Pick<Found, "schedule" | "failed" | "of" | "isComplete"> | undefined> {
  const { leftMs, onFailing } = parts;
  const outcome = async (step: HuntStep, one: Schedule): Promise<TrialOutcome> =>
    (await runOnce(parts, clock, step, one, seed)).outcome;
  let smallest = original;
  // one failure is enough with fewer faults; with smaller values it has to fail as often, since each step
  // could make it rarer
  const tries = triesFor({ failed, of });
  const confirmingMs = (one: Schedule): number =>
    CONFIRMING * clock.outcomes.get(JSON.stringify(one))!.longestMs;
  // once more than one of the confirming runs takes, since a run under way is not ended
  const isOver = (): boolean => leftMs() < 1.2 * confirmingMs(smallest);
  const { trail, isComplete } = await shrink(
    original,
    async (candidate, part) => {
      const needs = part === "values" ? 2 : 1;
      const isFailing = await failsOften(() => outcome("shrink", candidate), { needs, tries, isOver });
      if (isFailing) onFailing?.((smallest = candidate), seed);
      return isFailing;
    },
    { isOver, likely },
  );
  const confirmed = await confirmSmallest(trail, (one) => outcome("confirm", one), {
    tries: CONFIRMING,
    isOver: (one) => leftMs() < confirmingMs(one),
  });
  return confirmed === undefined ? undefined : { ...confirmed, isComplete };
}
