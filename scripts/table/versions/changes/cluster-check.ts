// KIP-1242: the name at which a cluster's brokers are known leads to another cluster.
//
//   client ──▶ 127.0.0.1, its bootstrap servers ──▶ its own cluster
//          ──▶ localhost, as brokers advertise it ──▶ its own cluster
//                         └─▶ from then on, by its hosts file, 127.0.0.77 ──▶ the other one

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";
import { startClient } from "../client.ts";
import { portOf, startForward } from "../forward.ts";

const WRITES = "the other cluster gets its records";
const ASKS = "the other cluster gets none";

const TOPIC = "misrouted";
/** A loopback address where nothing else listens. */
const ELSEWHERE = "127.0.0.77";
const MISMATCH = /due to cluster metadata mismatch/;

export const CLUSTER_CHECK: Change<typeof WRITES | typeof ASKS> = {
  id: "cluster-check",
  name: "KIP-1242",
  since: ["4.4.0"],
  question: "the name that brokers advertise leads to another cluster, with a topic of the same name",
  before: WRITES,
  after: ASKS,
  source:
    "NetworkClient and KafkaApis: since 4.4 ApiVersions says which cluster and node the client means " +
    "(metadata.cluster.check.enable, true by default); another one answers REBOOTSTRAP_REQUIRED (129)",
  async measure(lab, { kafka, start }) {
    await using other = await start({ compose: ["one-broker"] });
    await lab.cluster.createTopic(TOPIC, { partitions: 1 });
    await other.cluster.createTopic(TOPIC, { partitions: 1, replicationFactor: 1 });
    const hosts = join(lab.run.dir, "client-hosts");
    await writeFile(hosts, "127.0.0.1 localhost\n");
    const ports = lab.bootstrap.map(portOf);
    await using client = await startClient({
      mode: "send",
      version: kafka,
      bootstrap: ports.map((port) => `127.0.0.1:${port}`),
      topic: TOPIC,
      properties: { "request.timeout.ms": "1000", "delivery.timeout.ms": "2000", "max.block.ms": "1000" },
      hosts,
    });
    await client.until(/^acked /, { times: 20 });
    await using _elsewhere = await startForwards({ ports, to: portOf(other.bootstrap[0]!) });
    const misrouted = client.lines.length;
    await writeFile(hosts, `${ELSEWHERE} localhost\n`);
    const { partitions } = await lab.cluster.describe();
    // so that the client has to connect anew
    await lab.cluster.kill(partitions.find(({ topic }) => topic === TOPIC)!.leader!);
    const since = client.lines.length;
    await client.until(new RegExp(`^acked |${MISMATCH.source}`), { times: 10, since });
    const probe = other.probe({ name: "reader", topic: TOPIC });
    const { records } = await probe.read();
    const mismatches = client.count(MISMATCH, misrouted);
    if (records.length === 0 && mismatches === 0)
      throw new LabError("NOT_READY", "Cannot misroute the client: it goes on with a connection that it had");
    return {
      outcome: records.length > 0 ? WRITES : ASKS,
      evidence:
        `${records.length} records in the other cluster; the client was sent back to its bootstrap ` +
        `servers ${mismatches} times ("Rebootstrap requested by server due to cluster metadata mismatch")`,
    };
  },
};

/** Leads the ports of one cluster, at an address of their own, to the other one. */
async function startForwards({
  ports,
  to,
}: {
  ports: readonly number[];
  to: number;
}): Promise<AsyncDisposable> {
  const forwards = await Promise.all(
    [...ports, to].map((port) => startForward({ host: ELSEWHERE, port, to })),
  );
  return {
    async [Symbol.asyncDispose]() {
      for (const one of forwards) await one[Symbol.asyncDispose]();
    },
  };
}
