// What a row measured: facts of its history, and what the run was.

import {
  type Circumstances,
  type ClusterEvent,
  duplicates,
  type FaultEvent,
  type History,
  noLostWrites,
  outage,
  type Outcome,
  type Prediction,
  type SendEvent,
} from "@kafka-failure-lab/sdk";
import { asOneStretch } from "@kafka-failure-lab/sdk/testing";

/** What became of the row's client. Times are milliseconds. */
export interface Facts {
  /** Whether another broker became the topic's leader while the fault lasted. */
  readonly failsOver: boolean;
  /** Whether sends were acknowledged again while the fault lasted. */
  readonly served: boolean;
  /** The longest time without an acknowledged send while the fault lasted; null for never again. */
  readonly gapMs: number | null;
  /** Null if unknown. */
  readonly lost: number | null;
  readonly duplicates: number;
  /** Sends that ended without anybody knowing; those that were given up at the end of the run are none. */
  readonly unknown: number;
  readonly failed: number;
  readonly acknowledged: number;
  /** The first send that began when the fault had taken effect. */
  readonly firstSend: { readonly outcome: Outcome; readonly tookMs: number; readonly error?: string } | null;
}

/** One run of a row. */
export interface MeasuredRow {
  /** The row's. */
  readonly id: string;
  /** As it was said before the fault. */
  readonly prediction: Prediction;
  /** What it was made from: leader, controller, targets, the brokers' and the client's settings. */
  readonly circumstances: Circumstances;
  readonly facts: Facts;
  readonly kafka: string;
  readonly engine: "local" | "docker";
  readonly bootMs: number;
  /** How long the client was watched while the fault lasted. */
  readonly watchedMs: number;
  readonly tookMs: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A run that could not be made. */
export interface FailedRow {
  readonly id: string;
  readonly why: string;
}

export interface FactsOptions {
  topic: string;
  client: string;
  /** The fault's id in the history. @default the first */
  faultId?: string;
  /** When sends that were still under way were given up, in milliseconds since the run's start. */
  givenUpMs: number;
}

/** Reads what became of a client from a run's history. */
export function factsOf(run: History, { topic, client, givenUpMs, faultId }: FactsOptions): Facts {
  const fault = faultIn(run, faultId);
  const history = asOneStretch(run, fault);
  const { clients } = outage(history, { topic, id: fault.id });
  const gapMs = clients[client] ?? null;
  const sends = history.filter(
    (event): event is SendEvent => event.kind === "send" && event.client === client,
  );
  const settled = sends.filter(({ atMs, tookMs }) => atMs + tookMs < givenUpMs);
  const of = (outcome: Outcome): number => settled.filter((send) => send.outcome === outcome).length;
  const { verdict, facts } = noLostWrites(history, { topic, client });
  const whole = (ms: number): number => Math.round(ms);
  return {
    failsOver: leaderMoved(history, topic, fault),
    served: gapMs !== null,
    gapMs: gapMs === null ? null : whole(gapMs),
    lost: verdict === "unknown" ? null : facts.lost,
    duplicates: duplicates(history, { topic, client }).facts.copies,
    unknown: of("info"),
    failed: of("fail"),
    acknowledged: of("ok"),
    firstSend: firstSendOf(fault, sends, whole),
  };
}

/** Whether the topic's leader was another broker at any time between the fault and its healing. */
function leaderMoved(history: History, topic: string, fault: FaultEvent): boolean {
  const healedMs = history.find((event) => event.kind === "heal" && event.id === fault.id)?.atMs ?? Infinity;
  const leaderIn = ({ partitions }: ClusterEvent): number | null =>
    partitions.find((one) => one.topic === topic)?.leader ?? null;
  const seen = history.filter((event): event is ClusterEvent => event.kind === "cluster");
  const before = seen.findLast(({ atMs }) => atMs <= fault.atMs);
  const led = before === undefined ? null : leaderIn(before);
  return seen.some(
    (event) =>
      event.atMs > fault.atMs &&
      event.atMs <= healedMs &&
      leaderIn(event) !== null &&
      leaderIn(event) !== led,
  );
}

function firstSendOf(
  { effectAtMs }: FaultEvent,
  sends: readonly SendEvent[],
  whole: (ms: number) => number,
): Facts["firstSend"] {
  const [first] = sends.filter(({ atMs }) => atMs >= effectAtMs).sort((a, b) => a.atMs - b.atMs);
  return first === undefined
    ? null
    : {
        outcome: first.outcome,
        tookMs: whole(first.tookMs),
        ...(first.error !== undefined && { error: first.error }),
      };
}

function faultIn(history: History, id: string | undefined): FaultEvent {
  const fault = history.find(
    (event): event is FaultEvent => event.kind === "fault" && (id === undefined || event.id === id),
  );
  if (fault === undefined) throw new RangeError("Cannot read facts of a history without the row's fault");
  return fault;
}
