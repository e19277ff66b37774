import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { parseLine, stampMs } from "../../sdk/kafka/broker-log/mod.ts";
import type { BrokerLogFact } from "../../sdk/model/history.ts";

const at = "[2026-11-25 14:51:57,360] INFO ";

/** Lines as Kafka 3.9.2 and 4.4.0 wrote them. */
const logged: readonly (readonly [string, BrokerLogFact])[] = [
  [
    "[QuorumController id=2] Fencing broker 3 because its session has timed out. " +
      "(org.apache.kafka.controller.ReplicationControlManager)",
    { what: "fenced", nodeId: 3 },
  ],
  [
    "[QuorumController id=2] Fencing broker 13 at epoch 11 because its session has timed " +
      "out. (org.apache.kafka.controller.ReplicationControlManager)",
    { what: "fenced", nodeId: 13 },
  ],
  [
    "[QuorumController id=2] Unfenced broker 1 has requested and been granted a " +
      "controlled shutdown. (org.apache.kafka.controller.BrokerHeartbeatManager)",
    { what: "controlledShutdownGranted", nodeId: 1 },
  ],
  [
    "[QuorumController id=2] Fenced broker 1 has requested and been granted an immediate " +
      "shutdown. (org.apache.kafka.controller.BrokerHeartbeatManager)",
    { what: "controlledShutdownGranted", nodeId: 1 },
  ],
  [
    "[QuorumController id=1] Replayed BrokerRegistrationChangeRecord modifying the " +
      "registration for broker 3: BrokerRegistrationChangeRecord(brokerId=3, brokerEpoch=5, " +
      "fenced=1, inControlledShutdown=0, logDirs=[]) " +
      "(org.apache.kafka.controller.ClusterControlManager)",
    { what: "registration", nodeId: 3, state: "fenced" },
  ],
  [
    "[QuorumController id=1] Replayed BrokerRegistrationChangeRecord modifying the " +
      "registration for broker 3: BrokerRegistrationChangeRecord(brokerId=3, brokerEpoch=11," +
      " fenced=-1, inControlledShutdown=0, logDirs=[], cordonedLogDirs=null) " +
      "(org.apache.kafka.controller.ClusterControlManager)",
    { what: "registration", nodeId: 3, state: "unfenced" },
  ],
  [
    "[QuorumController id=1] Replayed BrokerRegistrationChangeRecord modifying the " +
      "registration for broker 1: BrokerRegistrationChangeRecord(brokerId=1, brokerEpoch=6, " +
      "fenced=0, inControlledShutdown=1, logDirs=[]) " +
      "(org.apache.kafka.controller.ClusterControlManager)",
    { what: "registration", nodeId: 1, state: "in controlled shutdown" },
  ],
  [
    "[RaftManager id=1] Become candidate due to fetch timeout (org.apache.kafka.raft.KafkaRaftClient)",
    { what: "becameCandidate", nodeId: 1 },
  ],
  [
    "[RaftManager id=2] Re-elect as candidate after election backoff has completed " +
      "(org.apache.kafka.raft.KafkaRaftClient)",
    { what: "becameCandidate", nodeId: 2 },
  ],
  [
    "[RaftManager id=1] Transitioning to Prospective state due to fetch timeout " +
      "(org.apache.kafka.raft.KafkaRaftClient)",
    { what: "becameCandidate", nodeId: 1 },
  ],
  [
    "[RaftManager id=1] Did not receive fetch request from the majority of the voters " +
      "within 3000ms. Current fetched voters are [2]. (org.apache.kafka.raft.LeaderState)",
    { what: "resigned", nodeId: 1 },
  ],
  [
    "[QuorumController id=1] In the new epoch 2, the leader is (none). " +
      "(org.apache.kafka.controller.QuorumController)",
    { what: "quorumLeader", nodeId: null, epoch: 2 },
  ],
  [
    "[QuorumController id=1] In the new epoch 3, the leader is 2. " +
      "(org.apache.kafka.controller.QuorumController)",
    { what: "quorumLeader", nodeId: 2, epoch: 3 },
  ],
  [
    "[QuorumController id=2] Becoming the active controller at epoch 3, next write offset " +
      "34. (org.apache.kafka.controller.QuorumController)",
    { what: "controllerActive", nodeId: 2, epoch: 3 },
  ],
  [
    "[Broker id=1] Leader my_topic-0 with topic id Some(EKiLfWpeQmiYQGdDWY3TXg) starts at " +
      "leader epoch 1 from offset 50 with partition epoch 1, high watermark 49, ISR [1,2], " +
      "adding replicas [] and removing replicas [] . Previous leader Some(3) and previous " +
      "leader epoch was 0. (state.change.logger)",
    {
      what: "becameLeader",
      nodeId: 1,
      topic: "my_topic",
      partition: 0,
      leaderEpoch: 1,
      offset: "50",
      isr: [1, 2],
    },
  ],
  [
    "[Broker id=3] Follower my-topic.a-12 starts at leader epoch 1 from offset 50 with " +
      "partition epoch 1 and high watermark 0. Current leader is 1. Previous leader Some(1) " +
      "and previous leader epoch was 1. (state.change.logger)",
    {
      what: "becameFollower",
      nodeId: 3,
      leaderNodeId: 1,
      topic: "my-topic.a",
      partition: 12,
      leaderEpoch: 1,
    },
  ],
  [
    "[Partition my_topic-0 broker=1] ISR updated to 1,2,3  and version updated to 2 " +
      "(kafka.cluster.Partition)",
    { what: "isr", nodeId: 1, topic: "my_topic", partition: 0, isr: [1, 2, 3] },
  ],
  [
    "[Partition my_topic-0 broker=1] Shrinking ISR from 1,2,3 to 1,2. Leader: " +
      "(highWatermark: 10, endOffset: 20). Out of sync replicas: (brokerId: 3, endOffset: " +
      "10). (kafka.cluster.Partition)",
    { what: "isrShrinks", nodeId: 1, topic: "my_topic", partition: 0, from: [1, 2, 3], to: [1, 2] },
  ],
  ["[BrokerServer id=1] shutting down (kafka.server.BrokerServer)", { what: "shuttingDown", nodeId: 1 }],
  ["[BrokerServer id=1] shut down completed (kafka.server.BrokerServer)", { what: "shutDown", nodeId: 1 }],
  [
    "[KafkaRaftServer nodeId=3] Kafka Server started (kafka.server.KafkaRaftServer)",
    { what: "started", nodeId: 3 },
  ],
];
for (const [line, expected] of logged) {
  test(`parseLine() tells "${expected.what}" from ${line.slice(0, 60)}`, () =>
    assert.equal(parseLine(at + line)?.fact, expected));
}

test("parseLine() cuts a line into stamp, level, logger and text", () => {
  const { fact: _, ...parts } = parseLine(
    `${at}[Partition my_topic-0 broker=1] ISR updated to 1,2,3  and version updated to 2 ` +
      "(kafka.cluster.Partition)",
  )!;
  assert.equal(parts, {
    stamp: "2026-11-25 14:51:57,360",
    level: "INFO",
    logger: "kafka.cluster.Partition",
    text: "[Partition my_topic-0 broker=1] ISR updated to 1,2,3  and version updated to 2",
  });
});

for (const line of [
  "",
  "\tat kafka.server.BrokerServer.shutdown(BrokerServer.scala:1)",
  `${at}[BrokerServer id=1] Waiting for the broker to be unfenced (kafka.server.BrokerServer)`,
  `${at}[QuorumController id=1] Replayed BrokerRegistrationChangeRecord modifying the ` +
    "registration for broker 1: BrokerRegistrationChangeRecord(brokerId=1, brokerEpoch=10," +
    " fenced=0, inControlledShutdown=0, logDirs=[], cordonedLogDirs=[]) " +
    "(org.apache.kafka.controller.ClusterControlManager)",
  `${at}[QuorumController id=2] The request from broker 1 to shut down has been granted ` +
    "since the lowest active offset 152 is now greater than the broker's controlled " +
    "shutdown offset 150. (org.apache.kafka.controller.BrokerHeartbeatManager)",
  `${at}[ReplicaFetcher replicaId=1, leaderId=3, fetcherId=0] Node 3 disconnected. ` +
    "(org.apache.kafka.clients.NetworkClient)",
  `${at}[Broker id=2] Transitioning 1 partition(s) to local followers. (state.change.logger)`,
  `${at}Shutting down. (kafka.log.LogManager)`,
  "[Broker id=1] Leader my_topic-0 with no stamp",
])
  test(`parseLine() leaves out ${JSON.stringify(line.slice(0, 90))}`, () =>
    assert.is(parseLine(line), undefined));

test("stampMs() reads a stamp in the zone that the caller names", () => {
  assert.is(stampMs("2026-11-25 14:51:46,752", "utc"), Date.parse("2026-11-25T14:51:46.752Z"));
  assert.is(stampMs("2026-11-25T14:51:46.752", "utc"), Date.parse("2026-11-25T14:51:46.752Z"));
  assert.is(stampMs("2026-11-25 14:51:46,752", "local"), new Date(2026, 10, 25, 14, 51, 46, 752).getTime());
  assert.throws(() => stampMs("yesterday", "utc"), refusal(RangeError, "yesterday"));
});
test("parseLine() refuses 100,000 lines of no interest in time that grows with their number", () => {
  const line =
    `${at}[ReplicaFetcher replicaId=1, leaderId=3, fetcherId=0] Error sending fetch ` +
    "request (sessionId=357608226, epoch=INITIAL) to node 3: " +
    "(org.apache.kafka.clients.FetchSessionHandler)";
  const began = performance.now();
  for (let i = 0; i < 100_000; i++) parseLine(line);
  assert.ok(performance.now() - began < 30_000, "a guard against backtracking: 0.03 s measured");
});
test.run();
