// Configurations of brokers and clients: every setting that is known, with texts at the edge of each type.

import fc from "fast-check";
import { stringify } from "yaml";
import { BROKER_NAMES, JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "@kafka-failure-lab/sdk/testing";
import type { Job, Text } from "../job.ts";
import { json, NUMBERS, text } from "./texts.ts";

const FORMS = {
  server: "server.properties",
  java: "producer.properties",
  librdkafka: "librdkafka.conf",
  spring: "application.yml",
  "spring properties": "application.properties",
  kafkajs: "kafkajs.json",
  "librdkafka as JSON": "librdkafka.json",
  source: "KafkaConfig.java",
  kotlin: "KafkaConfig.kt",
  compose: "compose.yml",
} as const;
export type Form = keyof typeof FORMS;

/** A file of settings. */
export interface ConfigurationInput {
  readonly form: Form;
  /** In order; a name may come twice. */
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** In place of that. */
  readonly text?: Text;
  readonly spoiled?: "bom" | "crlf" | "cut" | "tabs" | "binary";
}

const KAFKAJS = [
  "brokers",
  "clientId",
  "groupId",
  "sessionTimeout",
  "heartbeatInterval",
  "idempotent",
  "requestTimeout",
  "connectionTimeout",
  "retry.retries",
  "retry.initialRetryTime",
  "maxInFlightRequests",
  "transactionalId",
  "acks",
];
const SPRING = [
  "spring.kafka.bootstrap-servers",
  "spring.kafka.producer.acks",
  "spring.kafka.producer.retries",
  "spring.kafka.producer.properties.delivery.timeout.ms",
  "spring.kafka.producer.properties[request.timeout.ms]",
  "spring.kafka.consumer.group-id",
  "spring.kafka.consumer.max-poll-records",
  "spring.kafka.consumer.enable-auto-commit",
  "spring.kafka.listener.ack-mode",
  "spring.kafka.listener.concurrency",
  "spring.kafka.properties",
  "spring.kafka.properties.session.timeout.ms",
  "spring",
  "spring.kafka.no-such-key",
];
const RDKAFKA = [
  "metadata.broker.list",
  "request.required.acks",
  "message.timeout.ms",
  "message.send.max.retries",
  "queue.buffering.max.ms",
  "socket.timeout.ms",
  "session.timeout.ms",
  "enable.idempotence",
  "enable.auto.offset.store",
];
const client = [...JAVA_COMMON, ...JAVA_PRODUCER, ...JAVA_CONSUMER];
const NAMES: Readonly<Record<Form, readonly string[]>> = {
  server: [...BROKER_NAMES],
  java: client,
  librdkafka: RDKAFKA,
  spring: SPRING,
  "spring properties": SPRING,
  kafkajs: KAFKAJS,
  "librdkafka as JSON": RDKAFKA,
  source: client,
  kotlin: client,
  compose: [...BROKER_NAMES],
};
/** Those that rules and predictions reckon with come more often than the others. */
const RECKONED = [
  "broker.session.timeout.ms",
  "broker.heartbeat.interval.ms",
  "min.insync.replicas",
  "default.replication.factor",
  "replica.lag.time.max.ms",
  "controller.quorum.voters",
  "controller.quorum.fetch.timeout.ms",
  "controller.quorum.election.timeout.ms",
  "unclean.leader.election.enable",
  "node.id",
  "process.roles",
  "listeners",
  "advertised.listeners",
  "listener.security.protocol.map",
  "offsets.topic.replication.factor",
];
const CLIENT_RECKONED = [
  "acks",
  "retries",
  "delivery.timeout.ms",
  "request.timeout.ms",
  "linger.ms",
  "max.block.ms",
  "enable.idempotence",
  "max.in.flight.requests.per.connection",
  "session.timeout.ms",
  "heartbeat.interval.ms",
  "max.poll.interval.ms",
  "enable.auto.commit",
  "bootstrap.servers",
];

function nameOf(form: Form): fc.Arbitrary<string> {
  const often = form === "server" || form === "compose" ? RECKONED : CLIENT_RECKONED;
  const known = fc.constantFrom(...NAMES[form]);
  return ["server", "compose", "java", "source", "kotlin"].includes(form)
    ? fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...often) }, { weight: 2, arbitrary: known }, text)
    : fc.oneof({ weight: 8, arbitrary: known }, { weight: 1, arbitrary: text });
}

export const configurationInput: fc.Arbitrary<ConfigurationInput> = fc
  .constantFrom(...(Object.keys(FORMS) as Form[]))
  .chain((form) =>
    fc.record({
      form: fc.constant(form),
      settings: fc.array(fc.tuple(nameOf(form), fc.oneof(fc.constantFrom(...NUMBERS), text, json)), {
        minLength: 1,
        maxLength: 4,
      }),
      ...(form !== "compose" && {
        spoiled: fc.option(fc.constantFrom("bom", "crlf", "cut", "tabs", "binary"), {
          nil: undefined as never,
          freq: 8,
        }),
      }),
    }),
  );

export function configurationJob({ form, settings, text, spoiled }: ConfigurationInput): Job {
  const file = FORMS[form];
  const made = text ?? spoil(WRITERS[form](settings), spoiled);
  const target = form === "compose" && settings.length % 2 === 0 ? "predict" : "diagnose";
  return { target, files: { [file]: made }, argv: [`./${file}`] };
}

type Settings = ConfigurationInput["settings"];

const WRITERS: Readonly<Record<Form, (settings: Settings) => string>> = {
  server: (settings) => `process.roles=broker\n${properties(settings)}`,
  java: (settings) => `bootstrap.servers=a:1\n${properties(settings)}`,
  librdkafka: properties,
  spring: (settings) => stringify({ spring: { kafka: {} }, ...nested(settings) }),
  "spring properties": (settings) => `spring.kafka.client-id=x\n${properties(settings)}`,
  kafkajs: (settings) => JSON.stringify({ clientId: "x", ...nested(settings) }),
  "librdkafka as JSON": (settings) =>
    JSON.stringify({ "metadata.broker.list": "a:1", ...Object.fromEntries(settings) }),
  source: (settings) => java(settings, (name, value) => `    props.put("${name}", ${value});`),
  kotlin: (settings) => java(settings, (name, value) => `    props["${name}"] = ${value}`),
  compose,
};

function properties(settings: Settings): string {
  return settings
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}\n`)
    .join("");
}

function java(settings: Settings, line: (name: string, value: string) => string): string {
  const body = settings.map(([name, value]) => line(name, JSON.stringify(value))).join("\n");
  return [
    "class KafkaConfig {",
    "  @Bean ProducerFactory<String, String> producerFactory() {",
    "    Map<String, Object> props = new HashMap<>();",
    body,
    "    return new DefaultKafkaProducerFactory<>(props);",
    "  }",
    "}",
    "",
  ].join("\n");
}

function compose(settings: Settings): string {
  const environment = {
    KAFKA_NODE_ID: 1,
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@kafka-1:9093",
    KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    ...Object.fromEntries(
      settings.map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll(".", "_")}`, value]),
    ),
  };
  return stringify({ services: { "kafka-1": { image: "apache/kafka:3.9.2", environment } } });
}

function nested(settings: Settings): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of settings) {
    const steps = name.split(".");
    const last = steps.pop()!;
    let at = root;
    for (const step of steps) {
      const inside = Object.hasOwn(at, step) ? at[step] : undefined;
      const next = typeof inside === "object" && inside !== null ? (inside as Record<string, unknown>) : {};
      Object.defineProperty(at, step, { value: next, enumerable: true, writable: true, configurable: true });
      at = next;
    }
    Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return root;
}

function spoil(made: string, how: ConfigurationInput["spoiled"]): string {
  switch (how) {
    case "bom":
      return `\ufeff${made}`;
    case "crlf":
      return made.replaceAll("\n", "\r\n");
    case "cut":
      return made.slice(0, Math.floor(made.length / 2));
    case "tabs":
      return made.replaceAll("  ", "\t");
    case "binary":
      return "base64:AAECA4CBgv/+/fzAwA==";
    case undefined:
      return made;
  }
}
