// Functions from a value to a value: each with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as durations from "../model/duration.ts";
import * as v from "valibot";
import * as judging from "../analysis/check/mod.ts";
import type { Verdict } from "../analysis/check/mod.ts";
import * as reporting from "../report/text/mod.ts";
import * as showing from "../report/svg/mod.ts";
import { PALETTE } from "../report/svg/palette.ts";
import * as traffic from "../model/traffic.ts";
import { needed, reference } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as options from "./options.ts";
import * as is from "./values.ts";

/** Formats milliseconds for people: `6 ms`, `0.42 s`, `9.3 s`, `1 m 30 s`. */
export const readable: typeof durations.readable = guarded("readable", durations.readable, [
  needed(
    "ms",
    is.number("a number of milliseconds", (ms) => !Number.isNaN(ms)),
  ),
]);
/**
 * Returns a duration in milliseconds; a bare number is milliseconds already.
 *
 * @throws RangeError if it is negative, longer than 24 days, or not written as a duration
 * @example
 * import { toMs } from "kafka-failure-lab";
 *
 * console.log(toMs("1m30s"), toMs(250)); // 90000 250
 */
export const toMs: typeof durations.toMs = guarded("toMs", durations.toMs, [needed("duration", is.duration)]);
/**
 * Returns a rate in bytes per second: `"1MB/s"` is 1,000,000, `"10Mbit/s"` 1,250,000; a bare number is bytes
 * per second already.
 *
 * @throws RangeError if it is not above 0 or not written as a rate
 */
export const toBytesPerSecond: typeof traffic.toBytesPerSecond = guarded(
  "toBytesPerSecond",
  traffic.toBytesPerSecond,
  [needed("rate", is.rate)],
);
/**
 * Returns a percentage as it is, after checking its range.
 *
 * @param what the verb, for the message of the error
 * @throws RangeError if it is not above 0 and at most 100
 */
export const toPercent: typeof traffic.toPercent = guarded("toPercent", traffic.toPercent, [
  needed("percent", is.percent),
  needed("what", is.text("what is done by that much")),
]);
/** Returns the light variant of a colour of the pictures, as `#rrggbb`. */
export const colour: typeof showing.colour = guarded("colour", showing.colour, [
  needed("name", is.word(...(Object.keys(PALETTE) as showing.Colour[]))),
]);
/** Returns a verdict as words: `it held`, `it did not hold`, or that it is inconclusive. */
export const verdictWords: typeof reporting.verdictWords = guarded("verdictWords", reporting.verdictWords, [
  needed("verdict", options.verdict),
]);

/**
 * Returns the exit code of a verdict: 0 for true, 2 for false, 3 for unknown. 1 is left for a failure of the
 * lab.
 */
export const exitCodeOf: typeof judging.exitCodeOf = guarded("exitCodeOf", judging.exitCodeOf, [
  needed("verdict", options.verdict),
]);
/** Merges verdicts: false beats unknown, unknown beats true. No verdicts at all are true. */
export const mergeVerdicts: typeof judging.mergeVerdicts = guarded("mergeVerdicts", mergeAll, [
  reference(
    "verdicts",
    v.custom<Iterable<Verdict>>(
      (one) => typeof one === "object" && one !== null && Symbol.iterator in one,
      "a list of verdicts",
    ),
  ),
]);
const oneVerdict = guarded("mergeVerdicts", (verdict: Verdict) => verdict, [
  needed("verdict", options.verdict),
]);
function mergeAll(verdicts: Iterable<Verdict>): Verdict {
  return judging.mergeVerdicts([...verdicts].map((one) => oneVerdict(one)));
}
