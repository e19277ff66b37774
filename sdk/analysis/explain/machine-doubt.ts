// Which disagreements a busy machine could have made.
//
//   a record was lost                         never: that is false whatever the load
//   longer than predicted, no leader in time  where the machine took as much, or was busy
//   shorter than predicted                    where it took as much before: a timer had begun late
//   another leader, unknown outcomes          where it was busy: a heartbeat or an answer came too late
//   duplicates                                the same, unless the producer is idempotent
//   served, though none was predicted         never: a slow machine serves nobody

import { couldBeMachine } from "../check/mod.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { MeasuredOutcome } from "./measured-outcome.ts";

/** What one comparison found. */
export interface Found {
  verdict: Verdict;
  text?: string;
  /** In what way the machine could have made it; absent: in none. */
  doubt?: "more" | "less" | "moved" | "duplicates" | "unknown";
  /** By how much it is more or less than predicted, in milliseconds. @default 0 */
  byMs?: number;
  /** The machine's figure, where that makes the verdict unknown. */
  busy?: string;
}

/** Withholds a verdict that the machine could have made: it is unknown then, and the figure is said. */
export function weigh(
  found: Found,
  { gapMs, provenMs, machine, machineBefore }: MeasuredOutcome,
  { isIdempotent }: { isIdempotent: boolean },
): Found {
  const { verdict, doubt, byMs = 0, text } = found;
  if (verdict !== false || doubt === undefined || (doubt === "duplicates" && isIdempotent)) return found;
  // another gap, which the machine cannot have made, may be longer than predicted, too
  if (doubt === "more" && gapMs !== null && provenMs !== null && provenMs > gapMs - byMs) return found;
  // a timer that began late ends earlier by no more than that, however busy the machine was
  const share = doubt === "less" ? { ...machineBefore, isBusy: false } : machine;
  return !couldBeMachine(share, byMs)
    ? found
    : { verdict: "unknown", busy: share.text, text: `${text ?? ""}; inconclusive: ${share.text}` };
}
