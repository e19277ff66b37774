// KIP-899, KIP-1102: what a client does whose known brokers are all gone, while its bootstrap address leads
// to others.
//
//   client ──▶ bootstrap address ──▶ the first cluster, which is killed
//                               └──▶ from then on the second one

import { performance } from "node:perf_hooks";
import { readable } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";
import { startClient, type VersionClient } from "../client.ts";
import { portOf, startForward } from "../forward.ts";

const STUCK = "it is stuck";
const RECOVERS = "it goes on with the new brokers";

const TOPIC = "moves";
/** Without metadata for so long a client of 4.0 begins anew in any case; Kafka's own is 5 min. */
const TRIGGER_MS = 5_000;
const RECONNECT_MS = 300;
/** So many connections that are refused take about twice as long as that. */
const REFUSED = 40;
const ACKED = 20;

export const REBOOTSTRAP: Change<typeof STUCK | typeof RECOVERS> = {
  id: "client-rebootstrap",
  name: "KIP-1102",
  since: ["4.0.0"],
  question: "all brokers that a client knows are gone; its bootstrap address leads to others",
  before: STUCK,
  after: RECOVERS,
  source:
    "NetworkClient.maybeUpdate: without a broker that can be connected to, a client begins with " +
    "bootstrap.servers again where metadata.recovery.strategy is rebootstrap (KIP-899), the default of " +
    "clients since 4.0",
  lab: { compose: ["one-broker"] },
  async measure(lab, { kafka, start }) {
    await using other = await start({ compose: ["one-broker"] });
    for (const one of [lab, other])
      await one.cluster.createTopic(TOPIC, { partitions: 1, replicationFactor: 1 });
    await using address = await startForward({ to: portOf(lab.bootstrap[0]!) });
    await using client = await startClient({
      mode: "send",
      version: kafka,
      bootstrap: [`127.0.0.1:${address.port}`],
      topic: TOPIC,
      properties: {
        "metadata.recovery.rebootstrap.trigger.ms": String(TRIGGER_MS),
        "reconnect.backoff.ms": String(RECONNECT_MS),
        "reconnect.backoff.max.ms": String(RECONNECT_MS),
        "retry.backoff.max.ms": "100",
        "request.timeout.ms": "1000",
        "delivery.timeout.ms": "2000",
        "max.block.ms": "1000",
      },
    });
    await client.until(/^acked /, { times: ACKED });
    address.lead(portOf(other.bootstrap[0]!));
    const { accepted } = address;
    await lab.cluster.kill(1);
    const since = client.lines.length;
    const began = performance.now();
    // whichever comes first
    await client.until(/^acked |could not be established/, { times: REFUSED, since });
    const asked = address.accepted - accepted;
    const refused = client.count(/could not be established/, since);
    if (asked === 0) {
      const failed = client.lines.slice(since).find(({ text }) => text.startsWith("failed "));
      const error = failed === undefined ? "no record failed yet" : failed.text.replace(/^failed /, "");
      return {
        outcome: STUCK,
        evidence:
          `in ${readable(performance.now() - began)} ${refused} connections refused by the broker that is ` +
          `gone, none to the bootstrap address; ${error}`,
      };
    }
    await client.until(/^acked /, { times: ACKED, since });
    return {
      outcome: RECOVERS,
      evidence:
        `${asked} connections to the bootstrap address; the longest time without an acknowledgement was ` +
        readable(longestGap(client)),
    };
  },
};

function longestGap({ lines }: VersionClient): number {
  const times = lines.flatMap(({ atMs, text }) => (atMs !== null && text.startsWith("acked ") ? [atMs] : []));
  return Math.max(0, ...times.slice(1).map((at, i) => at - times[i]!));
}
