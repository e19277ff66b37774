// The times in which a group processed nothing while there was something to read.
//
//   available    +1      +1 +1                     a record can be read once it was acknowledged
//   progress                       ●     ● ●       a record was processed
//   gap           ├────────────────┤├────┤├┤       while the number of unread records is above 0
import { firstIndex } from "../../../model/first-index.ts";
import type { Life, PartitionLog } from "./group-log.ts";
import { sendOf } from "./group-log.ts";
import { endedAtMs } from "../sends.ts";
import type { Fate, FateOf } from "./fates.ts";

/** What moves a group's gaps: moments in milliseconds since the run's start, each list in order. */
export interface Moments {
  /** When records could be read. */
  available: Float64Array;
  /** When records were no more to be read: processed for the first time, skipped, or passed over. */
  gone: Float64Array;
  /** When processing of a record ended, for the first time or again. */
  progress: Float64Array;
}

/** A time without progress, in milliseconds since the run's start. */
export interface RawGap {
  fromMs: number;
  toMs: number;
  /** Whether it had not ended at the end. */
  isOpen: boolean;
}

/** Collects the moments of one partition; records that the group never had to read are left out. */
export function momentsOf(log: PartitionLog, fateOf: FateOf, fromMs: number): Moments {
  const available: number[] = [];
  const gone: number[] = [];
  const passedMs = passing(log);
  const doneMs = new Map<Life, number>();
  const progress: number[] = [];
  for (const { lives, failed, fromMs: begunMs, toMs } of log.runs)
    lives.forEach((life, i) => {
      // between the moments of a run its records are taken for equally long
      const endMs = begunMs + ((toMs - begunMs) * (i + 1)) / (lives.length + Number(failed !== null));
      progress.push(endMs);
      const known = doneMs.get(life);
      if (known === undefined || endMs < known) doneMs.set(life, endMs);
    });
  for (const life of log.lives) {
    const fate = life.times > 0 ? null : fateOf(life);
    if (fate !== null && NOT_READABLE.has(fate.what)) continue;
    const atMs = Math.max(fromMs, availableMs(log, life));
    if (atMs === Infinity) continue;
    available.push(atMs);
    if (fate === null) gone.push(Math.max(atMs, doneMs.get(life)!));
    else {
      const skippedMs = fate.what === "skipped" ? fate.commit.toMs : Infinity;
      const endMs = Math.min(skippedMs, passedMs(life.rank));
      if (endMs < Infinity) gone.push(Math.max(atMs, endMs));
    }
  }
  return { available: sorted(available), gone: sorted(gone), progress: sorted(progress) };
}

/** What the group never had to read. */
const NOT_READABLE: ReadonlySet<Fate["what"]> = new Set([
  "before the start",
  "after the end",
  "lost in the log",
]);

/** All partitions as one. */
export function together(all: readonly Moments[]): Moments {
  const of = (name: keyof Moments): Float64Array => sorted(all.flatMap((one) => [...one[name]]));
  return { available: of("available"), gone: of("gone"), progress: of("progress") };
}

/** Reports each time without progress while something was to be read, up to a moment. */
export function eachGap(
  { available, gone, progress }: Moments,
  untilMs: number,
  report: (gap: RawGap) => void,
): void {
  let [a, g, p, unread] = [0, 0, 0, 0];
  let fromMs = 0;
  const next = (): number => Math.min(available[a] ?? Infinity, gone[g] ?? Infinity, progress[p] ?? Infinity);
  for (let atMs = next(); atMs <= untilMs && atMs < Infinity; atMs = next()) {
    if (available[a] === atMs) {
      if (unread === 0) fromMs = atMs;
      for (; available[a] === atMs; a++) unread++;
    }
    const isProgress = progress[p] === atMs;
    for (; progress[p] === atMs; p++);
    const before = unread;
    for (; gone[g] === atMs; g++) unread--;
    if (before > 0 && (isProgress || unread === 0)) {
      report({ fromMs, toMs: atMs, isOpen: false });
      fromMs = atMs;
    }
  }
  if (unread > 0 && untilMs > fromMs) report({ fromMs, toMs: untilMs, isOpen: true });
}

/** When a record could be read: once it was acknowledged, or a member was given it. */
function availableMs(log: PartitionLog, life: Life): number {
  const send = sendOf(log, life);
  const sentMs = send?.outcome === "ok" ? endedAtMs(send) : Infinity;
  return Math.min(sentMs, life.deliveredMs, life.first?.fromMs ?? Infinity);
}

/** Prepares to find when a record was passed over: when a later one of the partition was first begun. */
function passing({ runs }: PartitionLog): (rank: number) => number {
  const steps: { rank: number; atMs: number }[] = [];
  for (const { lives, fromMs } of runs) {
    const rank = lives.reduce((most, life) => Math.max(most, life.rank), -1);
    if (rank > (steps.at(-1)?.rank ?? -1)) steps.push({ rank, atMs: fromMs });
  }
  return (rank) => steps[firstIndex(steps.length, (i) => steps[i]!.rank > rank)]?.atMs ?? Infinity;
}

function sorted(numbers: readonly number[]): Float64Array {
  return Float64Array.from(numbers).sort();
}
