// A prediction, as it must look in a history and in other files: a shape for every field, which the compiler
// holds to `predict/prediction.ts`.

import type { PartKind, Prediction, RoundTrip, Span, Timer } from "./prediction.ts";
import {
  amount,
  checked,
  type Fields,
  fields,
  listOf,
  nullable,
  odds,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from "./shape.ts";

/** Every word of a union, once; the compiler finds one that is missing. */
function wordsOf<Word extends string>(words: Readonly<Record<Word, true>>): string[] {
  return Object.keys(words);
}

/** What a fault's kind is called: one of the lab's own, or one that a program added. */
export const faultKind: Shape = checked<string>(
  text,
  (kind) => /^[a-z][a-z0-9-]{0,40}$/.test(kind),
  "a fault's kind: lower-case letters, digits and -",
);

const span = checked<Span>(
  fields({ fromMs: amount, toMs: amount }),
  ({ fromMs, toMs }) => fromMs <= toMs,
  "fromMs at most toMs",
);
const timer = fields({
  name: text,
  ms: amount,
  owner: oneOf("broker", "controller", "topic", "client", "system"),
  source: text,
} satisfies Fields<Timer>);
const partKind = oneOf(
  ...wordsOf<PartKind>({
    detection: true,
    election: true,
    metadata: true,
    "back-off": true,
    reconnect: true,
    request: true,
    delay: true,
    healing: true,
    other: true,
  }),
);
const possibility = oneOf("no", "possible");
const trip: Fields<RoundTrip> = {
  api: text,
  broker: oneOf("bootstrap", "leader"),
  delays: amount,
  atMs: amount,
  limit: nullable(timer),
  holds: odds,
};
const predictionFields: Fields<Prediction> = {
  fault: faultKind,
  targets: listOf(whole),
  failsOver: odds,
  served: odds,
  gap: nullable(span),
  timers: listOf(timer),
  parts: listOf(fields({ kind: partKind, tookMs: span, timers: listOf(timer), what: text })),
  send: fields({ ok: odds, tookMs: nullable(span), endedBy: nullable(timer) }),
  lost: possibility,
  duplicates: possibility,
  unknown: possibility,
  roundTrips: optional(listOf(fields(trip))),
  why: text,
  sentence: text,
};

/** What a prediction must look like, in a history and in other files. */
export const predictionShape: Shape = fields(predictionFields);
