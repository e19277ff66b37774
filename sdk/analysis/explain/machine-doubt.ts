// Which disagreements a busy machine could have made.
//
//   a record was lost                         never: that is false whatever the load
//   longer than predicted, no leader in time  where the machine took as much, or was busy
//   shorter than predicted                    where it took as much before: a timer had begun late
//   another leader, unknown outcomes          where it was busy: a heartbeat or an answer came too late
//   duplicates                                the same, unless the producer is idempotent
//   served, though none was predicted         never: a slow machine serves nobody

import { couldBeMachine, type MachineShare, mergeVerdicts } from "../check/mod.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { MeasuredOutcome } from "./measured-outcome.ts";

/** What one comparison came to, the machine considered. */
export interface Weighed {
  readonly verdict: Verdict;
  readonly text?: string;
  /** The machine's figure, where that makes the verdict unknown. */
  readonly busy?: string;
}

/** What one comparison found. */
export interface Found extends Weighed {
  /** In what way the machine could have made it; absent: in none. */
  doubt?: "more" | "less" | "moved" | "duplicates" | "unknown";
  /** By how much it is more or less than predicted, in milliseconds. @default 0 */
  byMs?: number;
}

/** Withholds a verdict that the machine could have made: it is unknown then, and the figure is said. */
export function weigh(
  found: Found,
  { gapMs, provenMs, machine, machineBefore }: MeasuredOutcome,
  { isIdempotent }: { isIdempotent: boolean },
): Weighed {
  const { verdict, doubt, byMs = 0 } = found;
  if (verdict !== false || doubt === undefined || (doubt === "duplicates" && isIdempotent)) return found;
  // another gap, which the machine cannot have made, may be longer than predicted, too
  if (doubt === "more" && gapMs !== null && provenMs !== null && provenMs > gapMs - byMs) return found;
  // a timer that began late ends earlier by no more than that, however busy the machine was
  const share = doubt === "less" ? { ...machineBefore, isBusy: false } : machine;
  return withheld(found, share, byMs);
}

/** The same as unknown where the machine could have made `byMs` milliseconds of it. */
export function withheld(found: Weighed, share: MachineShare, byMs: number): Weighed {
  if (!couldBeMachine(share, byMs)) return found;
  return {
    verdict: "unknown",
    busy: share.text,
    text: `${found.text ?? ""}; inconclusive: ${share.text}`,
  };
}

/**
 * The verdict on a prediction of what each comparison came to.
 *
 * @param isAsPredicted whether the cluster was as it was when it was predicted; asked where something
 *   disagrees
 */
export function concluded(
  weighed: readonly Weighed[],
  isAsPredicted: () => boolean,
): { verdict: Verdict; disagreements: readonly string[]; busy?: string } {
  const verdict = mergeVerdicts(weighed.map((one) => one.verdict));
  const busy = verdict === "unknown" ? weighed.find((one) => one.busy !== undefined)?.busy : undefined;
  return {
    verdict: verdict === false && !isAsPredicted() ? "unknown" : verdict,
    disagreements: weighed.flatMap(({ text }) => text ?? []),
    ...(busy === undefined ? {} : { busy }),
  };
}
