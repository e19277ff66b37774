// What a history proves: each function with what it takes.
// What a function does is documented where it is made.

import * as v from "valibot";
import * as explaining from "../analysis/explain/mod.ts";
import * as judging from "../analysis/check/mod.ts";
import { fields, maybe, needed } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as options from "./options.ts";
import { history } from "./results.ts";
import * as is from "./values.ts";

const scope = maybe("options", options.scopeOptions);
const examples = maybe("options", options.exampleOptions);
const limit = maybe("options", options.limitOptions);

export const predictionChecks: typeof explaining.predictionChecks = guarded(
  "predictionChecks",
  explaining.predictionChecks,
  [history],
);
export const explain: typeof explaining.explain = guarded("explain", explaining.explain, [
  history,
  maybe("options", options.explainOptions),
]);
export const availability: typeof judging.availability = guarded("availability", judging.availability, [
  history,
  limit,
]);
export const recordTrace: typeof judging.recordTrace = guarded("recordTrace", judging.recordTrace, [
  history,
  needed("value", v.string("the value of a record")),
]);
export const check: typeof judging.check = guarded("check", judging.check, [
  history,
  maybe("options", options.checkOptions),
]);
export const duplicates: typeof judging.duplicates = guarded("duplicates", judging.duplicates, [
  history,
  examples,
]);
export const firstAckAfter: typeof judging.firstAckAfter = guarded("firstAckAfter", judging.firstAckAfter, [
  history,
  needed(
    "atMs",
    is.number("milliseconds since the run's start", (ms) => !Number.isNaN(ms)),
  ),
  maybe("client", v.string("a client's name")),
]);
export const noPhantomWrites: typeof judging.noPhantomWrites = guarded(
  "noPhantomWrites",
  judging.noPhantomWrites,
  [history, examples],
);
export const anomalies: typeof judging.anomalies = guarded("anomalies", judging.anomalies, [
  history,
  maybe("options", options.anomalyOptions),
]);
export const order: typeof judging.order = guarded("order", judging.order, [history, examples]);
type OutageOptions = Parameters<typeof judging.outage>[1];
export const outage: typeof judging.outage = guarded("outage", judging.outage, [
  history,
  needed(
    "options",
    fields<OutageOptions>(
      {
        id: is.text("a fault's id"),
        topic: v.string("a topic's name"),
        partition: is.whole(0, is.MOST),
        untilMs: is.number("milliseconds since the run's start", (ms) => ms >= 0),
      },
      ["topic"],
    ),
  ),
]);
export const progress: typeof judging.progress = guarded("progress", judging.progress, [history, scope]);
export const recovery: typeof judging.recovery = guarded("recovery", judging.recovery, [history, limit]);
export const noLostWrites: typeof judging.noLostWrites = guarded("noLostWrites", judging.noLostWrites, [
  history,
  examples,
]);
