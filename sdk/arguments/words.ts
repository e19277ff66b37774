// Functions from a value to a value: each with what it takes.
// What a function does is documented where it is made.

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

export const readable: typeof durations.readable = guarded("readable", durations.readable, [
  needed("ms", is.number("a finite number of milliseconds", Number.isFinite)),
]);
export const toMs: typeof durations.toMs = guarded("toMs", durations.toMs, [needed("duration", is.duration)]);
export const toBytesPerSecond: typeof traffic.toBytesPerSecond = guarded(
  "toBytesPerSecond",
  traffic.toBytesPerSecond,
  [needed("rate", is.rate)],
);
export const toPercent: typeof traffic.toPercent = guarded("toPercent", traffic.toPercent, [
  needed("percent", is.percent),
  needed("what", is.text("what is done by that much")),
]);
export const colour: typeof showing.colour = guarded("colour", showing.colour, [
  needed("name", is.word(...(Object.keys(PALETTE) as showing.Colour[]))),
]);
export const verdictWords: typeof reporting.verdictWords = guarded("verdictWords", reporting.verdictWords, [
  needed("verdict", options.verdict),
]);

export const exitCodeOf: typeof judging.exitCodeOf = guarded("exitCodeOf", judging.exitCodeOf, [
  needed("verdict", options.verdict),
]);
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
