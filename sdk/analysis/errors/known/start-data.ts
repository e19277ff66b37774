// Why a broker does not start: its port, its data directory, and the settings about itself.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DIAGNOSE, LISTENING } from "./checks.ts";

const META = "docker compose exec SERVICE cat /var/lib/kafka/data/meta.properties";
export const START_DATA: readonly Entry[] = [
  {
    id: "bind-failed",
    title: "Socket server failed to bind to …",
    patterns: ["Socket server failed to bind to", "java.net.BindException"],
    means: "The broker cannot listen at that address.",
    causes: [
      {
        because: "Address already in use: another process has the port.",
        settings: ["listeners"],
        rules: ["listener-port-twice"],
        check: LISTENING,
      },
      {
        because: "Cannot assign requested address: the host is not one of this machine's or container's.",
        settings: ["listeners"],
        rules: ["listener-not-bindable"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka SocketServer.scala, openServerSocket",
  },
  {
    id: "cluster-id-differs",
    title: "Invalid cluster.id in … meta.properties",
    patterns: [
      "Invalid cluster.id in: … Expected … but read",
      "Invalid cluster.id in",
      "InconsistentClusterIdException: The Cluster ID … doesn't match stored clusterId",
    ],
    means: "The data directory belongs to another cluster than the one that this start names.",
    causes: [
      {
        because: "The volume is left from an earlier start with another CLUSTER_ID.",
        rules: ["cluster-ids-differ"],
        check: META,
      },
      {
        because: "In ZooKeeper mode: ZooKeeper lost its data, and the brokers kept theirs.",
        check: CONTAINERS,
      },
    ],
    source: "apache/kafka MetaPropertiesEnsemble.java, verify",
  },
  {
    id: "stored-node-id-differs",
    title: "Stored node id … doesn't match previous node id …",
    patterns: [
      "Stored node id … doesn't match previous node id",
      "Configured broker.id … doesn't match stored broker.id",
    ],
    means: "The data directory belongs to another node.",
    causes: [
      {
        because: "node.id was changed, or two nodes share a volume.",
        settings: ["node.id", "log.dirs"],
        rules: ["duplicate-node-id"],
        check: META,
      },
    ],
    source: "apache/kafka MetaPropertiesEnsemble.java, verify",
  },
  {
    id: "not-formatted",
    title: "No `meta.properties` found in … (have you run `kafka-storage.sh` to format the directory?)",
    patterns: ["No `meta.properties` found in", "No readable meta.properties files found"],
    means: "In KRaft mode a data directory is formatted before the first start, and this one is not.",
    causes: [
      {
        because:
          "log.dirs points elsewhere than what was formatted, or the volume is new and the image " +
          "does not format.",
        settings: ["log.dirs", "metadata.log.dir"],
        check: META,
      },
      {
        because: "The folder is not readable.",
        check: "docker compose exec SERVICE ls -ldn /var/lib/kafka/data",
      },
    ],
    source: "apache/kafka KafkaRaftServer.scala, MetaPropertiesEnsemble.java",
  },
  {
    id: "lock-file",
    title: "Failed to acquire lock on file .lock in …",
    patterns: ["Failed to acquire lock on file .lock in"],
    means: "Another Kafka process uses the data directory.",
    causes: [
      {
        because: "Two nodes share a volume or a folder.",
        settings: ["log.dirs"],
        check: "docker compose config --volumes",
      },
      { because: "The last process still ends: a controlled shutdown takes seconds.", check: CONTAINERS },
    ],
    source: "apache/kafka LogManager.scala, lockLogDirs",
  },
  {
    id: "fatal-at-start",
    title: "Exiting Kafka due to fatal exception during startup",
    patterns: ["Exiting Kafka due to fatal exception", "Encountered fatal fault:"],
    means: "The broker ends. The exception behind it, or the line before, is the reason.",
    causes: [{ because: "See the exception.", check: DIAGNOSE }],
    source: "apache/kafka Kafka.scala, ProcessTerminatingFaultHandler.java",
    isWrapper: true,
  },
];
