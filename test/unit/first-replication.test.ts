// From when on the followers of a new topic replicate, by lines that Kafka 3.9.2 logged.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { stampMs } from "../../sdk/kafka/broker-log/mod.ts";
import { type ReplicaLog, replicatesAt } from "../../sdk/lab/verbs/first-replication.ts";

const DAY = "2026-11-29";
const created = (stamp: string, partition = "orders-0"): string =>
  `[${DAY} ${stamp}] INFO Created log for partition ${partition} in /data/${partition} ` +
  "with properties {} (kafka.log.LogManager)";
const state = (partition: string, leader: number): string =>
  `${partition} -> InitialFetchState(Some(CMY5M3HcTJWjsJTM-vM5lg),` +
  `BrokerEndPoint(id=${leader}, host=kafka-${leader}:25211),0,0)`;
const added = (stamp: string, leader: number, ...partitions: string[]): string =>
  `[${DAY} ${stamp}] INFO [ReplicaFetcherManager on broker 3] Added fetcher to broker ${leader} ` +
  "for partitions " +
  `HashMap(${partitions.map((one) => state(one, leader)).join(", ")}) (kafka.server.ReplicaFetcherManager)`;
const log = (nodeId: number, ...lines: string[]): ReplicaLog => ({
  nodeId,
  text: `${lines.join("\n")}\n`,
  backoffMs: 1_000,
});
const at = (stamp: string): number => stampMs(`${DAY} ${stamp}`, "local");
const orders = { topic: "orders", partitions: 1, replicationFactor: 3 };
const late = log(1, created("21:20:37,248"), added("21:20:37,350", 2, "orders-0"));

for (const [what, logs, expected, made] of [
  ["a follower has logged nothing", [late, log(2, created("21:20:37,302")), log(3)], undefined],
  [
    "the leader has logged nothing",
    [late, log(2), log(3, created("21:20:37,128"), added("21:20:37,320", 2, "orders-0"))],
    undefined,
  ],
  [
    "followers began after the leader",
    [
      late,
      log(2, created("21:20:37,302")),
      log(3, created("21:20:37,128"), added("21:20:37,320", 2, "orders-0")),
    ],
    0,
  ],
  [
    "the broker beside the controller followed before its leader was ready",
    [
      late,
      log(2, created("21:20:37,302")),
      log(3, created("21:20:37,128"), added("21:20:37,146", 2, "orders-0")),
    ],
    at("21:20:37,302") + 1_020,
  ],
  [
    "another topic's followers do not count",
    [
      log(2, created("21:20:37,302"), created("21:20:37,302", "my-orders-0")),
      log(3, added("21:20:37,146", 2, "my-orders-0", "orders-0-0"), added("21:20:37,400", 2, "orders-0")),
    ],
    0,
    { ...orders, replicationFactor: 2 },
  ],
  [
    "several partitions in one line, each with its leader",
    [
      log(
        1,
        created("21:20:37,100"),
        created("21:20:37,500", "orders-1"),
        added("21:20:37,110", 2, "orders-0"),
      ),
      log(
        2,
        created("21:20:37,100"),
        created("21:20:37,100", "orders-1"),
        added("21:20:37,200", 1, "orders-1"),
      ),
    ],
    at("21:20:37,500") + 1_020,
    { ...orders, partitions: 2, replicationFactor: 2 },
  ],
] as [string, ReplicaLog[], number | undefined, typeof orders?][])
  test(`replicatesAt(): ${what}`, () => assert.is(replicatesAt(logs, made ?? orders), expected));
test.run();
