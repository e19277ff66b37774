// Lines of a broker's log about its disks, its topics and its clients.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, DESCRIBE_TOPIC, DIAGNOSE, DISK } from "./checks.ts";

export const BROKER_DISK_ERRORS: readonly Entry[] = [
  {
    id: "log-dir-offline",
    title: "Stopping serving logs in dir …",
    patterns: [
      "Stopping serving logs in dir",
      "Error while appending records to … in dir",
      "Error while writing to checkpoint file",
      "Disk error while locking directory",
    ],
    means: "A log directory failed, and the broker serves none of its partitions any more.",
    causes: [
      {
        because: "The disk is full, broken or read-only: a line before it has the reason.",
        settings: ["log.dirs"],
        check: DISK,
      },
      {
        because: "Another program removed files, such as a cleaner of /tmp.",
        settings: ["log.dirs"],
        rules: ["data-in-container"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka LogManager.scala, KIP-112",
    isWrapper: true,
  },
  {
    id: "all-log-dirs-failed",
    title: "Shutdown broker because all log dirs in … have failed",
    patterns: [
      "Shutdown broker because all log dirs in … have failed",
      "Shutdown broker because none of the specified log dirs from … can be created or validated",
    ],
    means: "The broker's last log directory failed, and it ends.",
    causes: [
      { because: "The disk is full or read-only.", settings: ["log.dirs"], check: DISK },
      {
        because: "The folder belongs to another user than the container's.",
        check: "docker compose run --rm --entrypoint id SERVICE",
      },
    ],
    source: "apache/kafka LogManager.scala",
  },
  {
    id: "no-space",
    title: "No space left on device",
    patterns: ["No space left on device"],
    means: "The disk is full. Kafka takes the log directory offline and, if it was the last one, ends.",
    causes: [
      {
        because: "Retention keeps more than the disk holds.",
        settings: ["retention.bytes", "retention.ms", "log.retention.bytes"],
        check: DISK,
      },
      { because: "Docker's own disk is full of images and volumes.", check: "docker system df" },
    ],
    source: "Linux, errno ENOSPC",
  },
  {
    id: "too-many-files",
    title: "Too many open files",
    patterns: ["Too many open files"],
    means: "The process may not open more files: each segment, index and connection is one.",
    causes: [
      {
        because: "The limit of the container or service is too low for so many partitions or connections.",
        check: "docker compose exec SERVICE sh -c 'ulimit -n'",
      },
    ],
    source: "Linux, errno EMFILE",
  },
  {
    id: "auto-create-fails",
    title: "Number of alive brokers … does not meet the required replication factor",
    patterns: [
      "Number of alive brokers … does not meet the required replication factor",
      "Replication factor: … larger than available brokers",
    ],
    means: "A topic, often an internal one, cannot be made: it needs more brokers than run.",
    causes: [
      {
        because: "Fewer brokers run than the replication factor (3 by default for internal topics).",
        settings: [
          "offsets.topic.replication.factor",
          "transaction.state.log.replication.factor",
          "default.replication.factor",
        ],
        faults: ["stop", "kill"],
        rules: ["replicas-above-brokers"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka AutoTopicCreationManager.scala, AdminUtils.scala",
  },
  {
    id: "unclean-election",
    title: "Triggering unclean leader election for offline partition",
    patterns: ["Triggering unclean leader election for offline partition", "UNCLEAN partition change for"],
    means: "A replica that was not in sync becomes leader. Records that only the old leader had are lost.",
    causes: [
      {
        because: "All replicas in sync are down, and unclean elections are allowed.",
        settings: ["unclean.leader.election.enable"],
        faults: ["kill"],
        rules: ["unclean-leader-election"],
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "apache/kafka ReplicationControlManager.java",
  },
  {
    id: "failed-authentication",
    title: "Failed authentication with …",
    patterns: ["Failed authentication with", "Failed re-authentication with"],
    means: "The broker refused a client's TLS or SASL. The text in brackets says why.",
    causes: [
      {
        because:
          "Name, password, mechanism or certificate are wrong, or a client without TLS dials a TLS listener.",
        settings: ["security.protocol", "sasl.mechanism"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka Selector.java, pollSelectionKeys",
    isWrapper: true,
  },
];
