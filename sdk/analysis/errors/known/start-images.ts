// Why a container of Kafka does not start: the JVM and what the container is given.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DIAGNOSE, DOCTOR, OOM } from "./checks.ts";

export const START_IMAGES: readonly Entry[] = [
  {
    id: "oom-killed",
    title: "exited with code 137",
    patterns: [
      "exited with code 137",
      "exited (137)",
      "Exited (137)",
      '"OOMKilled": true',
      "Reason: … OOMKilled",
    ],
    means: "The container was ended by SIGKILL.",
    causes: [
      { because: "It used more memory than its limit, or the machine had none left.", check: OOM },
      {
        because: "It did not end within the time that docker stop gives it (10 s by default), or was killed.",
        faults: ["kill"],
        check: OOM,
      },
    ],
    source: "128 + signal 9",
  },
  {
    id: "java-version",
    title: "UnsupportedClassVersionError",
    patterns: [
      "UnsupportedClassVersionError",
      "has been compiled by a more recent version of the Java Runtime",
    ],
    means: "Java is older than the jars: Kafka 4's brokers need Java 17, its clients Java 11.",
    causes: [{ because: "JAVA_HOME or the path has an older Java.", check: DOCTOR }],
    source: "KIP-750, KIP-1013",
  },
  {
    id: "java-heap",
    title: "There is insufficient memory for the Java Runtime Environment to continue",
    patterns: [
      "There is insufficient memory for the Java Runtime Environment to continue",
      "Could not reserve enough space for",
      "Initial heap size set to a larger value than the maximum heap size",
    ],
    means: "Java does not get the memory that its flags ask for, and does not start.",
    causes: [
      {
        because: "KAFKA_HEAP_OPTS is above what the container or the machine has, or contradicts itself.",
        check: OOM,
      },
    ],
    source: "OpenJDK HotSpot",
  },
  {
    id: "java-option",
    title: "Unrecognized VM option",
    patterns: ["Unrecognized VM option", "Could not create the Java Virtual Machine"],
    means: "Java refuses a flag and does not start. A line before names it.",
    causes: [
      {
        because:
          "KAFKA_OPTS, KAFKA_HEAP_OPTS or KAFKA_JVM_PERFORMANCE_OPTS has a flag that this Java does " +
          "not know.",
        check: "docker compose exec SERVICE java -version",
      },
    ],
    source: "OpenJDK HotSpot",
    isWrapper: true,
  },
  {
    id: "jmx-port",
    title: "Port already in use (JMX agent)",
    patterns: [
      "Error: JMX connector server communication error",
      "Exception thrown by the agent : java.rmi.server.ExportException: Port already in use",
    ],
    means: "The JMX agent cannot listen, so Java does not start.",
    causes: [
      {
        because:
          "JMX_PORT is inherited by Kafka's tools in the same container, where the broker has that port.",
        check: "docker compose exec -e JMX_PORT= SERVICE kafka-topics.sh --version",
      },
    ],
    source: "apache/kafka bin/kafka-run-class.sh",
  },
  {
    id: "exec-format",
    title: "exec format error",
    patterns: ["exec format error", "does not match the detected host platform"],
    means: "The image is for another processor than this machine's.",
    causes: [
      {
        because: "An amd64 image runs on arm64, or the other way round.",
        check: "docker image inspect --format '{{.Architecture}}' IMAGE",
      },
    ],
    source: "Linux, errno ENOEXEC",
  },
  {
    id: "bitnami-validation",
    title: "bitnami's validation: … must be set",
    patterns: ["ERROR ==> … KAFKA_…"],
    means: "Bitnami's start script refuses the variables and ends before Kafka starts. The line names them.",
    causes: [
      { because: "A variable is missing or contradicts another.", rules: ["image-refuses"], check: DIAGNOSE },
    ],
    source: "bitnami/containers libkafka.sh, kafka_validate",
  },
  {
    id: "kafka-already-registered-zk",
    title: "NodeExistsException: KeeperErrorCode = NodeExists",
    patterns: ["KeeperErrorCode = NodeExists"],
    means: "In ZooKeeper mode: a broker of that id is still registered.",
    causes: [
      {
        because:
          "The broker restarted before its old session ended; a start after " +
          "zookeeper.session.timeout.ms works.",
        check: CONTAINERS,
      },
      { because: "Two brokers have one broker.id.", rules: ["duplicate-node-id"], check: DIAGNOSE },
    ],
    source: "apache/kafka KafkaZkClient.scala, checkedEphemeralCreate",
  },
];
