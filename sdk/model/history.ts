// Everything that happens in a run is an event in one history; every claim is a pure function of it.
//
//   startedAt ──────────────────────── monotonic milliseconds ───────────────────────▶
//      │ step │ send send send │ fault ░░░░ send (info) ░░░░ heal │ send │ readback │ verdict
//
// An event that takes time is recorded when it ends; `atMs` is when it began and `tookMs` how long it took.

import type { Broker, NodeId } from "./broker.ts";
import type { ElectionEvent } from "./election.ts";
import type { DiskFault } from "./disk.ts";
import type { FaultKind, ProcessEffect, SlowProcessing } from "./fault.ts";
import type { ConsumerGroupEvent, GroupPredictionEvent } from "./group.ts";
import type { MachineEvent, MachineFacts, StallEvent } from "./machine.ts";
import type { Members } from "./member.ts";
import type { PartitionState } from "./partition.ts";
import type { BrokerLogEvent, ClockEvent } from "./broker-log.ts";
import type {
  ArrivalsEvent,
  ClientEvent,
  ReadbackEvent,
  ReadEvent,
  SendEvent,
  WatchEndEvent,
  WatchEvent,
} from "./operation.ts";
import type { Prediction } from "./prediction.ts";
import type { StrangerEvent } from "./stranger.ts";
import type { TopicEvent } from "./topic-event.ts";
import type { NetFault, Path } from "./traffic.ts";

export type { Broker, NodeId } from "./broker.ts";
export type { BrokerLogEvent, BrokerLogFact, ClockEvent } from "./broker-log.ts";
export type * from "./election.ts";
export type { MachineEvent, MachineFacts, StallEvent } from "./machine.ts";
export type { PartitionState, TopicPartition } from "./partition.ts";
export type { StrangerEvent } from "./stranger.ts";
export type { BuiltInFault, FaultKind, FaultSpec, ProcessEffect, SlowProcessing } from "./fault.ts";
export type { MemberName, MemberOf, MemberTarget } from "./group-target.ts";
export type * from "./group.ts";
export type { GroupLogFact, RemovalReason } from "./group-log.ts";
export type * from "./operation.ts";
export type { TopicEvent } from "./topic-event.ts";

/** A round trip that was measured to verify a network fault. */
export interface Measured {
  broker: Broker;
  path: Exclude<Path, "all">;
  /** The broker from which it was measured; absent: a client. */
  from?: Broker;
  /**
   * The expected effect: a longer round trip, no response, none; `counted` if only the engine's counters show
   * it.
   */
  expected: "slower" | "silent" | "counted" | "as before";
  beforeMs: number;
  /** Null if no answer came within `waitedMs`. */
  afterMs: number | null;
  waitedMs: number;
}

/** A measurement by the code of a fault that a program defined. */
export interface Observation {
  /** What was measured: `a request of a client to broker 1`. */
  what: string;
  expected: string;
  measured: string;
  /** Whether it is as expected. */
  holds: boolean;
}

/** The evidence that a fault acts, or has ended. */
export interface Proof {
  measured: readonly Measured[];
  /**
   * The engine's counters, by broker: a text, the packets that the fault acted on, and those dropped because
   * its queue was full.
   */
  counted: Readonly<Record<number, { text: string; acted: number; dropped: number }>>;
  /** What could not be measured, and why. */
  unmeasured: readonly string[];
  /** For a fault that a program defined. */
  observed?: readonly Observation[];
}

/** A change that the lab made to the cluster, or to members of a consumer group. */
export interface FaultEvent extends Members {
  kind: "fault";
  /** When the call was made; `atMs + tookMs` is when the call returned. */
  atMs: number;
  tookMs: number;
  /** When it took effect on the first target, in milliseconds since the run's start. */
  effectAtMs: number;
  /** Unique within the run. */
  id: string;
  fault: FaultKind;
  /** The target as asked: a number, or a role that was resolved at injection. */
  asked: string;
  via: string;
  /** How it differs from the same fault of another engine. */
  differs?: string;
  /** The name of the kind, if a program defined it: `JVM pause`. */
  noun?: string;
  /** The effect on the processes, if a program defined the kind. */
  process?: ProcessEffect;
  /** The effects on the network, for a network fault. */
  network?: readonly NetFault[];
  /** What is wrong with the disks, for a fault of disks. */
  disk?: DiskFault;
  /** How slow members process, for the fault `slow`. */
  processing?: SlowProcessing;
  proof?: Proof;
}

/** The undoing of a fault. */
export interface HealEvent extends Members {
  kind: "heal";
  atMs: number;
  tookMs: number;
  id: string;
  fault: FaultKind;
  via: string;
  /** When the first target's process ran again, in milliseconds since the run's start. */
  effectAtMs: number;
  /** As in the fault's own event. */
  noun?: string;
  process?: ProcessEffect;
  proof?: Proof;
}

/** The cluster as observed, recorded when it differs from the observation before. */
export interface ClusterEvent {
  kind: "cluster";
  atMs: number;
  /** The active controller's broker number; null if the quorum has none, or if it is no broker. */
  controller: Broker | null;
  /** The active controller's node id, or null if the quorum has none. */
  controllerNodeId: NodeId | null;
  controllerEpoch: number | null;
  /** Brokers that the cluster reports as alive. */
  alive: readonly Broker[];
  partitions: readonly PartitionState[];
}

/** The beginning of a step of the run, which lasts until the next step. */
export interface StepEvent {
  kind: "step";
  atMs: number;
  name: string;
}

/** What the lab observed or did, as text. */
export interface NoteEvent {
  kind: "note";
  atMs: number;
  text: string;
  /** Who noted it, if a program did, by `lab.note`. @default the lab */
  source?: "program";
}

/** A line of a client's log. */
export interface LogEvent {
  kind: "log";
  /** By the line's own time stamp. */
  atMs: number;
  /** The probe's name. */
  source: string;
  level: string;
  /** The class that logged it. */
  logger: string;
  text: string;
}

/** What was predicted for one client, before a fault. */
export interface PredictionEvent {
  kind: "prediction";
  atMs: number;
  client: string;
  topic: string;
  /** The partition that the client was expected to write to; absent in runs before this field existed: 0. */
  partition?: number;
  prediction: Prediction;
  /** The effects on the network, for a network fault; absent in runs before this field existed. */
  network?: readonly NetFault[];
  /** The planned duration of the fault; absent: until it is healed. */
  lastsMs?: number;
  /** What is changed of the prediction's `resources`: `min.insync.replicas=3`, `preferred leader`. */
  asked?: string;
}

/** The first event of every history. */
export interface RunEvent {
  kind: "run";
  atMs: 0;
  /** Wall clock at `atMs` 0, ISO 8601. */
  startedAt: string;
  scenario: string;
  engine: string;
  kafka: string;
  brokers: readonly { broker: Broker; nodeId: NodeId; service: string }[];
  /**
   * The brokers' timers in milliseconds by Kafka's property names, with Kafka's defaults filled in; absent in
   * runs before this field existed.
   */
  timers?: Readonly<Record<string, number>>;
  /** The machine; absent in runs before this field existed. */
  machine?: MachineFacts;
}

/** One event of a history, discriminated by `kind`. Times are milliseconds since the run's start. */
export type HistoryEvent =
  | RunEvent
  | ClientEvent
  | StepEvent
  | SendEvent
  | ReadEvent
  | ReadbackEvent
  | WatchEvent
  | ArrivalsEvent
  | WatchEndEvent
  | ConsumerGroupEvent
  | FaultEvent
  | HealEvent
  | ClusterEvent
  | TopicEvent
  | ElectionEvent
  | BrokerLogEvent
  | ClockEvent
  | PredictionEvent
  | GroupPredictionEvent
  | LogEvent
  | NoteEvent
  | StrangerEvent
  | StallEvent
  | MachineEvent;

/** An ordered list of events, as it is judged. */
export type History = readonly HistoryEvent[];
