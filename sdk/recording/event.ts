// The events of a history, as they must look in a file: a shape for every field of every kind, which the compiler holds to `history.ts`.

import type { HistoryEvent, PartitionState, ReadRecord } from "../history.ts";
import type { Prediction } from "../predict/prediction.ts";
import {
  anything,
  fields,
  flag,
  listOf,
  moment,
  nullable,
  number,
  offset,
  oneOf,
  optional,
  type Shape,
  text,
  valuesOf,
} from "./shape.ts";

type ShapesOf<Event> = { readonly [Field in Exclude<keyof Event, "kind">]-?: Shape };
type Kind = HistoryEvent["kind"];

const took = { atMs: number, tookMs: number };
const brokers = listOf(number);
const partition: ShapesOf<PartitionState> = {
  topic: text,
  partition: number,
  leader: nullable(number),
  leaderEpoch: number,
  replicas: brokers,
  isr: brokers,
  offline: brokers,
};
const record: ShapesOf<ReadRecord> = { value: text, partition: number, offset };
const attempt = fields({
  ...took,
  broker: nullable(number),
  address: text,
  api: text,
  error: optional(text),
});
const row = fields({ partition: number, from: offset, to: offset, complete: flag, error: optional(text) });
const faultKind = oneOf(
  "stop",
  "kill",
  "pause",
  "delay",
  "lose",
  "throttle",
  "isolate",
  "split",
  "duplicate",
  "reorder",
  "corrupt",
  "fill",
  "hang",
);
const scope = { kind: text, broker: number, path: text, direction: text, between: optional(brokers) };
const network = optional(listOf(fields(scope)));
const proof = optional(
  fields({
    measured: listOf(
      fields({
        broker: number,
        path: text,
        from: optional(number),
        expected: text,
        beforeMs: number,
        afterMs: nullable(number),
        waitedMs: number,
      }),
    ),
    counted: valuesOf(fields({ text, acted: number, dropped: number })),
    unmeasured: listOf(text),
  }),
);

const span = fields({ fromMs: number, toMs: number });
const timer = fields({ name: text, ms: number, of: text, source: text });
const prediction: { readonly [Field in keyof Prediction]-?: Shape } = {
  fault: faultKind,
  targets: brokers,
  failsOver: number,
  served: number,
  gap: nullable(span),
  timers: listOf(timer),
  parts: listOf(fields({ kind: text, tookMs: span, timers: listOf(timer), what: text })),
  send: fields({ ok: number, tookMs: nullable(span), endedBy: nullable(timer) }),
  lost: text,
  duplicates: text,
  unknown: text,
  roundTrips: optional(
    listOf(
      fields({
        api: text,
        broker: text,
        delays: number,
        atMs: number,
        limit: nullable(timer),
        holds: number,
      }),
    ),
  ),
  why: text,
  sentence: text,
};

const SHAPES: { readonly [K in Kind]: ShapesOf<Extract<HistoryEvent, { kind: K }>> } = {
  run: {
    atMs: number,
    startedAt: moment,
    scenario: text,
    engine: text,
    kafka: text,
    brokers: listOf(fields({ broker: number, nodeId: number, service: text })),
    timers: optional(valuesOf(number)),
  },
  client: { atMs: number, client: text, settings: valuesOf(anything) },
  step: { atMs: number, name: text },
  note: { atMs: number, text },
  "broker log": {
    atMs: number,
    service: text,
    broker: nullable(number),
    nodeId: number,
    level: text,
    logger: text,
    text,
    told: fields({ what: text }),
  },
  clock: { atMs: number, service: text, offsetMs: number, withinMs: number },
  prediction: {
    atMs: number,
    client: text,
    topic: text,
    prediction: fields(prediction),
    network,
    lastsMs: optional(number),
  },
  log: { atMs: number, source: text, level: text, logger: text, text },
  send: {
    ...took,
    client: text,
    value: text,
    topic: text,
    outcome: oneOf("ok", "fail", "info"),
    broker: optional(number),
    partition: optional(number),
    offset: optional(offset),
    attempts: listOf(attempt),
    error: optional(text),
  },
  read: { ...took, client: text, topic: text, records: listOf(fields(record)) },
  readback: { ...took, client: text, topic: text, partitions: listOf(row), records: listOf(fields(record)) },
  fault: {
    ...took,
    effectAtMs: number,
    id: text,
    fault: faultKind,
    targets: brokers,
    asked: text,
    via: text,
    differs: optional(text),
    network,
    proof,
  },
  heal: { ...took, effectAtMs: number, id: text, fault: faultKind, targets: brokers, via: text, proof },
  cluster: {
    atMs: number,
    controller: nullable(number),
    controllerNodeId: nullable(number),
    controllerEpoch: nullable(number),
    alive: brokers,
    partitions: listOf(fields(partition)),
  },
};

const CHECKS = new Map(Object.entries(SHAPES).map(([kind, shapes]) => [kind, fields(shapes)]));

/** Says why a value is no event of a history, or nothing where it is one. */
export function wrongEvent(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "it is no object";
  const { kind } = value as { kind?: unknown };
  if (typeof kind !== "string") return "it has no kind";
  const check = CHECKS.get(kind);
  if (check === undefined)
    return `there is no event of kind ${JSON.stringify(kind)}: ${[...CHECKS.keys()].join(", ")}`;
  const wrong = check(value, "");
  return wrong === undefined ? undefined : `it is no ${kind} event: ${wrong}`;
}
