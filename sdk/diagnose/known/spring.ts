// What Spring Boot binds below spring.kafka: the fields of KafkaProperties in 2.7.18, 3.4.1 and 4.1.1 together.
// Source: spring-boot, KafkaProperties.java (autoconfigure/kafka, from 4.0 on module/spring-boot-kafka).

const SSL =
  "bundle key-password key-store-certificate-chain key-store-key key-store-location key-store-password key-store-type trust-store-certificates trust-store-location trust-store-password trust-store-type protocol";
const CLIENT = `client-id bootstrap-servers security.protocol ${SSL.split(" ")
  .map((key) => `ssl.${key}`)
  .join(" ")}`;

const FIELDS: Readonly<Record<string, string>> = {
  "": `${CLIENT} jaas.enabled jaas.login-module jaas.control-flag`,
  producer: `${CLIENT} acks batch-size buffer-memory compression-type key-serializer value-serializer retries transaction-id-prefix`,
  consumer: `${CLIENT} auto-commit-interval auto-offset-reset enable-auto-commit fetch-max-wait fetch-min-size group-id heartbeat-interval isolation-level key-deserializer value-deserializer max-poll-records max-poll-interval`,
  admin: `${CLIENT.replace("bootstrap-servers ", "")} fail-fast auto-create modify-topic-configs close-timeout operation-timeout`,
  streams: `${CLIENT} application-id auto-startup cache-max-size-buffering state-store-cache-max-size replication-factor state-dir cleanup.on-startup cleanup.on-shutdown`,
  template: "default-topic transaction-id-prefix observation-enabled close-timeout",
  listener:
    "type ack-mode async-acks client-id concurrency poll-timeout no-poll-threshold ack-count ack-time idle-between-polls idle-event-interval " +
    "idle-partition-event-interval monitor-interval log-container-config only-log-record-metadata missing-topics-fatal immediate-stop auto-startup " +
    "change-consumer-thread-name observation-enabled auth-exception-retry-interval",
  "retry.topic":
    "enabled attempts delay multiplier max-delay random-back-off backoff.delay backoff.multiplier backoff.max-delay backoff.random backoff.jitter",
};

/** Keys relative to spring.kafka, in canonical form (see `canonical`). */
const BOUND: ReadonlySet<string> = new Set(
  Object.entries(FIELDS).flatMap(([section, fields]) =>
    fields.split(" ").map((field) => canonical(section === "" ? field : `${section}.${field}`)),
  ),
);

/** Maps, whose keys are taken as they are. */
const MAPS = /^((producer|consumer|admin|streams)\.)?properties(\.|\[|$)|^jaas\.options(\.|\[|$)/;

/** The fields that stand for a Kafka property, by property. */
export const FIELD_OF: Readonly<Record<"producer" | "consumer", Readonly<Record<string, string>>>> = {
  producer: {
    "bootstrap.servers": "bootstrap-servers",
    "client.id": "client-id",
    acks: "acks",
    "batch.size": "batch-size",
    "buffer.memory": "buffer-memory",
    "compression.type": "compression-type",
    "key.serializer": "key-serializer",
    "value.serializer": "value-serializer",
    retries: "retries",
  },
  consumer: {
    "bootstrap.servers": "bootstrap-servers",
    "client.id": "client-id",
    "auto.commit.interval.ms": "auto-commit-interval",
    "auto.offset.reset": "auto-offset-reset",
    "enable.auto.commit": "enable-auto-commit",
    "fetch.max.wait.ms": "fetch-max-wait",
    "fetch.min.bytes": "fetch-min-size",
    "group.id": "group-id",
    "heartbeat.interval.ms": "heartbeat-interval",
    "isolation.level": "isolation-level",
    "key.deserializer": "key-deserializer",
    "value.deserializer": "value-deserializer",
    "max.poll.records": "max-poll-records",
  },
};

/** Spring's relaxed names: case, dashes and underscores do not count. */
export function canonical(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Whether Spring Boot binds a key, relative to spring.kafka. */
export function isBound(key: string): boolean {
  return MAPS.test(key) || BOUND.has(canonical(key.replace(/\[\d+\]$/, "")));
}

/** The name within a `properties` map, or null for a key that is in none. */
export function mapKeyOf(key: string): string | null {
  const rest = key.replace(/^(producer|consumer|admin|streams)\./, "");
  if (!/^properties[.[]/.test(rest)) return null;
  return rest
    .slice("properties".length)
    .replace(/^\./, "")
    .replace(/^\[(["']?)(.*)\1\]$/, "$2");
}
