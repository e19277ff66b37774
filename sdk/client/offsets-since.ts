// Where a topic's partitions stood when a lab came: on somebody's cluster a topic may have a long past, and
// none of it is the lab's.

import type { Security } from "../model/security.ts";
import { openWire, type Wire } from "../kafka/connection.ts";
import type { PartitionAnswer } from "../kafka/protocol/mod.ts";

const REQUEST_MS = 5_000;
/** Where brokers give records their own time, their clocks may be so far ahead or behind. */
const CLOCKS_MS = 60_000;

/**
 * Returns each partition's first offset whose record is not older than `since`, less a minute. A partition
 * that cannot be asked is left out.
 *
 * @param addresses `host:port` of all brokers' client listeners
 */
export async function offsetsSince(
  topic: string,
  addresses: readonly string[],
  since: Date,
  security?: Security,
): Promise<ReadonlyMap<number, string>> {
  const wires = new Map(addresses.map((address) => [address, openWire(address, security)]));
  try {
    const metadata = await Promise.any([...wires.values()].map((one) => one.metadata([topic], REQUEST_MS)));
    const wireOf = (leader: number): Wire | undefined => {
      const broker = metadata.brokers.find(({ nodeId }) => nodeId === leader);
      return broker && wires.get(`${broker.host}:${broker.port}`);
    };
    const atMs = since.getTime() - CLOCKS_MS;
    const partitions = metadata.topics[0]?.partitions ?? [];
    const found = await Promise.all(
      partitions.map((one) => offsetOf(wireOf(one.leader), topic, one, atMs).catch(() => [])),
    );
    return new Map(found.flat());
  } catch {
    return new Map(); // no broker answers
  } finally {
    for (const one of wires.values()) one.close();
  }
}

async function offsetOf(
  leader: Wire | undefined,
  topic: string,
  { partition }: PartitionAnswer,
  atMs: number,
): Promise<[partition: number, offset: string][]> {
  if (leader === undefined) return [];
  const end = await leader.bounds(topic, partition, REQUEST_MS); // asked first: what comes later is behind it
  const first = await leader.offsetAt(topic, partition, atMs, REQUEST_MS);
  if (end.errorCode !== 0 || first.errorCode !== 0) return [];
  return [[partition, String(first.offset < 0n ? end.to : first.offset)]];
}
