// Lines of a broker's log about its partitions and its start.

import type { Entry } from "../entry.ts";
import {
  DESCRIBE_TOPIC,
  CONTAINERS,
  DIAGNOSE,
  PREDICT_HUNG_FOLLOWERS,
  PREDICT_KILL,
  QUORUM,
  UNDER_MIN_ISR,
} from "./checks.ts";

export const BROKER_LOG_ERRORS: readonly Entry[] = [
  {
    id: "isr-shrinks",
    title: "Shrinking ISR from … to …",
    patterns: ["Shrinking ISR from … to"],
    means:
      "A follower did not keep up for replica.lag.time.max.ms (30 s by default), and the leader drops it.",
    causes: [
      {
        because: "The follower's broker hangs or is cut off from the leader.",
        faults: ["pause", "isolate", "split"],
        check: PREDICT_HUNG_FOLLOWERS,
      },
      {
        because: "The follower is too slow: its disk, its network, or a long collection of garbage.",
        settings: ["replica.lag.time.max.ms"],
        faults: ["delay", "throttle"],
        rules: ["replica-lag-short", "replica-lag-against-fetch-wait"],
        check: UNDER_MIN_ISR,
      },
    ],
    source: "apache/kafka Partition.scala, maybeShrinkIsr",
  },
  {
    id: "under-min-isr",
    title: "ISR updated to … (under-min-isr)",
    patterns: ["ISR updated to … (under-min-isr)"],
    means:
      "Fewer replicas are in sync than min.insync.replicas: records with acks=all are refused from now on.",
    causes: [
      {
        because: "A replica's broker is down or cut off.",
        settings: ["min.insync.replicas"],
        faults: ["stop", "kill", "isolate"],
        rules: ["min-isr-equals-replicas"],
        check: UNDER_MIN_ISR,
      },
    ],
    source: "apache/kafka Partition.scala",
  },
  {
    id: "broker-fenced",
    title: "Fencing broker … because its session has timed out",
    patterns: ["Fencing broker … because its session has timed out"],
    means:
      "The controller had no heartbeat of a broker for broker.session.timeout.ms (9 s by default): " +
      "it leads nothing now.",
    causes: [
      {
        because: "The broker was killed, hangs, or is cut off from the controller.",
        faults: ["kill", "pause", "isolate"],
        check: PREDICT_KILL,
      },
      {
        because: "Its heartbeats are late.",
        settings: ["broker.session.timeout.ms", "broker.heartbeat.interval.ms"],
        faults: ["delay"],
        rules: ["broker-session-against-heartbeat"],
        check: DIAGNOSE,
      },
    ],
    shownBy: "01-broker-stops --how kill",
    source: "apache/kafka ReplicationControlManager.java, KIP-631",
  },
  {
    id: "startup-timeout",
    title: "Timed out while waiting for … / Received a fatal error while waiting for …",
    patterns: [
      "Received a fatal error while waiting for",
      "Timed out while waiting for the controller to acknowledge that we are caught up",
      "Timed out while waiting for the broker to be unfenced",
      "Timed out while waiting for the initial broker metadata update to be published",
    ],
    means:
      "A step of the broker's start did not come to its end. Its line names the step, a line before " +
      "it the reason.",
    causes: [
      {
        because: "No controller is reached, or the quorum has no leader.",
        settings: ["controller.quorum.voters"],
        rules: ["voter-address", "two-voters"],
        check: QUORUM,
      },
      {
        because: "The cluster id, the node id or the security differ.",
        rules: ["cluster-ids-differ", "duplicate-node-id"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka FutureUtils.java, BrokerServer.scala",
    isWrapper: true,
  },
  {
    id: "fetcher-error",
    title: "Error in response for fetch request",
    patterns: [
      "Error in response for fetch request",
      "Error when sending leader epoch request",
      "Error sending fetch request … to node",
    ],
    means:
      "A follower, or a consumer, could not fetch from the leader. It goes on trying; the cause says why.",
    causes: [
      {
        because: "The leader's broker is down or cut off.",
        faults: ["stop", "kill", "isolate"],
        check: CONTAINERS,
      },
      {
        because: "The leader advertises an address that other brokers do not reach.",
        settings: ["advertised.listeners", "inter.broker.listener.name"],
        rules: ["inter-broker-localhost"],
        check: DIAGNOSE,
      },
    ],
    shownBy: "02-four-causes",
    source: "apache/kafka AbstractFetcherThread.scala",
    isWrapper: true,
  },
  {
    id: "fetcher-stopped",
    title: "Client was shutdown before response was read",
    patterns: ["Client was shutdown before response was read"],
    means: "A follower stopped fetching from a broker while a request was under way. Nothing is lost by it.",
    causes: [
      {
        because: "The partition has another leader now, or the follower's own broker stops.",
        faults: ["stop", "kill"],
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "apache/kafka NetworkClientUtils.java",
  },
];
