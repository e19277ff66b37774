// The events of a history, as they must look: a shape for every field of every kind, which the compiler holds
// to `history.ts`. It is asked when a history is read from a file, and when a program hands an event over.

import type {
  ElectedPartition,
  HistoryEvent,
  MachineFacts,
  PartitionState,
  BrokerLogFact,
} from "./history.ts";
import { brokers, FAULTS, network, took } from "./fault-schema.ts";
import { predictionShape } from "./prediction-schema.ts";
import { groupPredictionShape } from "./group-prediction-schema.ts";
import { GROUP_FACTS, GROUPS } from "./group-schema.ts";
import { WATCHES } from "./watch-schema.ts";
import { attemptShapes, readbackShapes, recordShapes } from "./readback-schema.ts";
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
  type ShapesOf,
  text,
  valuesOf,
  variants,
  whole,
  wholeOrNone,
  wrongIn,
} from "./shape.ts";

type Kind = HistoryEvent["kind"];

const partition: Fields<PartitionState> = {
  topic: text,
  partition: whole,
  leader: nullable(whole),
  leaderEpoch: wholeOrNone,
  replicas: brokers,
  preferred: optional(whole),
  isr: brokers,
  offline: brokers,
};
const elected: Fields<ElectedPartition> = {
  topic: text,
  partition: whole,
  before: nullable(whole),
  after: nullable(whole),
  result: oneOf("elected", "not needed", "refused"),
  error: optional(text),
};
const machine: Fields<MachineFacts> = {
  processors: whole,
  workMs: amount,
  slower: amount,
  samples: listOf(text),
};
const inTopic = { nodeId: whole, topic: text, partition: whole };
const fact = variants("what", {
  fenced: { nodeId: whole },
  controlledShutdownGranted: { nodeId: whole },
  registration: { nodeId: whole, state: oneOf("fenced", "unfenced", "in controlled shutdown") },
  becameCandidate: { nodeId: whole },
  quorumLeader: { nodeId: nullable(whole), epoch: whole },
  controllerActive: { nodeId: whole, epoch: whole },
  resigned: { nodeId: whole },
  uncleanElection: { ...inTopic, leaderNodeId: whole, leaderEpoch: wholeOrNone, isr: brokers },
  truncated: { ...inTopic, leaderNodeId: whole, offset },
  becameLeader: { ...inTopic, leaderEpoch: wholeOrNone, offset, isr: brokers },
  becameFollower: { ...inTopic, leaderNodeId: wholeOrNone, leaderEpoch: wholeOrNone },
  isrShrinks: { ...inTopic, from: brokers, to: brokers },
  isr: { ...inTopic, isr: brokers },
  shuttingDown: { nodeId: whole },
  shutDown: { nodeId: whole },
  started: { nodeId: whole },
  logDirFailed: { nodeId: whole, logDir: text },
  halts: { reason: text },
  ...GROUP_FACTS,
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
    machine: optional(fields(machine)),
  },
  client: { atMs: number, client: text, settings: valuesOf(anything) },
  step: { atMs: number, name: text },
  note: { atMs: number, text, source: optional(oneOf("program")) },
  stranger: { atMs: number, broker: nullable(whole), from: text, program: text, pid: nullable(whole) },
  stall: { ...took, thread: oneOf("clients", "lab", "both") },
  machine: {
    ...took,
    nodesMs: valuesOf(amount),
    labMs: amount,
    linksMs: optional(amount),
    pressureMs: optional(amount),
    stolenMs: optional(amount),
  },
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
    partition: optional(whole),
    prediction: predictionShape,
    network,
    lastsMs: optional(amount),
    asked: optional(text),
  },
  "group prediction": {
    atMs: number,
    group: text,
    topic: text,
    prediction: groupPredictionShape,
    perSecond: nullable(amount),
    network,
    asked: optional(text),
  },
  log: { atMs: number, source: text, level: text, logger: text, text },
  ...WATCHES,
  ...GROUPS,
  send: {
    ...took,
    client: text,
    value: text,
    topic: text,
    outcome: oneOf("ok", "fail", "info"),
    broker: optional(whole),
    partition: optional(whole),
    requestedPartition: optional(whole),
    offset: optional(offset),
    attempts: listOf(fields(attemptShapes)),
    error: optional(text),
    isUnderWay: optional(flag),
  },
  read: { ...took, client: text, topic: text, records: listOf(fields(recordShapes)) },
  readback: readbackShapes,
  topic: { atMs: number, topic: text, id: nullable(text), before: text },
  ...FAULTS,
  election: {
    ...took,
    election: oneOf("preferred", "unclean"),
    asked: text,
    partitions: listOf(fields(elected)),
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
