// Kafka's error codes about leaders' epochs, brokers and controllers.

import type { Entry } from "../entry.ts";
import {
  BROKER_LOG,
  CONTAINERS,
  DESCRIBE_TOPIC,
  DIAGNOSE,
  PREDICT_CONTROLLER,
  PREDICT_KILL,
  QUORUM,
} from "./checks.ts";
import { code } from "./code.ts";

export const CLUSTER_CODES: readonly Entry[] = [
  code("UNKNOWN_SERVER_ERROR", {
    says: [
      "UnknownServerException",
      "The server experienced an unexpected error when processing the request",
      "Unknown broker error",
    ],
    means:
      "The broker failed with an exception that has no error code of its own. Only its log has the reason.",
    causes: [{ because: "See the ERROR line of the broker at the same time.", check: BROKER_LOG }],
  }),
  code("NETWORK_EXCEPTION", {
    says: [
      "errors.NetworkException",
      "The server disconnected before a response was received",
      "Broker: Broker disconnected before response received",
    ],
    means: "The connection ended while a request was under way. Whether the broker handled it is not known.",
    causes: [
      { because: "The broker was stopped or killed.", faults: ["stop", "kill"], check: CONTAINERS },
      {
        because: "The client itself ended it: no answer came within the request timeout.",
        settings: ["request.timeout.ms"],
        faults: ["pause", "delay", "isolate"],
        rules: ["request-timeout-against-delay"],
        check: "grep 'due to request timeout' CLIENT_LOG",
      },
      {
        because: "A load balancer, a firewall or the broker closed a connection that was idle.",
        settings: ["connections.max.idle.ms"],
      },
    ],
    source: "Sender.java, completeBatch",
  }),
  code("NOT_CONTROLLER", {
    says: [
      "NotControllerException",
      "This is not the correct controller for this cluster",
      "Broker: Not controller for cluster",
    ],
    means:
      "A request that only the active controller handles reached another node. Clients look for it again.",
    causes: [
      {
        because: "The controller moved: its node was stopped, killed or cut off.",
        faults: ["stop", "kill", "isolate"],
        check: PREDICT_CONTROLLER,
      },
      {
        because: "It goes on: the controllers have no majority.",
        rules: ["two-voters", "voter-address"],
        check: QUORUM,
      },
    ],
  }),
  code("LISTENER_NOT_FOUND", {
    says: [
      "ListenerNotFoundException",
      "There is no listener on the leader broker that matches the listener on which metadata request " +
        "was processed",
      "Broker: No matching listener",
      "partitions have leader brokers without a matching listener",
    ],
    means:
      "The leader does not advertise an address for the listener that the client uses, so it cannot " +
      "be named.",
    causes: [
      {
        because: "The brokers' listener names differ: one lacks the listener by which the client came in.",
        settings: ["advertised.listeners", "listeners"],
        check: "grep -n ADVERTISED_LISTENERS compose.yml",
      },
      {
        because: "The leader's broker is down or just starting.",
        faults: ["stop", "kill"],
        check: CONTAINERS,
      },
    ],
  }),
  code("FENCED_LEADER_EPOCH", {
    says: [
      "FencedLeaderEpochException",
      "The leader epoch in the request is older than the epoch on the broker",
      "Broker: Leader epoch is older than broker epoch",
    ],
    means:
      "The client or follower knows an older leader than the broker does. It fetches metadata and goes on.",
    causes: [
      { because: "A leader was elected a moment ago.", faults: ["stop", "kill"], check: PREDICT_KILL },
    ],
    source: "KIP-320",
  }),
  code("UNKNOWN_LEADER_EPOCH", {
    says: [
      "UnknownLeaderEpochException",
      "The leader epoch in the request is newer than the epoch on the broker",
      "Broker: Leader epoch is newer than broker epoch",
    ],
    means: "The broker has not heard of an election that the client or follower already knows.",
    causes: [
      { because: "A leader was elected a moment ago; it ends by itself.", faults: ["stop", "kill"] },
      {
        because: "It goes on: the broker does not get the controller's metadata.",
        faults: ["isolate", "split"],
        check: QUORUM,
      },
    ],
    source: "KIP-320",
  }),
  code("STALE_BROKER_EPOCH", {
    says: ["StaleBrokerEpochException", "Broker epoch has changed", "Broker: Broker epoch has changed"],
    means: "The controller knows a newer registration of that broker than the one that sent the request.",
    causes: [
      { because: "The broker restarted or registered again; it ends by itself.", faults: ["kill", "stop"] },
      {
        because: "Two nodes run with the same node.id.",
        settings: ["node.id"],
        rules: ["duplicate-node-id"],
        check: DIAGNOSE,
      },
    ],
    source: "KIP-380, BrokerHeartbeatManager.java",
  }),
  code("DUPLICATE_BROKER_REGISTRATION", {
    says: [
      "DuplicateBrokerRegistrationException",
      "This broker ID is already in use",
      "Another broker is registered with that broker id",
    ],
    means: "A node with that node.id is registered and alive, or was until a moment ago.",
    causes: [
      {
        because:
          "The broker restarted faster than its old session ended; it registers when the session is over.",
        settings: ["broker.session.timeout.ms"],
        faults: ["kill"],
        check: BROKER_LOG,
      },
      {
        because: "Two nodes have the same node.id.",
        settings: ["node.id"],
        rules: ["duplicate-node-id"],
        check: DIAGNOSE,
      },
    ],
    source: "ClusterControlManager.java",
  }),
  code("INCONSISTENT_CLUSTER_ID", {
    says: [
      "InconsistentClusterIdException",
      "The clusterId in the request does not match that found on the server",
      "Expected cluster ID … but got cluster ID",
    ],
    means: "A node with another cluster's id talks to this one.",
    causes: [
      {
        because: "The nodes were formatted with different cluster ids.",
        rules: ["cluster-ids-differ"],
        check: DIAGNOSE,
      },
      {
        because: "A node kept its data from an earlier cluster in a volume.",
        check: "docker compose exec SERVICE cat /var/lib/kafka/data/meta.properties",
      },
    ],
    source: "ClusterControlManager.java",
  }),
  code("UNKNOWN_TOPIC_ID", {
    says: ["UnknownTopicIdException", "This server does not host this topic ID", "Broker: Unknown topic id"],
    means: "The client or follower uses a topic id that the broker does not know.",
    causes: [
      {
        because: "The topic was made just now, or deleted and made again: its id is another.",
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "KIP-516",
  }),
  code("REASSIGNMENT_IN_PROGRESS", {
    says: [
      "ReassignmentInProgressException",
      "A partition reassignment is in progress",
      "Broker: Partition reassignment is in progress",
    ],
    means: "The partition's replicas are being moved, and the request would interfere.",
    causes: [
      {
        because: "A reassignment runs, or waits for a replica whose broker is down.",
        faults: ["stop", "kill"],
        check: "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --list",
      },
    ],
  }),
  code("PREFERRED_LEADER_NOT_AVAILABLE", {
    says: [
      "PreferredLeaderNotAvailableException",
      "The preferred leader was not available",
      "Broker: Preferred leader was not available",
    ],
    means: "The first replica of the partition is not in sync or its broker is down, so it cannot lead.",
    causes: [
      { because: "Its broker is down or catching up.", faults: ["stop", "kill"], check: DESCRIBE_TOPIC },
    ],
  }),
  code("ELIGIBLE_LEADERS_NOT_AVAILABLE", {
    says: [
      "EligibleLeadersNotAvailableException",
      "Eligible topic partition leaders are not available",
      "Broker: Eligible partition leaders are not available",
    ],
    means: "No live replica may lead the partition.",
    causes: [
      {
        because: "Every replica in sync is on a broker that is down.",
        faults: ["stop", "kill"],
        rules: ["default-one-replica"],
        check: DESCRIBE_TOPIC,
      },
    ],
  }),
];
