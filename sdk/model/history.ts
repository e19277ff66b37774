// Everything that happens in a run is an event in one history, and every claim is a pure function of that
// history.
//
//   startedAt ──────────────────────── monotonic milliseconds ───────────────────────▶
//      │ step │ send send send │ fault ░░░░ send (info) ░░░░ heal │ send │ readback │ verdict
//
// An event that takes time is recorded when it ends; `atMs` is when it began and `tookMs` how long it took.

import type { Broker, NodeId } from "./broker.ts";
import type { FaultKind } from "./fault.ts";
import type { Prediction } from "./prediction.ts";
import type { NetFault, Path } from "./traffic.ts";

export type { Broker, NodeId } from "./broker.ts";
export type { FaultKind } from "./fault.ts";

/** What became of an operation: it happened, it did not happen, or nobody can know. */
export type Outcome = "ok" | "fail" | "info";

/** One try on the wire within an operation. */
export interface Attempt {
  /** When it began, in milliseconds since the run's start. */
  atMs: number;
  tookMs: number;
  /** The broker asked, or null where the address belongs to none that the lab knows. */
  broker: Broker | null;
  /** `host:port` as dialled. */
  address: string;
  /** What was tried: a TCP connection or a Kafka request by its API name. */
  api: "Connect" | (string & {});
  /**
   * Absent where it succeeded: Kafka's error name (`NOT_LEADER_OR_FOLLOWER`), a system code (`ECONNREFUSED`),
   * `TIMEOUT`, `CLOSED`, `GIVEN_UP`: nobody waited for the answer any more, or `BACKOFF`: not dialled,
   * because the broker did not answer a moment ago.
   */
  error?: string;
}

/** One send of one record with a value that occurs nowhere else in the run. */
export interface SendEvent {
  kind: "send";
  atMs: number;
  tookMs: number;
  /** The probe's name. */
  client: string;
  value: string;
  topic: string;
  outcome: Outcome;
  /**
   * Where the record was appended; present where `outcome` is `"ok"` and the broker acknowledged (not with
   * `acks: 0`).
   */
  broker?: Broker;
  partition?: number;
  /** A 64-bit offset as decimal text. */
  offset?: string;
  attempts: readonly Attempt[];
  /** The client's error where `outcome` is not `"ok"`. */
  error?: string;
}

/** One record as a reader saw it. */
export interface ReadRecord {
  value: string;
  partition: number;
  offset: string;
}

/** A batch of records that a probe read. */
export interface ReadEvent {
  kind: "read";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  records: readonly ReadRecord[];
}

/**
 * The reading back of a whole topic that a verdict rests on: how far each partition was read, in order from
 * offset `from` up to, not including, `to`.
 */
export interface ReadbackEvent {
  kind: "readback";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  /** One row a partition of the topic; `complete` is false where reading stopped before the end. */
  partitions: readonly { partition: number; from: string; to: string; complete: boolean; error?: string }[];
  /** Every record that was read, partition by partition in offset order. */
  records: readonly ReadRecord[];
}

/** A round trip that was measured to see whether a network fault acts. */
export interface Measured {
  broker: Broker;
  path: Exclude<Path, "all">;
  /** The broker that it was measured from; absent: from a client. */
  from?: Broker;
  /**
   * What it should be: longer, cut off, as before; or hit in a way that one round trip does not show, but
   * what the engine counts does.
   */
  expected: "slower" | "silent" | "counted" | "as before";
  beforeMs: number;
  /** Null where no answer came within `waitedMs`. */
  afterMs: number | null;
  waitedMs: number;
}

/** What was seen of a fault at work, or of its end. */
export interface Proof {
  measured: readonly Measured[];
  /**
   * What the engine counted, by broker: for a person, how much the fault acted on, and what was thrown away
   * because its queue was full.
   */
  counted: Readonly<Record<number, { text: string; acted: number; dropped: number }>>;
  /** What could not be measured, and why. */
  unmeasured: readonly string[];
}

/** A change that the lab made to the cluster. */
export interface FaultEvent {
  kind: "fault";
  /** When the call was made; `atMs + tookMs` is when the call returned. */
  atMs: number;
  tookMs: number;
  /** When it took effect on the first target, in milliseconds since the run's start. */
  effectAtMs: number;
  /** Unique within the run. */
  id: string;
  fault: FaultKind;
  targets: readonly Broker[];
  /** The target as asked: a number, or a role that was resolved at injection. */
  asked: string;
  via: string;
  /** In what it differs from the same fault elsewhere. */
  differs?: string;
  /** What is wrong with the network, for a fault of the network. */
  network?: readonly NetFault[];
  proof?: Proof;
}

/** The undoing of a fault. */
export interface HealEvent {
  kind: "heal";
  atMs: number;
  tookMs: number;
  id: string;
  fault: FaultKind;
  targets: readonly Broker[];
  via: string;
  /** When the first target's process ran again, in milliseconds since the run's start. */
  effectAtMs: number;
  proof?: Proof;
}

/** The cluster as observed, recorded when it differs from the observation before. */
export interface ClusterEvent {
  kind: "cluster";
  atMs: number;
  /**
   * The active controller's broker number; null where the quorum has none, or where it is a node that is no
   * broker.
   */
  controller: Broker | null;
  /** The active controller's node id, or null where the quorum has none. */
  controllerNodeId: NodeId | null;
  controllerEpoch: number | null;
  /** Brokers that the cluster reports as alive. */
  alive: readonly Broker[];
  partitions: readonly PartitionState[];
}

/** One partition as Kafka's metadata tells it. */
export interface PartitionState {
  topic: string;
  partition: number;
  leader: Broker | null;
  leaderEpoch: number;
  replicas: readonly Broker[];
  isr: readonly Broker[];
  offline: readonly Broker[];
}

/** The beginning of a labelled stretch of the run; it lasts until the next step. */
export interface StepEvent {
  kind: "step";
  atMs: number;
  name: string;
}

/** A fact worth keeping that is none of the others: what the lab noticed or did, in words. */
export interface NoteEvent {
  kind: "note";
  atMs: number;
  text: string;
}

/** A line of interest that a client's program logged. */
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

/** What a line in a broker's log tells, where the lab knows its form. */
export type BrokerLogFact =
  /** The controller held a broker for dead (`broker.session.timeout.ms` without a heartbeat). */
  | { what: "fenced"; nodeId: NodeId }
  /** The controller lets a broker go: its leaders move now (controlled shutdown). */
  | { what: "controlledShutdownGranted"; nodeId: NodeId }
  /** A broker may lead and be led again; or it is marked as fenced, however that came. */
  | { what: "registration"; nodeId: NodeId; state: "fenced" | "unfenced" | "in controlled shutdown" }
  /**
   * A voter heard nothing of the controller for `controller.quorum.fetch.timeout.ms` and stands for election.
   */
  | { what: "becameCandidate"; nodeId: NodeId }
  /** A voter knows who leads the metadata quorum; null: nobody. */
  | { what: "quorumLeader"; nodeId: NodeId | null; epoch: number }
  /** A controller takes up its work. */
  | { what: "controllerActive"; nodeId: NodeId; epoch: number }
  /** The metadata quorum's leader resigns, because no majority has fetched from it. */
  | { what: "resigned"; nodeId: NodeId }
  /** A broker begins to lead a partition, or to follow another. */
  | {
      what: "becameLeader";
      nodeId: NodeId;
      topic: string;
      partition: number;
      leaderEpoch: number;
      offset: string;
      isr: readonly NodeId[];
    }
  | {
      what: "becameFollower";
      nodeId: NodeId;
      leaderNodeId: NodeId;
      topic: string;
      partition: number;
      leaderEpoch: number;
    }
  /** The leader asks for a smaller ISR, or hears that it is another. */
  | {
      what: "isrShrinks";
      nodeId: NodeId;
      topic: string;
      partition: number;
      from: readonly NodeId[];
      to: readonly NodeId[];
    }
  | { what: "isr"; nodeId: NodeId; topic: string; partition: number; isr: readonly NodeId[] }
  /** A broker was asked to end, and later has ended. */
  | { what: "shuttingDown"; nodeId: NodeId }
  | { what: "shutDown"; nodeId: NodeId }
  | { what: "started"; nodeId: NodeId };

/** A line in a broker's log that tells of leaders, replicas or the quorum. */
export interface BrokerLogEvent {
  kind: "broker log";
  /** By the line's own time stamp (whole milliseconds), moved to the run's clock; see `ClockEvent`. */
  atMs: number;
  service: string;
  /** Null for a node that is only a controller. */
  broker: Broker | null;
  nodeId: NodeId;
  level: string;
  /** The class that logged it. */
  logger: string;
  text: string;
  fact: BrokerLogFact;
}

/** How a node's clock stands to the run's: what has been added to its time stamps. */
export interface ClockEvent {
  kind: "clock";
  atMs: number;
  service: string;
  offsetMs: number;
  /** How wrong that may be, either way. */
  withinMs: number;
}

/** What was predicted for one client, before a fault. */
export interface PredictionEvent {
  kind: "prediction";
  atMs: number;
  client: string;
  topic: string;
  prediction: Prediction;
  /**
   * What will be wrong with the network, for a fault of the network; absent in runs that are older than this
   * field.
   */
  network?: readonly NetFault[];
  /** How long the fault was to last; absent: until it is healed. */
  lastsMs?: number;
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
   * The brokers' timers in milliseconds by Kafka's property names, with Kafka's defaults written out; absent
   * in runs that are older than this field.
   */
  timers?: Readonly<Record<string, number>>;
}

/** A client was made, with all of its settings written out. */
export interface ClientEvent {
  kind: "client";
  atMs: number;
  client: string;
  settings: Readonly<Record<string, unknown>>;
}

export type HistoryEvent =
  | RunEvent
  | ClientEvent
  | StepEvent
  | SendEvent
  | ReadEvent
  | ReadbackEvent
  | FaultEvent
  | HealEvent
  | ClusterEvent
  | BrokerLogEvent
  | ClockEvent
  | PredictionEvent
  | LogEvent
  | NoteEvent;

/** An ordered list of events, as it is judged. */
export type History = readonly HistoryEvent[];
