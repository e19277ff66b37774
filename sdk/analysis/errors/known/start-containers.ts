// Why a container of Kafka does not start: Docker, the JVM, and the images' own scripts.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DIAGNOSE, DOCTOR, LISTENING, OWNER } from "./checks.ts";

export const START_CONTAINERS: readonly Entry[] = [
  {
    id: "cluster-id-not-set",
    title: "CLUSTER_ID is not set",
    patterns: [
      "CLUSTER_ID environment variable not set",
      "CLUSTER_ID environment variable is not set",
      "CLUSTER_ID is required",
      "Required environment variable CLUSTER_ID",
    ],
    means:
      "The image formats the data directory before it starts Kafka, and needs the cluster's id for that.",
    causes: [{ because: "The variable is missing, or empty.", rules: ["image-refuses"], check: DIAGNOSE }],
    source: "apache/kafka docker/resources/common-scripts/configure; confluentinc/kafka-images configure",
  },
  {
    id: "image-needs-variable",
    title: "… environment variable not set",
    patterns: [
      "KAFKA_ADVERTISED_LISTENERS is required",
      "KAFKA_ZOOKEEPER_CONNECT is required",
      "environment variable not set",
      "Required environment variable",
    ],
    means: "The image's start script misses a variable and ends before Kafka starts. The line names it.",
    causes: [
      {
        because: "The image of this version needs it.",
        rules: ["image-refuses", "image-latest"],
        check: DIAGNOSE,
      },
    ],
    source: "confluentinc/kafka-images kafka/include/etc/confluent/docker/configure; apache/kafka configure",
  },
  {
    id: "image-advertised-on-controller",
    title: "KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller",
    patterns: ["KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller"],
    means: "The image refuses the variable on a node that is only a controller.",
    causes: [
      { because: "The variable was copied from a broker.", rules: ["image-refuses"], check: DIAGNOSE },
    ],
    source: "apache/kafka docker/resources/common-scripts/configure; confluentinc/kafka-images configure",
  },
  {
    id: "image-deprecated-variable",
    title: "… is deprecated. Please use KAFKA_ADVERTISED_LISTENERS instead",
    patterns: ["is deprecated. Please use KAFKA_ADVERTISED_LISTENERS instead"],
    means: "Confluent's image refuses the old variables for host and port.",
    causes: [
      {
        because: "KAFKA_ADVERTISED_HOST, KAFKA_ADVERTISED_PORT, KAFKA_HOST or KAFKA_PORT is set.",
        rules: ["image-refuses"],
        check: DIAGNOSE,
      },
    ],
    source: "confluentinc/kafka-images kafka/include/etc/confluent/docker/configure",
  },
  {
    id: "data-not-writable",
    title: "Check if … is writable: failed",
    patterns: ["Command [/usr/local/bin/dub path … writable] FAILED", "is not writable", "file not writable"],
    means: "The container's user may not write the data or the configuration folder.",
    causes: [
      {
        because:
          "The volume or the mounted folder belongs to another user; the images run as user 1000 or 1001.",
        check: OWNER,
      },
    ],
    source: "confluentinc/kafka-images kafka/include/etc/confluent/docker/ensure",
  },
  {
    id: "access-denied",
    title: "AccessDeniedException",
    patterns: ["java.nio.file.AccessDeniedException", "Permission denied"],
    means: "The process may not read or write a file of its own.",
    causes: [
      {
        because: "A volume belongs to another user than the container's, or is mounted read-only.",
        settings: ["log.dirs"],
        check: OWNER,
      },
    ],
    source: "Linux, errno EACCES",
  },
  {
    id: "already-formatted",
    title: "Log directory … is already formatted",
    patterns: ["Log directory … is already formatted"],
    means: "kafka-storage.sh format found a formatted directory and changed nothing. The images go on then.",
    causes: [
      {
        because: "The volume is left from an earlier start; with --ignore-formatted it is no error.",
        check: CONTAINERS,
      },
    ],
    source: "apache/kafka Formatter.java",
  },
  {
    id: "bad-cluster-id",
    title: "Cluster ID string … does not appear to be a valid UUID",
    patterns: [
      "does not appear to be a valid UUID",
      "Input string … decoded as … bytes, which is not equal to the expected 16 bytes",
    ],
    means: "The cluster id is not 22 characters of Base64 that make 16 bytes.",
    causes: [
      {
        because: "CLUSTER_ID is a word of one's own, or a UUID with dashes.",
        rules: ["cluster-id-unsupported"],
        check: "kafka-storage.sh random-uuid",
      },
    ],
    source: "apache/kafka StorageTool, Uuid.java",
  },
  {
    id: "port-allocated",
    title: "Bind for … failed: port is already allocated",
    patterns: ["port is already allocated", "bind: address already in use", "Ports are not available"],
    means: "Docker cannot publish the port: another container or program of this machine has it.",
    causes: [
      {
        because: "Another cluster runs, or two services publish one port.",
        rules: ["port-clash"],
        check: LISTENING,
      },
      { because: "A lab was kept.", check: DOCTOR },
    ],
    source: "moby/moby, port allocator",
  },
  {
    id: "docker-daemon",
    title: "Cannot connect to the Docker daemon",
    patterns: [
      "Cannot connect to the Docker daemon",
      "permission denied while trying to connect to the Docker daemon socket",
      "permission denied while trying to connect to the docker API",
    ],
    means: "The docker command does not reach its daemon.",
    causes: [{ because: "It does not run, or this user may not use its socket.", check: DOCTOR }],
    source: "docker/cli",
  },
  {
    id: "image-not-found",
    title: "manifest unknown",
    patterns: ["manifest unknown", "manifest for … not found", "pull access denied for"],
    means: "The registry has no such image or tag.",
    causes: [
      {
        because: "The tag was never there or was removed, as bitnami's were.",
        rules: ["image-gone", "image-latest"],
        check: DIAGNOSE,
      },
    ],
    source: "distribution/distribution, error code MANIFEST_UNKNOWN",
  },
  {
    id: "container-name-in-use",
    title: "Conflict. The container name … is already in use",
    patterns: ["Conflict. The container name … is already in use"],
    means: "A container of that name exists, running or stopped.",
    causes: [
      { because: "container_name is fixed, and an earlier container was not removed.", check: CONTAINERS },
    ],
    source: "moby/moby",
  },
];
