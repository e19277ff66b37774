// What will happen to one client when a fault strikes, said before it does.

import type { Broker, NodeId } from "./broker.ts";
import type { Claim, ReasonCode } from "./claim.ts";
import type { FaultKind } from "./fault.ts";
import type { Odds, Span } from "./span.ts";

export type { Claim, ClaimCode, ReasonCode } from "./claim.ts";
export type { Odds, Span } from "./span.ts";

/** A setting that decides how long something takes. */
export interface Timer {
  /**
   * Kafka's or the client's name: `broker.session.timeout.ms`, `request.timeout.ms`, kafkajs's
   * `requestTimeout`.
   */
  readonly name: string;
  readonly ms: number;
  /** Who has it. */
  readonly owner: "broker" | "controller" | "topic" | "client" | "system";
  /** Where the formula or the default comes from: a KIP, a source file, a documented property. */
  readonly source: string;
}

/** One part of the time without an acknowledgement. */
export interface PredictedPart {
  readonly kind: PartKind;
  readonly tookMs: Span;
  readonly timers: readonly Timer[];
  /** For a person: `until the controller fences broker 1`. */
  readonly what: string;
}

/** What a part of an outage is spent on; prediction and explanation use the same kinds. */
export type PartKind =
  /**
   * Until the cluster holds the broker for dead, or is told that it goes: another controller first where it
   * was that, too.
   */
  | "detection"
  /** From then until another leader serves. */
  | "election"
  /**
   * Until a replica that does not fetch has left the ISR, where the leader is well: with acks=all it waits
   * for every replica in sync.
   */
  | "isr"
  /** Until the client has heard of that leader. */
  | "metadata"
  /** The client's own pauses between tries. */
  | "back-off"
  /** Connections that were dialled, and requests for API versions. */
  | "reconnect"
  /**
   * Requests that were under way or went to the wrong broker, until they failed or their timeout ended; and
   * the one that was acknowledged.
   */
  | "request"
  /** Round trips that a fault of the network makes longer. */
  | "delay"
  /** Until the fault was healed, where nothing else could end it, and until the broker served again. */
  | "healing"
  /** What is none of the others, with its reason. */
  | "other";

/** One answer that a client has to wait for before its record is acknowledged. */
export interface RoundTrip {
  /** Kafka's name of the request, or `Connect`. */
  readonly api: string;
  readonly broker: "bootstrap" | "leader";
  /** How many delays it costs: two where the connection is made late within it. */
  readonly delays: number;
  /** How late it is over when the fault delays each answer, from the send's begin. */
  readonly atMs: number;
  /** The timeout that this wait has to keep, and whether it does. */
  readonly limit: Timer | null;
  readonly holds: Odds;
}

/** What becomes of the active controller while the fault lasts. */
export interface PredictedController {
  /** Whether another voter becomes it. */
  readonly moves: Odds;
  /** Whether there is none, because no majority of the voters is left: nothing is elected or created. */
  readonly lost: Odds;
  /** When another one is active, in milliseconds after the fault; null where none becomes it. */
  readonly activeAt: Span | null;
}

/** The prediction for one client. */
export interface Prediction {
  readonly fault: FaultKind;
  readonly targets: readonly Broker[];
  /** The targets that are only controllers, by their `node.id`; absent where there is none. */
  readonly controllers?: readonly NodeId[];
  /** What its settings or leaders are changed of: `topic orders`; absent where it hits nodes. */
  readonly resources?: readonly string[];
  /** How long the fault lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
  /** What becomes of the active controller. Absent in files of versions before 0.7. */
  readonly controller?: PredictedController;
  /** Whether another broker becomes the topic's leader while the fault lasts. */
  readonly failsOver: Odds;
  /** Whether the client's sends are acknowledged again while the fault lasts. */
  readonly served: Odds;
  /**
   * The longest time without an acknowledged send while the fault lasts, for a client that sends all the
   * time; null where `served` is 0, and of a rolling restart that waits for nothing. With odds between: where
   * it is served.
   */
  readonly gap: Span | null;
  /** What `gap` is made of. */
  readonly parts: readonly PredictedPart[];
  /** What decides it. */
  readonly timers: readonly Timer[];
  /** A send that begins as the fault takes effect; it may be settled after the fault is healed. */
  readonly send: {
    /** How probable it is that it is acknowledged in the end. */
    readonly ok: Odds;
    /** How long until it is settled. */
    readonly tookMs: Span | null;
    /** The timeout or the number of retries that ends it where it is not acknowledged. */
    readonly endedBy: Timer | null;
  };
  /**
   * Whether acknowledged records may be lost; records be appended twice; sends end without anybody knowing
   * whether they were appended.
   */
  readonly lost: Possibility;
  readonly duplicates: Possibility;
  readonly unknown: Possibility;
  /**
   * Whether consumers can read what the leader appends while the fault lasts: the high watermark does not
   * advance below `min.insync.replicas` (Partition.maybeIncrementLeaderHW, since 3.7), nor while the ISR has
   * a replica that no longer fetches. Only for `acks` 0 and 1, and absent where consumers read as before.
   */
  readonly visible?: Odds;
  /**
   * Of a rolling restart: whether the ISR may be smaller than `min.insync.replicas` on the way, and what
   * that minimum is, never more than there are replicas.
   */
  readonly belowMinIsr?: { readonly is: Possibility; readonly min: number };
  /** Settings that the fault changes, and of whose effect on a client nothing is derived. */
  readonly notDerived?: readonly string[];
  /** For a delay: every answer until the first acknowledgement, in order. */
  readonly roundTrips?: readonly RoundTrip[];
  /**
   * How many times slower the machine is than that of the figures, by which windows of work are longer;
   * absent where it is not.
   */
  readonly slower?: number;
  /** Why, in one or two sentences for a person; of several branches, those of the two likeliest. */
  readonly why: string;
  /** The reasons of every branch, as codes, the likeliest first. Absent in files of versions before 0.7. */
  readonly reasons?: readonly ReasonCode[];
  /**
   * What `sentence` states, in its order: a code, and the figures of the fields above. Absent in files of
   * versions before 0.7.
   */
  readonly claims?: readonly Claim[];
  /**
   * The whole in one line: `leader moves, first acknowledgement after 7.0 to 10.2 s
   * (broker.session.timeout.ms); 0 lost, duplicates possible`.
   */
  readonly sentence: string;
}

/** The prediction for one of the partitions that a client writes to. */
export interface PartitionPrediction {
  readonly topic: string;
  readonly partition: number;
  /** The partition's leader before the fault; null: it has none. */
  readonly leader: Broker | null;
  /** What the fault does to the client's sends to this partition. */
  readonly prediction: Prediction;
}

/**
 * The prediction for a client: as a whole, and for each of the partitions that it writes to. The whole is
 * that of the partition that waits longest; `failsOver` is the highest, what may happen to records is
 * possible where it is for one partition, `reasons` are those of all, and `sentence` names each. `claims`
 * are the whole's; each partition's prediction has its own.
 */
export interface ClientPrediction extends Prediction {
  /** In order of their numbers; empty in a replay of a run before 0.7. */
  readonly partitions: readonly PartitionPrediction[];
}

/** Whether something may happen: never, or possibly. */
export type Possibility = "no" | "possible";
