// Compose files with one misconfiguration each, over images and versions, and what its fix makes of them.

import { diagnose } from "@kafka-failure-lab/sdk";
import { applyEdits } from "@kafka-failure-lab/sdk/diagnose";

/** A compose file, and the rule whose fix makes it right. */
export interface BrokenInput {
  readonly name: string;
  readonly rule: string;
  /** The line of Kafka that the image holds. */
  readonly kafka: "3.9" | "4";
  readonly text: string;
  readonly brokers: number;
}

interface Image {
  readonly image: string;
  readonly kafka: "3.9" | "4";
  /** Where the image's user writes, and where Kafka's data is in it. */
  readonly mount: string;
  readonly data: string;
}

const LIB = { mount: "/var/lib/kafka/data", data: "/var/lib/kafka/data" };
const IMAGES: readonly Image[] = [
  { image: "apache/kafka:3.9.2", kafka: "3.9", ...LIB },
  { image: "confluentinc/cp-kafka:7.9.1", kafka: "3.9", ...LIB },
  { image: "bitnamilegacy/kafka:3.9.0", kafka: "3.9", mount: "/bitnami/kafka", data: "/bitnami/kafka/data" },
  { image: "apache/kafka-native:3.9.1", kafka: "3.9", mount: "/home/appuser", data: "/home/appuser/data" },
  { image: "confluentinc/cp-server:7.9.1", kafka: "3.9", ...LIB },
  { image: "apache/kafka:4.1.0", kafka: "4", ...LIB },
  { image: "confluentinc/cp-kafka:8.0.0", kafka: "4", ...LIB },
];

interface Break {
  readonly rule: string;
  readonly brokers: number;
  readonly spoil: (text: string) => string;
  /** Images that have such a misconfiguration. @default all */
  readonly images?: RegExp;
}

const BREAKS: readonly Break[] = [
  {
    rule: "data-in-container",
    brokers: 1,
    spoil: (text) => text.replace(/ +volumes: \[.*\n/g, "").replace(/.*LOG_DIRS.*\n/g, ""),
  },
  {
    rule: "duplicate-node-id",
    brokers: 3,
    spoil: (text) => text.replace(/(NODE_ID[:=] ?)2$/m, "$11"),
  },
  {
    rule: "inter-broker-localhost",
    brokers: 3,
    spoil: (text) => text.replace(/(INTER_BROKER_LISTENER_NAME[:=] ?)INTERNAL/g, "$1EXTERNAL"),
  },
  {
    rule: "auto-created-topic-one-replica",
    brokers: 3,
    spoil: (text) =>
      text
        .replace(/(DEFAULT_REPLICATION_FACTOR[:=] ?)3/g, "$11")
        .replace(/(MIN_INSYNC_REPLICAS[:=] ?)2/g, "$11"),
  },
];

/** Those whose fix is read and predicted, and not started. */
const FURTHER_BREAKS: readonly Break[] = [
  {
    rule: "voter-address",
    brokers: 1,
    spoil: (text) => text.replace("1@k1:9093", "1@kafka:9093"),
  },
  {
    rule: "controller-not-a-voter",
    brokers: 1,
    spoil: (text) => text.replace(/(NODE_ID[:=] ?)1$/m, "$17"),
  },
  {
    rule: "no-controller-listener",
    brokers: 1,
    spoil: (text) => text.replace(",CONTROLLER://:9093", ""),
  },
  {
    rule: "inter-broker-not-advertised",
    brokers: 1,
    spoil: (text) => text.replace("INTERNAL://k1:19092,", ""),
  },
  {
    rule: "advertised-wildcard",
    brokers: 1,
    spoil: (text) => text.replace("EXTERNAL://localhost", "EXTERNAL://0.0.0.0"),
  },
  {
    rule: "no-roles",
    brokers: 1,
    // what other images make of it has another rule
    images: /^apache|:8\./,
    spoil: (text) => text.replace(/ +KAFKA_(PROCESS|NODE|CONTROLLER)_.*\n/g, ""),
  },
];

/** Every break of every image, those of the gate's sample first. */
export const BROKEN: readonly BrokenInput[] = BREAKS.flatMap(inputsOf);
/** More of them, over more rules. */
export const FURTHER: readonly BrokenInput[] = FURTHER_BREAKS.flatMap(inputsOf);

/** Three of them, each with another image and another rule. */
export const SAMPLE: readonly BrokenInput[] = [BROKEN[0]!, BROKEN[7 + 1]!, BROKEN[14 + 2]!];

/** The file as the rule's fix leaves it. */
export function fixedText({ rule, text }: BrokenInput): string {
  const inputs = [{ file: "compose.yml", text }];
  const edits = diagnose(inputs).flatMap((finding) => (finding.rule === rule ? finding.edits : []));
  const { files, skipped } = applyEdits(inputs, edits);
  if (files.length !== 1 || skipped.length > 0)
    throw new Error(`${rule}: ${edits.length} edits, ${skipped.map(({ why }) => why).join(", ")}`);
  return files[0]!.text;
}

function inputsOf({ rule, brokers, spoil, images = /^/ }: Break): BrokenInput[] {
  return IMAGES.filter(({ image }) => images.test(image)).map((one): BrokenInput => {
    const text = spoil(composeOf(one, brokers));
    return { name: `${rule}, ${one.image}`, rule, kafka: one.kafka, brokers, text };
  });
}

function composeOf({ image, mount, data }: Image, brokers: number): string {
  const isBitnami = image.startsWith("bitnami");
  const ids = Array.from({ length: brokers }, (_, i) => i + 1);
  const voters = ids.map((id) => `${id}@k${id}:9093`).join(",");
  const many = Math.min(3, brokers);
  const minimum = Math.max(1, many - 1);
  const services = ids.map((id) => {
    const settings: Record<string, string | number> = {
      PROCESS_ROLES: "broker,controller",
      NODE_ID: id,
      CONTROLLER_QUORUM_VOTERS: voters,
      CONTROLLER_LISTENER_NAMES: "CONTROLLER",
      LISTENERS: "INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093",
      ADVERTISED_LISTENERS: `INTERNAL://k${id}:19092,EXTERNAL://localhost:2919${id}`,
      LISTENER_SECURITY_PROTOCOL_MAP: "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
      INTER_BROKER_LISTENER_NAME: "INTERNAL",
      LOG_DIRS: data,
      DEFAULT_REPLICATION_FACTOR: many,
      MIN_INSYNC_REPLICAS: minimum,
      OFFSETS_TOPIC_REPLICATION_FACTOR: many,
      TRANSACTION_STATE_LOG_REPLICATION_FACTOR: many,
      TRANSACTION_STATE_LOG_MIN_ISR: minimum,
    };
    const [prefix, clusterId] = isBitnami
      ? ["KAFKA_CFG_", "KAFKA_KRAFT_CLUSTER_ID"]
      : ["KAFKA_", "CLUSTER_ID"];
    const all = { [clusterId!]: "a2Fma2EtZmFpbHVyZWxhYg", ...prefixed(settings, prefix!) };
    // each form of an environment is somebody's
    const lines = Object.entries(all).map(([name, value]) =>
      isBitnami ? `      - ${name}=${value}` : `      ${name}: ${value}`,
    );
    return [
      `  k${id}: # broker ${id}`,
      `    image: ${image}`,
      `    ports: ["2919${id}:9092"]`,
      `    volumes: ["k${id}-own:${mount}"]`,
      "    environment:",
      ...lines,
    ].join("\n");
  });
  return `services:\n${services.join("\n")}\n\nvolumes:\n${ids.map((id) => `  k${id}-own:`).join("\n")}\n`;
}

function prefixed(settings: Readonly<Record<string, string | number>>, prefix: string): object {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [prefix + name, value]));
}
