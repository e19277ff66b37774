// KIP-932: records that a member of a share group was given and has not acknowledged.

import type { Lab } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";
import { type ClientStart, refusalIn, startClient } from "../client.ts";

const REFUSED = "the brokers refuse it";
const AGAIN = "they are delivered again";

const TOPIC = "jobs";
/** Kafka's own is 30 s. Far above what the kill of a member takes to be noticed. */
const LOCK_MS = 10_000;

export const SHARE_GROUPS: Change<typeof REFUSED | typeof AGAIN> = {
  id: "share-groups",
  name: "KIP-932",
  since: ["4.2.0"],
  question: "a member of a share group dies with records that it has not acknowledged",
  before: REFUSED,
  after: AGAIN,
  source:
    "share.version is 1 for new clusters from 4.2 (ShareVersion): before, brokers do not offer " +
    "ShareGroupHeartbeat. What a member has acquired is released as its connection ends " +
    "(ShareSessionCache.ClientConnectionDisconnectListener), otherwise after " +
    "group.share.record.lock.duration.ms",
  lab: {
    properties: {
      "group.share.record.lock.duration.ms": String(LOCK_MS),
      "group.share.min.record.lock.duration.ms": "1000",
      "share.coordinator.state.topic.num.partitions": "1",
    },
  },
  async measure(lab, { kafka }) {
    await lab.cluster.createTopic(TOPIC, { partitions: 1 });
    const member: Member = { version: kafka, bootstrap: lab.bootstrap, topic: TOPIC };
    const killed = await givenAgain(lab, member, { group: "killed", isKilled: true });
    if (typeof killed === "string") return { outcome: REFUSED, evidence: killed };
    const holding = await givenAgain(lab, member, { group: "holding", isKilled: false });
    if (typeof holding === "string") return { outcome: REFUSED, evidence: holding };
    return {
      outcome: AGAIN,
      evidence:
        `lock ${seconds(LOCK_MS)}: ${seconds(killed.sinceKillMs)} after the kill of the member that had ` +
        `them; ${seconds(holding.sinceGivenMs)} after they were given to one that lives and does not ` +
        `acknowledge, where the other one had joined after ${seconds(holding.joinedMs)}; ` +
        `delivery ${killed.delivery}`,
    };
  },
};

type Member = Omit<ClientStart, "mode">;

interface Again {
  /** From the first delivery to the second one. */
  sinceGivenMs: number;
  sinceKillMs: number;
  /** From the first delivery until the other member had joined. */
  joinedMs: number;
  /** The count of deliveries that the second one has. */
  delivery: string;
}

/** When a record of a member that does not acknowledge comes to another one; the words of a refusal. */
async function givenAgain(
  lab: Lab,
  member: Member,
  { group, isKilled }: { group: string; isKilled: boolean },
): Promise<Again | string> {
  const own = { ...member, properties: { "group.id": group } };
  const load = lab.probe({ name: group, topic: TOPIC }).start({ perSecond: 20 });
  await using holder = await startClient({ ...own, mode: "hold" });
  const held = await holder.until(/^refused |^given /).finally(() => load.stop());
  const refusal = refusalIn(held);
  if (refusal !== undefined) return refusal;
  await using other = await startClient({ ...own, mode: "share" });
  await other.until(/to STABLE/);
  const killedAt = Date.now();
  if (isKilled) await holder.kill();
  const value = /value = (\S+)\)$/.exec(held.text)![1]!;
  const again = await other.until(new RegExp(`^given .*value = ${value}\\)`));
  return {
    sinceGivenMs: again.atMs! - held.atMs!,
    sinceKillMs: again.atMs! - killedAt,
    joinedMs: killedAt - held.atMs!,
    delivery: /deliveryCount = \D*(\d+)/.exec(again.text)![1]!,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
