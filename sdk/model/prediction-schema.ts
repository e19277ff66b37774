// A prediction, as it must look in a history and in other files: a shape for every field, which the compiler
// holds to `predict/prediction.ts`.

import type {
  Claim,
  ClaimCode,
  PartKind,
  Prediction,
  ReasonCode,
  RoundTrip,
  Span,
  Timer,
} from "./prediction.ts";
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
export function wordsOf<Word extends string>(words: Readonly<Record<Word, true>>): string[] {
  return Object.keys(words);
}

/** What a fault's kind is called: one of the lab's own, or one that a program added. */
export const faultKind: Shape = checked<string>(
  text,
  (kind) => /^[a-z][a-z0-9-]{0,40}$/.test(kind),
  "a fault's kind: lower-case letters, digits and -",
);

export const span: Shape = checked<Span>(
  fields({ fromMs: amount, toMs: amount }),
  ({ fromMs, toMs }) => fromMs <= toMs,
  "fromMs at most toMs",
);
export const timer: Shape = fields({
  name: text,
  ms: amount,
  owner: oneOf("broker", "controller", "topic", "client", "system"),
  source: text,
} satisfies Fields<Timer>);
const partKind = oneOf(
  ...wordsOf<PartKind>({
    detection: true,
    election: true,
    isr: true,
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
const claim: Fields<Claim> = {
  code: oneOf(
    ...wordsOf<ClaimCode>({
      controllerMoves: true,
      controllerMayMove: true,
      controllerLost: true,
      controllerMayBeLost: true,
      controllerStays: true,
      leaderMoves: true,
      leaderMayMove: true,
      leaderStays: true,
      served: true,
      mayBeServed: true,
      notServed: true,
      sendAcknowledged: true,
      sendMayFail: true,
      sendFails: true,
      noneLost: true,
      lossPossible: true,
      noDuplicates: true,
      duplicatesPossible: true,
      unknownPossible: true,
      notVisible: true,
      minIsrKept: true,
      belowMinIsrPossible: true,
      settingsNotDerived: true,
      slowMachine: true,
    }),
  ),
  odds: optional(odds),
  tookMs: optional(span),
  lastsMs: optional(amount),
  timers: optional(listOf(text)),
  text,
};
const reason = oneOf(
  ...wordsOf<ReasonCode>({
    controlledShutdown: true,
    fenced: true,
    unclean: true,
    "no replica": true,
    "no quorum": true,
    "no leader": true,
    "not enough replicas": true,
    "hung disk": true,
    "failed directory": true,
    "frozen isr": true,
    shrinks: true,
    untouched: true,
    preferred: true,
    "unclean by request": true,
    "unclean by timer": true,
    "not needed": true,
    refused: true,
    "enough replicas": true,
    "no controller": true,
    "another controller": true,
    "high watermark": true,
    "eligible replica": true,
    "whole isr": true,
    "not forced": true,
    "slow disk": true,
    "comes back": true,
    "not derived": true,
    "acks 0": true,
    "acks 1": true,
    "leader unreachable": true,
    hung: true,
    "stuck on bootstrap": true,
    "too late": true,
    "held up": true,
    "no bootstrap": true,
    race: true,
    healed: true,
  }),
);
const predictionFields: Fields<Prediction> = {
  fault: faultKind,
  targets: listOf(whole),
  controllers: optional(listOf(whole)),
  resources: optional(listOf(text)),
  lastsMs: optional(amount),
  controller: optional(fields({ moves: odds, lost: odds, activeAt: nullable(span) })),
  failsOver: odds,
  served: odds,
  gap: nullable(span),
  timers: listOf(timer),
  parts: listOf(fields({ kind: partKind, tookMs: span, timers: listOf(timer), what: text })),
  send: fields({ ok: odds, tookMs: nullable(span), endedBy: nullable(timer) }),
  lost: possibility,
  duplicates: possibility,
  unknown: possibility,
  visible: optional(odds),
  belowMinIsr: optional(fields({ is: possibility, min: whole })),
  notDerived: optional(listOf(text)),
  slower: optional(amount),
  roundTrips: optional(listOf(fields(trip))),
  why: text,
  reasons: optional(listOf(reason)),
  claims: optional(listOf(fields(claim))),
  sentence: text,
};

/** What a prediction must look like, in a history and in other files. */
export const predictionShape: Shape = fields(predictionFields);
