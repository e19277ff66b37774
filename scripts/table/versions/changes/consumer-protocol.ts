// KIP-848: a group whose partitions the coordinator assigns, on brokers as they come.

import type { Change } from "../row.ts";
import { type ClientLine, refusalIn, startClient } from "../client.ts";

const REFUSED = "the brokers refuse it";
const GOES_ON = "members join, what one keeps is read on";
const STOPS = "members join, and every partition stops for it";

const TOPIC = "shared";
const PARTITIONS = 4;
const GROUP = { "group.id": "billing", "group.protocol": "consumer", "auto.offset.reset": "earliest" };

export const CONSUMER_PROTOCOL: Change<typeof REFUSED | typeof GOES_ON | typeof STOPS> = {
  id: "consumer-protocol",
  name: "KIP-848",
  since: ["4.0.0"],
  question: "a second member joins a group whose members have group.protocol=consumer",
  before: REFUSED,
  after: GOES_ON,
  source:
    "group.version is 1 for new clusters from 4.0 (GroupVersion): before, brokers do not offer " +
    "ConsumerGroupHeartbeat; a member gives back only what it loses (CurrentAssignmentBuilder)",
  async measure(lab, { kafka }) {
    await lab.cluster.createTopic(TOPIC, { partitions: PARTITIONS });
    const load = lab.probe({ name: "load", topic: TOPIC }).start({ perSecond: 100 });
    const member = { mode: "join", version: kafka, bootstrap: lab.bootstrap, topic: TOPIC } as const;
    await using first = await startClient({ ...member, properties: { ...GROUP, "client.id": "first" } });
    const refusal = refusalIn(await first.until(/^refused |^given /));
    if (refusal !== undefined) {
      await load.stop();
      return { outcome: REFUSED, evidence: refusal };
    }
    await first.until(/^given /, { times: 100 });
    const since = first.lines.length;
    await using second = await startClient({ ...member, properties: { ...GROUP, "client.id": "second" } });
    await second.until(/^given /, { times: 50 });
    await first.until(/^given /, { times: 50, since: first.lines.length });
    await load.stop();
    const revoked = numbersIn(first.lines.slice(since), "revoked");
    const kept = [...Array(PARTITIONS).keys()].filter((one) => !revoked.has(one));
    return {
      outcome: kept.length > 0 ? GOES_ON : STOPS,
      evidence:
        `of ${PARTITIONS} partitions ${revoked.size} were given back; the first member's longest pause ` +
        `on the other ${kept.length} was ${longestGap(first.lines.slice(since), kept)} ms`,
    };
  },
};

/** The partitions of all lines such as `revoked [0, 1]`. */
export function numbersIn(lines: readonly ClientLine[], word: string): Set<number> {
  const lists = lines.filter(({ text }) => text.startsWith(`${word} [`));
  return new Set(lists.flatMap(({ text }) => (text.match(/\d+/g) ?? []).map(Number)));
}

/** The longest time between two records of these partitions, in milliseconds. */
export function longestGap(lines: readonly ClientLine[], partitions: readonly number[]): number {
  const times = lines.flatMap(({ atMs, text }) => {
    const number = /^given (\d+) /.exec(text)?.[1];
    return atMs !== null && number !== undefined && partitions.includes(Number(number)) ? [atMs] : [];
  });
  return Math.max(0, ...times.slice(1).map((at, i) => at - times[i]!));
}
