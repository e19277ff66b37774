// KIP-932: records that a member of a share group was given and has not acknowledged.

import type { Change } from "../row.ts";
import { startClient } from "../client.ts";

const REFUSED = "the brokers refuse it";
const AGAIN = "they are delivered again";

const TOPIC = "jobs";
/** Far above what anything else here takes, so that what comes sooner does not come by it. */
const LOCK_MS = 15_000;

export const SHARE_GROUPS: Change<typeof REFUSED | typeof AGAIN> = {
  id: "share-groups",
  name: "KIP-932",
  since: ["4.2.0"],
  question: "a member of a share group dies with records that it has not acknowledged",
  before: REFUSED,
  after: AGAIN,
  source:
    "share.version is 1 for new clusters from 4.2 (ShareVersion): before, brokers do not offer " +
    "ShareGroupHeartbeat; SharePartition releases what a member had acquired",
  lab: {
    properties: {
      "group.share.record.lock.duration.ms": String(LOCK_MS),
      "share.coordinator.state.topic.num.partitions": "1",
    },
  },
  async measure(lab, { kafka }) {
    await lab.cluster.createTopic(TOPIC, { partitions: 1 });
    const member = { version: kafka, bootstrap: lab.bootstrap, topic: TOPIC } as const;
    const properties = { "group.id": "workers" };
    const load = lab.probe({ name: "load", topic: TOPIC }).start({ perSecond: 20 });
    await using holder = await startClient({ ...member, mode: "hold", properties });
    const held = await holder.until(/^refused |^given /);
    await load.stop();
    if (held.text.startsWith("refused "))
      return { outcome: REFUSED, evidence: held.text.replace("refused ", "") };
    const value = valueIn(held.text)!;
    await using other = await startClient({ ...member, mode: "share", properties });
    await holder.kill();
    const killedAt = Date.now();
    const again = await other.until(new RegExp(`^given .*value = ${value}\\)`));
    return {
      outcome: AGAIN,
      evidence:
        `${value} again ${((again.atMs! - killedAt) / 1000).toFixed(1)} s after the kill, ` +
        `${((again.atMs! - held.atMs!) / 1000).toFixed(1)} s after it was given first; lock ${LOCK_MS / 1000} s, ` +
        `delivery ${/deliveryCount = \D*(\d+)/.exec(again.text)?.[1] ?? "unknown"}`,
    };
  },
};

function valueIn(text: string): string | undefined {
  return /value = (\S+)\)$/.exec(text)?.[1];
}
