// The events of a history, as they must look: a shape for every field of every kind, which the compiler holds
// to `history.ts`. It is asked when a history is read from a file, and when a program hands an event over.

import type {
  Attempt,
  HistoryEvent,
  Measured,
  Observation,
  PartitionState,
  Proof,
  ReadRecord,
  BrokerLogFact,
} from "./history.ts";
import { faultKind, predictionShape } from "./prediction-schema.ts";
import {
  amount,
  anything,
  type Fields,
  fields,
  flag,
  listOf,
  moment,
  nullable,
  number,
  offset,
  oneOf,
  optional,
  text,
  valuesOf,
  variants,
  whole,
  wholeOrNone,
  wrongIn,
} from "./shape.ts";
import type { NetFault } from "./traffic.ts";

type ShapesOf<Event> = Fields<Omit<Event, "kind">>;
type Kind = HistoryEvent["kind"];

const took = { atMs: number, tookMs: amount };
const brokers = listOf(whole);
const partition: Fields<PartitionState> = {
  topic: text,
  partition: whole,
  leader: nullable(whole),
  leaderEpoch: wholeOrNone,
  replicas: brokers,
  isr: brokers,
  offline: brokers,
};
const record: Fields<ReadRecord> = { value: text, partition: whole, offset };
const attempt: Fields<Attempt> = {
  ...took,
  broker: nullable(whole),
  address: text,
  api: text,
  error: optional(text),
};
const row = fields({ partition: whole, from: offset, to: offset, complete: flag, error: optional(text) });
const path = oneOf("clients", "peers", "controllers", "all");
const scope = {
  broker: whole,
  path,
  direction: oneOf("out", "in", "both"),
  between: optional(brokers),
};
const disorder = { ...scope, percent: amount };
const network = optional(
  listOf(
    variants("kind", {
      delay: { ...scope, delayMs: amount, jitterMs: amount },
      lose: disorder,
      throttle: { ...scope, bytesPerSecond: amount },
      isolate: { ...scope, how: oneOf("drop", "reset", "refuse") },
      duplicate: disorder,
      corrupt: disorder,
      reorder: disorder,
    } satisfies { [K in NetFault["kind"]]: ShapesOf<Extract<NetFault, { kind: K }>> }),
  ),
);
const measured: Fields<Measured> = {
  broker: whole,
  path,
  from: optional(whole),
  expected: oneOf("slower", "silent", "counted", "as before"),
  beforeMs: amount,
  afterMs: nullable(amount),
  waitedMs: amount,
};
const proof = optional(
  fields({
    measured: listOf(fields(measured)),
    counted: valuesOf(fields({ text, acted: amount, dropped: amount })),
    unmeasured: listOf(text),
    observed: optional(
      listOf(
        fields({ what: text, expected: text, measured: text, holds: flag } satisfies Fields<Observation>),
      ),
    ),
  } satisfies Fields<Proof>),
);

const processEffect = optional(oneOf("shutdown", "death", "freeze"));
const inTopic = { nodeId: whole, topic: text, partition: whole };
const fact = variants("what", {
  fenced: { nodeId: whole },
  controlledShutdownGranted: { nodeId: whole },
  registration: { nodeId: whole, state: oneOf("fenced", "unfenced", "in controlled shutdown") },
  becameCandidate: { nodeId: whole },
  quorumLeader: { nodeId: nullable(whole), epoch: whole },
  controllerActive: { nodeId: whole, epoch: whole },
  resigned: { nodeId: whole },
  becameLeader: { ...inTopic, leaderEpoch: wholeOrNone, offset, isr: brokers },
  becameFollower: { ...inTopic, leaderNodeId: wholeOrNone, leaderEpoch: wholeOrNone },
  isrShrinks: { ...inTopic, from: brokers, to: brokers },
  isr: { ...inTopic, isr: brokers },
  shuttingDown: { nodeId: whole },
  shutDown: { nodeId: whole },
  started: { nodeId: whole },
} satisfies {
  [What in BrokerLogFact["what"]]: Fields<Omit<Extract<BrokerLogFact, { what: What }>, "what">>;
});

const SHAPES: { readonly [K in Kind]: ShapesOf<Extract<HistoryEvent, { kind: K }>> } = {
  run: {
    atMs: number,
    startedAt: moment,
    scenario: text,
    engine: text,
    kafka: text,
    brokers: listOf(fields({ broker: whole, nodeId: whole, service: text })),
    timers: optional(valuesOf(number)),
  },
  client: { atMs: number, client: text, settings: valuesOf(anything) },
  step: { atMs: number, name: text },
  note: { atMs: number, text },
  "broker log": {
    atMs: number,
    service: text,
    broker: nullable(whole),
    nodeId: whole,
    level: text,
    logger: text,
    text,
    fact,
  },
  clock: { atMs: number, service: text, offsetMs: number, withinMs: amount },
  prediction: {
    atMs: number,
    client: text,
    topic: text,
    prediction: predictionShape,
    network,
    lastsMs: optional(amount),
  },
  log: { atMs: number, source: text, level: text, logger: text, text },
  send: {
    ...took,
    client: text,
    value: text,
    topic: text,
    outcome: oneOf("ok", "fail", "info"),
    broker: optional(whole),
    partition: optional(whole),
    offset: optional(offset),
    attempts: listOf(fields(attempt)),
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
    noun: optional(text),
    process: processEffect,
    network,
    proof,
  },
  heal: {
    ...took,
    effectAtMs: number,
    id: text,
    fault: faultKind,
    targets: brokers,
    via: text,
    noun: optional(text),
    process: processEffect,
    proof,
  },
  cluster: {
    atMs: number,
    controller: nullable(whole),
    controllerNodeId: nullable(whole),
    controllerEpoch: nullable(wholeOrNone),
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
  const wrong = wrongIn(check, value);
  return wrong === undefined ? undefined : `it is no ${kind} event: ${wrong}`;
}

/**
 * Returns the value as an event of a history.
 *
 * @throws TypeError naming the field that is wrong, and what was expected there
 */
export function parseEvent(value: unknown): HistoryEvent {
  const wrong = wrongEvent(value);
  if (wrong !== undefined) throw new TypeError(`Cannot take the event: ${wrong}`);
  return value as HistoryEvent;
}
