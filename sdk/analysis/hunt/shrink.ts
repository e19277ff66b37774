// Makes a failing schedule smaller while it fails: fewer faults, then sooner and shorter ones, then a lighter
// load, and in the end fewer clients: several at once are several chances to see a race.
//
//   found ─▶ likely faults, ddmin ─▶ atMs ─▶ lastsMs, delays ─▶ ddmin again ─▶ load, clients ─▶ trail
//
// Each value is first replaced by the least one; where that holds, the middle between what holds and what
// fails is asked for, twice: each question costs runs on a cluster.

import { ddmin } from "./ddmin.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import { twoDigits } from "./dice.ts";
import type { Schedule, ScheduledFault, ScheduledLoad } from "./schedule.ts";
import { timeText } from "./space.ts";

/** What a schedule was shrunk to. */
export interface Shrunk {
  /** Every schedule that failed on the way, the found one first, the smallest last. */
  readonly trail: readonly [Schedule, ...Schedule[]];
  /** False where the time was over before everything was tried. */
  readonly isComplete: boolean;
}

export interface ShrinkOptions {
  /** Whether the time is over: nothing more is asked then. @default never */
  isOver?(): boolean;
  /** Positions of the faults, those that a failure is likely to come from first. @default no order */
  likely?: readonly number[];
}

/** Whether a candidate still fails; `part` is what it has less of. */
export type Fails = (candidate: Schedule, part: "faults" | "values") => Promise<boolean>;
type Accept = (candidate: Schedule, part?: "faults") => Promise<boolean>;

const LEAST_LASTS_MS = 200;
const LEAST_DELAY_MS = 20;
const LEAST_PER_SECOND = 20;
const MIDDLES = 2;
/** So many of the likeliest faults are tried before halves of all are. */
const MOST_LIKELY = 3;

/** Shrinks a schedule that fails. It asks `fails` for one candidate after the other, for none twice. */
export async function shrink(
  found: Schedule,
  fails: Fails,
  { isOver = () => false, likely = [] }: ShrinkOptions = {},
): Promise<Shrunk> {
  const trail: [Schedule, ...Schedule[]] = [found];
  const asked = new Map<string, boolean>([[JSON.stringify(found), true]]);
  let isComplete = true;
  const accept: Accept = async (candidate, part) => {
    const key = JSON.stringify(candidate);
    const known = asked.get(key);
    if (known !== undefined) return known;
    if (isOver()) {
      isComplete = false;
      return false;
    }
    const isFailing = await fails(candidate, part ?? "values");
    // a question may end with the time, unanswered
    if (!isFailing && isOver()) isComplete = false;
    asked.set(key, isFailing);
    if (isFailing) trail.push(candidate);
    return isFailing;
  };
  const fewer = await thin(await likeliest(found, likely, accept), accept);
  // begins first: they make every later run shorter
  const shorter = await shorten(await gather(fewer, accept), accept);
  // what was needed while it lasted long may be needed no more
  await lighten(await thin(shorter, accept), accept);
  return { trail, isComplete };
}

/** One, two or three of the likeliest faults, where they fail without the others. */
async function likeliest(found: Schedule, likely: readonly number[], accept: Accept): Promise<Schedule> {
  for (let count = 1; count <= Math.min(MOST_LIKELY, likely.length, found.faults.length - 1); count++) {
    const wanted = new Set(likely.slice(0, count));
    const candidate = { ...found, faults: found.faults.filter((_, index) => wanted.has(index)) };
    if (await accept(candidate, "faults")) return candidate;
  }
  return found;
}

/** Fewer faults. */
async function thin(schedule: Schedule, accept: Accept): Promise<Schedule> {
  const faults = await ddmin(schedule.faults, (part) => accept({ ...schedule, faults: part }, "faults"));
  return { ...schedule, faults };
}

/** Faults that last shorter, and delays that are shorter. */
async function shorten(schedule: Schedule, accept: Accept): Promise<Schedule> {
  let left = schedule;
  for (const [index, { fault, lastsMs }] of schedule.faults.entries()) {
    const from = left;
    const lasting = (ms: number): Schedule => withFault(from, index, { lastsMs: ms });
    left = lasting(await least(lastsMs, LEAST_LASTS_MS, (ms) => accept(lasting(ms))));
    if (fault["delay"] === undefined) continue;
    const shorter = left;
    const delaying = (ms: number): Schedule =>
      withFault(shorter, index, { fault: { ...fault, delay: timeText(ms) } });
    const delayMs = toMs(fault["delay"] as Duration);
    left = delaying(await least(delayMs, LEAST_DELAY_MS, (ms) => accept(delaying(ms))));
  }
  return left;
}

/** Faults that begin sooner, each together with those that follow it. */
async function gather(schedule: Schedule, accept: Accept): Promise<Schedule> {
  let left = schedule;
  for (const index of schedule.faults.keys()) {
    const before = left.faults[index - 1]?.atMs ?? 0;
    const gapMs = left.faults[index]!.atMs - before;
    const from = left;
    const sooner = (ms: number): Schedule => ({
      ...from,
      faults: from.faults.map((one, i) => (i < index ? one : { ...one, atMs: one.atMs - gapMs + ms })),
    });
    left = sooner(await least(gapMs, 0, (ms) => accept(sooner(ms))));
  }
  return left;
}

/** A load that is lighter. */
async function lighten(schedule: Schedule, accept: Accept): Promise<Schedule> {
  let left = schedule;
  for (const [name, floor] of [
    ["partitions", 1],
    ["inFlight", 1],
    ["perSecond", LEAST_PER_SECOND],
    ["producers", 1],
  ] as const satisfies readonly (readonly [keyof ScheduledLoad, number])[]) {
    const lighter = (value: number): Schedule => ({ ...left, load: { ...left.load, [name]: value } });
    const now = left.load[name];
    if (now === undefined) continue;
    const value = await least(now, floor, (one) => accept(lighter(one)));
    left = lighter(value);
  }
  return left;
}

/** The least value that was seen to fail. */
async function least(
  value: number,
  floor: number,
  fails: (value: number) => Promise<boolean>,
): Promise<number> {
  if (value <= floor || (await fails(floor))) return Math.min(value, floor);
  let [holds, failing] = [floor, value];
  for (let turn = 0; turn < MIDDLES; turn++) {
    const middle = twoDigits(Math.sqrt(Math.max(holds, failing / 16) * failing));
    if (middle <= holds || middle >= failing) break;
    if (await fails(middle)) failing = middle;
    else holds = middle;
  }
  return failing;
}

function withFault(schedule: Schedule, index: number, change: Partial<ScheduledFault>): Schedule {
  return {
    ...schedule,
    faults: schedule.faults.map((one, i) => (i === index ? { ...one, ...change } : one)),
  };
}
