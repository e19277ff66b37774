import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { parseLine, stampMs } from "../../sdk/kafka/broker-log/mod.ts";
import type { BrokerLogFact } from "../../sdk/model/history.ts";

const at = "[2026-11-25 14:51:57,360] INFO ";

const at4 = "[GroupCoordinator id=1 topic=__consumer_offsets partition=0] ";

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
    "[QuorumController id=3] UNCLEAN partition change for orders-0 with topic ID U5xhp2Z4SH2acWIpxLp67w: " +
      "isr: [2] -> [3], leader: -1 -> 3, leaderRecoveryState: RECOVERED -> RECOVERING, " +
      "leaderEpoch: 1 -> 2, partitionEpoch: 3 -> 4 (org.apache.kafka.controller.ReplicationControlManager)",
    {
      what: "uncleanElection",
      nodeId: 3,
      topic: "orders",
      partition: 0,
      leaderNodeId: 3,
      leaderEpoch: 2,
      isr: [3],
    },
  ],
  [
    "[QuorumController id=1] UNCLEAN partition change for my-orders-10 with topic ID " +
      "2ffv_yrPTQauVwbsuuYQDg: isr: [] -> [1], leader: -1 -> 1, " +
      "leaderRecoveryState: RECOVERED -> RECOVERING, leaderEpoch: 1 -> 2, elr: [3] -> [], " +
      "lastKnownElr: [3] -> [], partitionEpoch: 3 -> 4 " +
      "(org.apache.kafka.controller.ReplicationControlManager)",
    {
      what: "uncleanElection",
      nodeId: 1,
      topic: "my-orders",
      partition: 10,
      leaderNodeId: 1,
      leaderEpoch: 2,
      isr: [1],
    },
  ],
  [
    "[ReplicaFetcher replicaId=2, leaderId=3, fetcherId=0] Truncating partition orders-0 with " +
      "TruncationState(offset=776, completed=true) due to leader epoch and offset " +
      "EpochEndOffset(errorCode=0, partition=0, leaderEpoch=0, endOffset=776) " +
      "(kafka.server.ReplicaFetcherThread)",
    { what: "truncated", nodeId: 2, leaderNodeId: 3, topic: "orders", partition: 0, offset: "776" },
  ],
  [
    "[ReplicaManager broker=2] Stopping serving replicas in dir /var/lib/kafka/data with uuid " +
      "Some(KEe1vP2IgbyJor0KVrHM1w) because the log directory has failed. (kafka.server.ReplicaManager)",
    { what: "logDirFailed", nodeId: 2, logDir: "/var/lib/kafka/data" },
  ],
  [
    "Encountered fatal fault: Unexpected error in raft IO thread " +
      "(org.apache.kafka.server.fault.ProcessTerminatingFaultHandler)",
    { what: "halts", reason: "Unexpected error in raft IO thread" },
  ],
  [
    "Shutdown broker because all log dirs in /var/lib/kafka/data have failed (kafka.log.LogManager)",
    { what: "halts", reason: "all log dirs in /var/lib/kafka/data have failed" },
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
    "[Broker id=3] Skipped the become-leader state change for orders-eu-0 with topic id " +
      "Some(pnWQ1-qoT6CpqAWDnuE4Fg) and partition state LeaderAndIsrPartitionState(topicName='orders-eu', " +
      "partitionIndex=0, controllerEpoch=-1, leader=3, leaderEpoch=0, isr=[3, 1], partitionEpoch=1, " +
      "replicas=[3, 1, 2], addingReplicas=[], removingReplicas=[], isNew=false, leaderRecoveryState=0) " +
      "since it is already the leader with leader epoch 0. Current high watermark 175, ISR [3, 1], adding " +
      "replicas [] and removing replicas [] (state.change.logger)",
    { what: "isr", nodeId: 3, topic: "orders-eu", partition: 0, isr: [3, 1] },
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
  [
    "[GroupCoordinator 1]: Elected as the group coordinator for partition 17 in epoch 2 " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "coordinatorElected", nodeId: 1, offsetsPartition: 17 },
  ],
  [
    "[GroupCoordinator id=2] Scheduling loading of metadata from __consumer_offsets-7 with epoch 3 " +
      "(org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime)",
    { what: "coordinatorElected", nodeId: 2, offsetsPartition: 7 },
  ],
  [
    "[GroupCoordinator 1]: Resigned as the group coordinator for partition 0 in epoch OptionalInt[0] " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "coordinatorResigned", nodeId: 1, offsetsPartition: 0 },
  ],
  [
    "[GroupCoordinator id=1] Scheduling unloading of metadata for __consumer_offsets-0 with epoch " +
      "OptionalInt[1] (org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime)",
    { what: "coordinatorResigned", nodeId: 1, offsetsPartition: 0 },
  ],
  [
    "[GroupMetadataManager brokerId=1] Finished loading offsets and group metadata from " +
      "__consumer_offsets-1 in 222 milliseconds for epoch 2, of which 2 milliseconds was spent in the " +
      "scheduler. (kafka.coordinator.group.GroupMetadataManager)",
    { what: "offsetsLoaded", nodeId: 1, offsetsPartition: 1, tookMs: 222 },
  ],
  [
    "[GroupCoordinator id=2] Finished loading of metadata from __consumer_offsets-7 with epoch 3 in 15ms " +
      "where 2ms was spent in the scheduler. Loaded 12 records which total to 1504 bytes. " +
      "(org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime)",
    { what: "offsetsLoaded", nodeId: 2, offsetsPartition: 7, tookMs: 15 },
  ],
  [
    "[GroupCoordinator 1]: Loading group metadata for my-group with generation 4 " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "groupLoaded", nodeId: 1, group: "my-group" },
  ],
  [
    "[GroupCoordinator id=2 topic=__consumer_offsets partition=7] Loaded classic group my-group with 2 " +
      "members. (org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "groupLoaded", nodeId: 2, group: "my-group" },
  ],
  [
    "[GroupCoordinator 1]: Preparing to rebalance group my group in state PreparingRebalance with old " +
      "generation 2 (__consumer_offsets-1) (reason: Removing member app-1 on LeaveGroup; client reason: " +
      "not provided) (kafka.coordinator.group.GroupCoordinator)",
    {
      what: "rebalanceBegun",
      nodeId: 1,
      group: "my group",
      generation: 2,
      reason: "Removing member app-1 on LeaveGroup; client reason: not provided",
    },
  ],
  [
    "[GroupCoordinator id=2 topic=__consumer_offsets partition=7] Preparing to rebalance group billing in " +
      "state PREPARING_REBALANCE with old generation 1 (reason: removing member billing.1-a on heartbeat " +
      "expiration.). (org.apache.kafka.coordinator.group.GroupMetadataManager)",
    {
      what: "rebalanceBegun",
      nodeId: 2,
      group: "billing",
      generation: 1,
      reason: "removing member billing.1-a on heartbeat expiration.",
    },
  ],
  [
    "[GroupCoordinator 1]: Stabilized group billing generation 3 (__consumer_offsets-1) with 2 members " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "generationFormed", nodeId: 1, group: "billing", generation: 3, members: 2 },
  ],
  [
    at4 +
      "Stabilized group billing generation 3 " +
      "with 2 members. (org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "generationFormed", nodeId: 1, group: "billing", generation: 3, members: 2 },
  ],
  [
    "[GroupCoordinator 1]: Assignment received from leader billing.1-6c25b455 for group billing for " +
      "generation 3. The group has 2 members, 0 of which are static. " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "rebalanceEnded", nodeId: 1, group: "billing", generation: 3 },
  ],
  [
    "[GroupCoordinator 1]: Group billing with generation 4 is now empty (__consumer_offsets-1) " +
      "(kafka.coordinator.group.GroupCoordinator)",
    { what: "groupEmpty", nodeId: 1, group: "billing", generation: 4 },
  ],
  [
    "[GroupCoordinator 3]: Member billing.1-6c25b455 in group billing has failed, removing it from the " +
      "group (kafka.coordinator.group.GroupCoordinator)",
    {
      what: "membersRemoved",
      nodeId: 3,
      group: "billing",
      memberIds: ["billing.1-6c25b455"],
      why: "session",
    },
  ],
  [
    "[GroupCoordinator 1]: Group billing removed dynamic members who haven't joined: Set(a-1, b-2) " +
      "(kafka.coordinator.group.GroupCoordinator)",
    {
      what: "membersRemoved",
      nodeId: 1,
      group: "billing",
      memberIds: ["a-1", "b-2"],
      why: "rebalance timeout",
    },
  ],
  [
    at4 +
      "Group billing removed members who haven't " +
      "sent their sync requests: [a-1] (org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "membersRemoved", nodeId: 1, group: "billing", memberIds: ["a-1"], why: "sync timeout" },
  ],
  [
    "[GroupCoordinator 1]: Member MemberMetadata(memberId=billing.2-37693a9e, groupInstanceId=None, " +
      "clientId=billing.2, clientHost=/127.0.0.1, sessionTimeoutMs=30000, rebalanceTimeoutMs=60000, " +
      "supportedProtocols=List(RoundRobinAssigner)) has left group billing through explicit `LeaveGroup`; " +
      "client reason: not provided (kafka.coordinator.group.GroupCoordinator)",
    { what: "membersRemoved", nodeId: 1, group: "billing", memberIds: ["billing.2-37693a9e"], why: "left" },
  ],
  [
    at4 +
      "[GroupId billing] Dynamic member billing.2-a " +
      "has left group through explicit `LeaveGroup` request; client reason: the consumer is being closed " +
      "(org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "membersRemoved", nodeId: 1, group: "billing", memberIds: ["billing.2-a"], why: "left" },
  ],
  [
    at4 +
      "[GroupId billing] Bumped group epoch to 3 " +
      "with metadata hash 1234. (org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "rebalanceBegun", nodeId: 1, group: "billing", generation: 2, reason: "group epoch 3" },
  ],
  [
    at4 +
      "[GroupId billing] Computed a new target " +
      "assignment for epoch 3 with 'uniform' assignor in 2ms. " +
      "(org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "rebalanceEnded", nodeId: 1, group: "billing", generation: 3 },
  ],
  [
    at4 +
      "[GroupId billing] Member AbC_-1 fenced from " +
      "the group because the member session expired.. " +
      "(org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "membersRemoved", nodeId: 1, group: "billing", memberIds: ["AbC_-1"], why: "session" },
  ],
  [
    at4 +
      "[GroupId billing] Member AbC_-1 fenced from " +
      "the group because it failed to transition from epoch 2 within 5000ms. " +
      "(org.apache.kafka.coordinator.group.GroupMetadataManager)",
    { what: "membersRemoved", nodeId: 1, group: "billing", memberIds: ["AbC_-1"], why: "rebalance timeout" },
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
  `${at}[Broker id=3] Skipped the become-leader state change for orders-0 with topic id Some(a) ` +
    "and partition state LeaderAndIsrPartitionState(topicName='orders', isr=[3, 1]) since the " +
    "leader is already at a newer partition epoch 4. (state.change.logger)",
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
  `${at}[GroupCoordinator 1]: Starting up. (kafka.coordinator.group.GroupCoordinator)`,
  `${at}[GroupCoordinator 1]: Dynamic member with unknown member id joins group billing in Empty state. ` +
    "Created a new member id billing.1-6c and request the member to rejoin with this id. " +
    "(kafka.coordinator.group.GroupCoordinator)",
  `${at}[GroupCoordinator id=1 topic=__consumer_offsets partition=0] [GroupId billing] Member AbC new ` +
    "assignment state: epoch=2, previousEpoch=1, state=STABLE, assignedPartitions=[orders-0]. " +
    "(org.apache.kafka.coordinator.group.GroupMetadataManager)",
  `${at}[GroupMetadataManager brokerId=1] Finished unloading __consumer_offsets-1 for coordinator epoch ` +
    "OptionalInt[0]. Removed 0 cached offsets and 0 cached groups. " +
    "(kafka.coordinator.group.GroupMetadataManager)",
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
