// Kafka's error codes about partitions, their leaders and replicas.

import type { Entry } from "../entry.ts";
import {
  BROKER_LOG,
  CONTAINERS,
  DESCRIBE_TOPIC,
  DIAGNOSE,
  DISK,
  EARLIEST,
  LIST_TOPICS,
  PREDICT_FOLLOWERS,
  PREDICT_HUNG_FOLLOWERS,
  PREDICT_KILL,
  UNDER_MIN_ISR,
} from "./checks.ts";
import { code } from "./code.ts";

export const PARTITION_CODES: readonly Entry[] = [
  code("OFFSET_OUT_OF_RANGE", {
    says: [
      "OffsetOutOfRangeException",
      "The requested offset is not within the range of offsets maintained by the server",
      "Broker: Offset out of range",
      "Offset out of range, resetting to default offset",
      "Fetch position … is out of range for partition",
    ],
    means:
      "The consumer asked for an offset that the partition does not have: it is before the first record or " +
      "behind the last one. The consumer goes on where its offset reset says.",
    causes: [
      {
        because: "Retention deleted the records before they were read.",
        settings: ["retention.ms", "retention.bytes", "auto.offset.reset"],
        rules: ["offset-reset-latest"],
        check: EARLIEST,
      },
      {
        because: "The topic was deleted and made again, or the broker lost its data with its container.",
        rules: ["data-in-container"],
        check: DIAGNOSE,
      },
      {
        because: "A replica that was not in sync became leader, and the log is shorter now.",
        settings: ["unclean.leader.election.enable"],
        faults: ["kill"],
        rules: ["unclean-leader-election"],
        check: DIAGNOSE,
      },
    ],
  }),
  code("UNKNOWN_TOPIC_OR_PARTITION", {
    says: [
      "UnknownTopicOrPartitionException",
      "This server does not host this topic-partition",
      "Broker: Unknown topic or partition",
    ],
    means: "The broker that was asked does not have that topic or partition.",
    causes: [
      {
        because:
          "The topic does not exist, and nothing makes it: its name is misspelt, or it is not " +
          "created by use.",
        settings: ["auto.create.topics.enable", "allow.auto.create.topics"],
        check: LIST_TOPICS,
      },
      {
        because:
          "The topic was made or deleted just now, and this broker does not know it yet; it ends by itself.",
        check: DESCRIBE_TOPIC,
      },
      {
        because: "The client reached another cluster than the one meant, for instance by a published port.",
        rules: ["port-clash", "bootstrap-not-a-broker"],
        check: DIAGNOSE,
      },
    ],
    source: "KafkaApis.scala",
  }),
  code("LEADER_NOT_AVAILABLE", {
    says: [
      "LeaderNotAvailableException",
      "There is no leader for this topic-partition as we are in the middle of a leadership election",
      "Broker: Leader not available",
    ],
    means: "The partition has no leader at the moment. Clients wait and ask again.",
    causes: [
      { because: "The topic is being made: the first answer is often this one.", check: DESCRIBE_TOPIC },
      {
        because: "The leader's broker is down, and no other replica is in sync, so nobody may lead.",
        settings: ["default.replication.factor", "unclean.leader.election.enable"],
        faults: ["stop", "kill"],
        rules: ["auto-created-topic-one-replica", "default-one-replica"],
        check: DESCRIBE_TOPIC,
      },
      {
        because: "The controllers have no majority, so nobody elects a leader.",
        faults: ["kill", "pause"],
        rules: ["two-voters", "one-voter"],
        check: PREDICT_KILL,
      },
    ],
    shownBy: "02-four-causes",
    source: "MetadataCache",
  }),
  code("NOT_LEADER_OR_FOLLOWER", {
    says: [
      "NOT_LEADER_FOR_PARTITION",
      "NotLeaderOrFollowerException",
      "NotLeaderForPartitionException",
      "For requests intended only for the leader, this error indicates that the broker is not the " +
        "current leader",
      "This server is not the leader for that topic-partition",
      "Broker: Not leader for partition",
    ],
    means:
      "The client asked a broker that does not lead the partition any more: its metadata is older than the " +
      "last election. Clients fetch metadata and try again.",
    causes: [
      {
        because: "The leader moved: its broker was stopped, killed, restarted or fenced.",
        faults: ["stop", "kill", "pause", "isolate"],
        check: PREDICT_KILL,
      },
      {
        because: "It goes on: the client's retries end before the election does.",
        settings: ["retries", "delivery.timeout.ms"],
        rules: [
          "retries-below-failover",
          "kafkajs-retries-below-failover",
          "delivery-timeout-below-failover",
        ],
        check: DIAGNOSE,
      },
    ],
    shownBy: "01-broker-stops",
    source: "ReplicaManager.scala",
  }),
  code("REQUEST_TIMED_OUT", {
    says: [
      "errors.TimeoutException: The request timed out",
      "KafkaJSProtocolError: The request timed out",
      '"error":"The request timed out"',
      "Broker: Request timed out",
    ],
    means:
      "The broker gave up waiting. For a record sent with acks=all: the leader has it, the followers " +
      "did not " +
      "confirm it in time, and whether it stays is not known.",
    causes: [
      {
        because: "A follower hangs or is cut off, and is still counted as in sync.",
        settings: ["request.timeout.ms", "replica.lag.time.max.ms"],
        faults: ["pause", "isolate", "delay"],
        rules: ["request-timeout-below-replica-lag"],
        check: PREDICT_HUNG_FOLLOWERS,
      },
      {
        because: "For a request that makes or changes topics: the controller did not answer in time.",
        faults: ["pause", "kill"],
        check: BROKER_LOG,
      },
    ],
    source: "DelayedProduce.scala",
  }),
  code("NOT_ENOUGH_REPLICAS", {
    says: [
      "NotEnoughReplicasException",
      "Messages are rejected since there are fewer in-sync replicas than required",
      "Broker: Not enough in-sync replicas",
      "is insufficient to satisfy the min.isr requirement of",
    ],
    means:
      "A record was sent with acks=all, and fewer replicas are in sync than min.insync.replicas asks for. " +
      "Nothing was written: it is safe to send it again.",
    causes: [
      {
        because: "A replica's broker is down, and min.insync.replicas equals the number of replicas.",
        settings: ["min.insync.replicas"],
        faults: ["stop", "kill"],
        rules: ["min-isr-equals-replicas"],
        check: PREDICT_FOLLOWERS,
      },
      {
        because: "A follower fell behind for longer than replica.lag.time.max.ms and left the ISR.",
        settings: ["replica.lag.time.max.ms"],
        faults: ["pause", "isolate", "delay"],
        check: UNDER_MIN_ISR,
      },
      {
        because: "The topic has fewer replicas than min.insync.replicas: no record is ever taken.",
        settings: ["min.insync.replicas", "default.replication.factor"],
        rules: ["min-isr-above-replicas", "transaction-log-min-isr"],
        check: DIAGNOSE,
      },
    ],
    source: "Partition.scala, appendRecordsToLeader",
  }),
  code("NOT_ENOUGH_REPLICAS_AFTER_APPEND", {
    says: [
      "NotEnoughReplicasAfterAppendException",
      "Messages are written to the log, but to fewer in-sync replicas than required",
      "Broker: Message(s) written to insufficient number of in-sync replicas",
    ],
    means:
      "The leader wrote the record, then the ISR became smaller than min.insync.replicas. The record " +
      "is in the " +
      "log; sending it again writes it twice, unless the producer is idempotent.",
    causes: [
      {
        because: "A follower died or fell out of the ISR between the write and the acknowledgement.",
        settings: ["min.insync.replicas", "enable.idempotence"],
        faults: ["kill", "pause", "isolate"],
        rules: ["retries-reorder"],
        check: PREDICT_FOLLOWERS,
      },
    ],
    source: "Partition.scala, checkEnoughReplicasReachOffset",
  }),
  code("REPLICA_NOT_AVAILABLE", {
    says: ["ReplicaNotAvailableException", "Broker: Replica not available"],
    means:
      "A replica of the partition is on a broker that is not available. Clients that only need the " +
      "leader go on.",
    causes: [{ because: "A broker is down.", faults: ["stop", "kill"], check: CONTAINERS }],
  }),
  code("KAFKA_STORAGE_ERROR", {
    says: [
      "KafkaStorageException",
      "Disk error when trying to access log file on the disk",
      "Broker: Disk error when trying to access log file on disk",
    ],
    means: "The broker could not read or write the partition's files, and took that log directory offline.",
    causes: [
      { because: "The disk is full, broken or read-only.", settings: ["log.dirs"], check: DISK },
      {
        because:
          "The files were removed or changed while the broker ran: a cleaner of /tmp, a second program.",
        settings: ["log.dirs"],
        check: BROKER_LOG,
      },
    ],
    source: "LogDirFailureChannel.java, KIP-112",
  }),
];
