// Which partition an outage was about, and which sends and faults concern it.
//
//   the send that ended it, if it waited itself ─┐
//   else the one that had waited longest         ├─▶ its partition ─▶ leader, ISR, lines, views of that one
//   else what the client was told                ┘
//
// A client with several partitions may have all the sends that it may have under way at one of them: then
// those for the others wait for them, though their partitions are well.

import type { Broker, ClusterEvent, PartitionState, SendEvent } from "../../model/history.ts";
import type { TimedAttempt } from "./attempts.ts";
import type { Lasting } from "./facts.ts";
import { partitionOfSend } from "./measured-outcome.ts";

/** The sends of one gap. */
export interface GapSends {
  readonly fromMs: number;
  readonly toMs: number;
  /** The one whose acknowledgement ended it. */
  readonly ender: SendEvent | undefined;
  /** The one whose acknowledgement came before it. */
  readonly last: SendEvent | undefined;
  /** Those that had waited longest. */
  readonly beside: readonly SendEvent[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The partition that the client waited for; undefined where nothing tells. */
export function waitedFor({ fromMs, toMs, ender, last, beside, settings }: GapSends): number | undefined {
  const waited = (send: SendEvent): boolean => send.atMs <= (fromMs + toMs) / 2;
  const isKnown = (send: SendEvent): boolean => partitionOfSend(send) !== undefined;
  const longest = beside
    .filter((send) => isKnown(send) && waited(send) && send.atMs + send.tookMs >= toMs)
    .reduce<SendEvent | undefined>(
      (first, send) => (first === undefined || send.atMs < first.atMs ? send : first),
      undefined,
    );
  const own = [ender !== undefined && waited(ender) ? ender : undefined, longest, ender, ...beside, last];
  const found = own.find((send) => send !== undefined && isKnown(send));
  const told = settings["partition"];
  return found === undefined ? (typeof told === "number" ? told : undefined) : partitionOfSend(found);
}

/** A partition, and whether it is another one of the topic than the client's own. */
export interface Concerned {
  readonly state: PartitionState | undefined;
  readonly isShared: boolean;
}

/**
 * Finds the partition in what the cluster said before the fault. kafkajs takes no metadata while any
 * partition of the topic has no leader: where it asked for some, and its own partition was well, it is the
 * other one.
 */
export function concernedPartition(
  view: ClusterEvent | undefined,
  { topic, partition }: { topic: string; partition: number | undefined },
  targets: readonly Broker[],
  client: { settings: Readonly<Record<string, unknown>>; attempts: readonly TimedAttempt[] },
): Concerned {
  const ofTopic = view?.partitions.filter((one) => one.topic === topic) ?? [];
  const isLed = ({ leader }: PartitionState): boolean => leader !== null && !targets.includes(leader);
  const lost = ofTopic.find((one) => !isLed(one));
  if (partition === undefined) return { state: lost ?? ofTopic[0], isShared: false };
  const own = ofTopic.find((one) => one.partition === partition);
  const waitsForIsr = client.settings["acks"] === undefined || client.settings["acks"] === -1;
  const isWell =
    own !== undefined && isLed(own) && !(waitsForIsr && own.isr.some((broker) => targets.includes(broker)));
  const isShared =
    isWell &&
    lost !== undefined &&
    client.settings["client"] === "kafkajs" &&
    client.attempts.some(({ api }) => api === "Metadata");
  return isShared ? { state: lost, isShared } : { state: own, isShared: false };
}

/**
 * The faults that lasted during a gap, the deciding one first: the first that took effect in it, where one
 * hit a replica of the partition that one; where none did, the latest that lasted already.
 */
export function lastedDuring(
  faults: readonly Lasting[],
  { fromMs, toMs }: Pick<GapSends, "fromMs" | "toMs">,
  replicas: readonly Broker[] | undefined,
): Lasting[] {
  const during = faults.filter((one) => one.fromMs <= toMs && one.toMs >= fromMs);
  const hits = during.filter(({ event }) => event.targets.some((broker) => replicas?.includes(broker)));
  const isWithin = (one: Lasting): boolean => one.fromMs >= fromMs - EFFECT_MS / 4;
  const decides = hits.find(isWithin) ?? during.find(isWithin) ?? hits.at(-1) ?? during.at(-1);
  return decides === undefined ? [] : [decides, ...during.filter((one) => one !== decides)];
}

/** An acknowledgement that was on its way may come this long after a fault's effect. */
export const EFFECT_MS = 2000;

/**
 * Whether a try is of a send to another partition, on a connection that has nothing to do with this one: a
 * broker answers the requests of one connection in their order, so that those to the same broker wait for
 * each other.
 */
export function isForeign(
  send: SendEvent,
  { api, broker }: Pick<TimedAttempt, "api" | "broker">,
  partition: number | undefined,
  leaders: readonly (Broker | null | undefined)[],
): boolean {
  const own = partitionOfSend(send);
  return api === "Produce" && own !== undefined && own !== partition && !leaders.includes(broker);
}
