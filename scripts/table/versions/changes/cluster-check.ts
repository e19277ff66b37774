// KIP-1242: the address at which a cluster's broker is known leads to another cluster.
//
//   client ──▶ 127.0.0.1, its bootstrap server ──▶ its own cluster
//          ──▶ localhost, as the broker advertises it; by the client's hosts file 127.0.0.77
//                         ├─▶ its own cluster
//                         └─▶ from then on the other one, and open connections are cut
//
// Node ids are the same in both, so that only the cluster id differs.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "@kafka-failure-lab/sdk";
import type { Change, Seen } from "../row.ts";
import { startClient, type VersionClient } from "../client.ts";
import { portOf, startForward } from "../forward.ts";

const WRITES = "the other cluster gets its records";
const ASKS = "the other cluster gets none";

const TOPIC = "misrouted";
/** A loopback address where nothing else listens. */
const ELSEWHERE = "127.0.0.77";
const MISMATCH = /due to cluster metadata mismatch/;
/** The lab's own compose files all have the same one, which the check would take for the same cluster. */
const ANOTHER_ID = "services: { kafka-1: { environment: { CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw } } }\n";

export const CLUSTER_CHECK: Change<typeof WRITES | typeof ASKS> = {
  id: "cluster-check",
  name: "KIP-1242",
  since: ["4.4.0"],
  question: "the address that a broker advertises leads to another cluster, with a topic of the same name",
  before: WRITES,
  after: ASKS,
  source:
    "NetworkClient and KafkaApis: since 4.4 ApiVersions says which cluster and node the client means " +
    "(metadata.cluster.check.enable, true by default); another one answers REBOOTSTRAP_REQUIRED (129)",
  lab: { compose: ["one-broker"] },
  async measure(lab, { kafka, start }) {
    const [file, hosts] = [join(lab.run.dir, "another-id.yml"), join(lab.run.dir, "client-hosts")];
    await Promise.all([writeFile(file, ANOTHER_ID), writeFile(hosts, `${ELSEWHERE} localhost\n`)]);
    await using other = await start({ compose: ["one-broker", file] });
    for (const one of [lab, other])
      await one.cluster.createTopic(TOPIC, { partitions: 1, replicationFactor: 1 });
    const [own, wrong] = [portOf(lab.bootstrap[0]!), portOf(other.bootstrap[0]!)];
    await using address = await startForward({ host: ELSEWHERE, port: own, to: own });
    // the other cluster advertises localhost, too
    await using _other = await startForward({ host: ELSEWHERE, port: wrong, to: wrong });
    await using client = await startClient({
      mode: "send",
      version: kafka,
      bootstrap: [`127.0.0.1:${own}`],
      topic: TOPIC,
      properties: {
        // so that the broker is never one that cannot be connected to: a client without any such broker
        // begins anew by itself, and knows no cluster id until its next metadata
        "reconnect.backoff.ms": "0",
        "reconnect.backoff.max.ms": "0",
        "request.timeout.ms": "5000",
        "max.block.ms": "1000",
      },
      hosts,
    });
    await client.until(/^acked /, { times: 20 });
    const { accepted } = address;
    address.lead(wrong);
    address.cut();
    const since = client.lines.length;
    await client.until(new RegExp(`^acked |${MISMATCH.source}`), { times: 10, since });
    const { records } = await other.probe({ name: "reader", topic: TOPIC }).read();
    return outcomeOf({ client, since, records: records.length, connections: address.accepted - accepted });
  },
};

/** Decides by the client's log and the other cluster's records. @throws LabError NOT_READY where it cannot */
export function outcomeOf({
  client,
  since,
  records,
  connections,
}: {
  client: Pick<VersionClient, "lines" | "count">;
  /** Its lines before that are from before its address led elsewhere. */
  since: number;
  /** In the other cluster. */
  records: number;
  /** Of the client to the address, from then on. */
  connections: number;
}): Seen<typeof WRITES | typeof ASKS> {
  const mismatches = client.count(MISMATCH, since);
  const first = client.lines
    .slice(since)
    .flatMap(({ text }) => /Rebootstrap.*?(?= \(org|$)/.exec(text) ?? [])[0];
  if (first !== undefined && !MISMATCH.test(first))
    throw new LabError(
      "NOT_READY",
      `Cannot misroute the client: it began anew by itself, without a cluster id: ${first}`,
    );
  if (records === 0 && mismatches === 0)
    throw new LabError("NOT_READY", "Cannot misroute the client: it goes on with a connection that it had");
  return {
    outcome: records > 0 ? WRITES : ASKS,
    evidence:
      `${records} records in the other cluster; ${connections} connections there, ${mismatches} were ` +
      "refused: " +
      (first === undefined ? "no error in the client's log" : `"${first}"`),
  };
}
