// KIP-899, KIP-1102: what a client does whose known brokers are all gone, while its bootstrap address leads
// to others.
//
//   client ──▶ bootstrap address ──▶ the first cluster, which is killed
//                               └──▶ from then on the second one

import type { Change } from "../row.ts";
import { startClient } from "../client.ts";
import { portOf, startForward } from "../forward.ts";

const STUCK = "it is stuck";
const RECOVERS = "it goes on with the new brokers";

const TOPIC = "moves";
/** So many refused connections in a row to brokers that are gone; a client that recovers needs a few. */
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
    "NetworkClient.maybeUpdate: without a broker that can be connected to, a client begins with bootstrap.servers " +
    "again where metadata.recovery.strategy is rebootstrap (KIP-899), the default of clients since 4.0",
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
        "reconnect.backoff.max.ms": "100",
        "request.timeout.ms": "1000",
        "delivery.timeout.ms": "2000",
        "max.block.ms": "1000",
      },
    });
    await client.until(/^acked /, { times: ACKED });
    address.lead(portOf(other.bootstrap[0]!));
    const { accepted } = address;
    const since = client.lines.length;
    const began = Date.now();
    await lab.cluster.kill(1);
    // whichever comes first
    await client.until(/^acked |could not be established/, { times: REFUSED, since });
    const acked = client.lines.slice(since).find(({ text }) => text.startsWith("acked "));
    const asked = address.accepted - accepted;
    const refused = client.count(/could not be established/, since);
    const failed = client.lines.slice(since).find(({ text }) => text.startsWith("failed "));
    return {
      outcome: asked > 0 && acked !== undefined ? RECOVERS : STUCK,
      evidence:
        `${asked} connections to the bootstrap address, ${refused} refused by the brokers that are gone; ` +
        (acked === undefined
          ? (failed?.text ?? "no record was acknowledged")
          : `acknowledged again ${Math.max(0, (acked.atMs ?? began) - began)} ms after the kill`),
    };
  },
};
