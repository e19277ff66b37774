// What Spring Boot binds below spring.kafka: the fields of KafkaProperties in 2.7.18, 3.4.1 and 4.1.1
// together. Source: spring-boot, KafkaProperties.java (autoconfigure/kafka, from 4.0 on
// module/spring-boot-kafka).

const SSL =
  "bundle key-password key-store-certificate-chain key-store-key key-store-location " +
  "key-store-password key-store-type trust-store-certificates trust-store-location " +
  "trust-store-password trust-store-type protocol";
const CLIENT = `client-id bootstrap-servers security.protocol ${SSL.split(" ")
  .map((key) => `ssl.${key}`)
  .join(" ")}`;

const FIELDS: Readonly<Record<string, string>> = {
  "": `${CLIENT} jaas.enabled jaas.login-module jaas.control-flag`,
  producer:
    `${CLIENT} acks batch-size buffer-memory compression-type key-serializer value-serializer retries ` +
    "transaction-id-prefix",
  consumer:
    `${CLIENT} auto-commit-interval auto-offset-reset enable-auto-commit fetch-max-wait fetch-min-size ` +
    "group-id heartbeat-interval isolation-level key-deserializer value-deserializer max-poll-records " +
    "max-poll-interval",
  admin:
    `${CLIENT.replace("bootstrap-servers ", "")} fail-fast auto-create modify-topic-configs ` +
    "close-timeout operation-timeout",
  streams:
    `${CLIENT} application-id auto-startup cache-max-size-buffering state-store-cache-max-size ` +
    "replication-factor state-dir cleanup.on-startup cleanup.on-shutdown",
  template: "default-topic transaction-id-prefix observation-enabled close-timeout",
  listener:
    "type ack-mode async-acks client-id concurrency poll-timeout no-poll-threshold ack-count ack-time " +
    "idle-between-polls idle-event-interval " +
    "idle-partition-event-interval monitor-interval log-container-config only-log-record-metadata " +
    "missing-topics-fatal immediate-stop auto-startup " +
    "change-consumer-thread-name observation-enabled auth-exception-retry-interval",
  "retry.topic":
    "enabled attempts delay multiplier max-delay random-back-off backoff.delay backoff.multiplier " +
    "backoff.max-delay backoff.random backoff.jitter",
};

/** Keys relative to spring.kafka, in canonical form (see `canonical`). */
const BOUND: ReadonlySet<string> = new Set(
  Object.entries(FIELDS).flatMap(([section, fields]) =>
    fields.split(" ").map((field) => canonical(section === "" ? field : `${section}.${field}`)),
  ),
);

/** Maps, whose keys are taken as they are. */
const MAPS = /^((producer|consumer|admin|streams)\.)?properties(\.|\[|$)|^jaas\.options(\.|\[|$)/;

/** The fields of security that producer, consumer and both together have. */
const SECURITY: Readonly<Record<string, string>> = {
  "security.protocol": "security.protocol",
  "ssl.keystore.location": "ssl.key-store-location",
  "ssl.keystore.key": "ssl.key-store-key",
  "ssl.truststore.location": "ssl.trust-store-location",
};

/** The properties whose fields also stand directly below spring.kafka. */
export const SHARED: ReadonlySet<string> = new Set([
  "bootstrap.servers",
  "client.id",
  ...Object.keys(SECURITY),
]);

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
    ...SECURITY,
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
    ...SECURITY,
  },
};

/** The fields that Spring Boot converts before Kafka sees them, by the type of the field. */
const TYPES: Readonly<Record<string, FieldType>> = {
  "auto-commit-interval": "duration",
  "fetch-max-wait": "duration",
  "heartbeat-interval": "duration",
  "max-poll-interval": "duration",
  "batch-size": "size",
  "buffer-memory": "size",
  "fetch-min-size": "size",
  retries: "integer",
  "max-poll-records": "integer",
  "enable-auto-commit": "boolean",
  "isolation-level": "isolation",
};
type FieldType = "boolean" | "duration" | "integer" | "isolation" | "size";

/** What each type allows. */
export const ALLOWED: Readonly<Record<FieldType, string>> = {
  boolean: "true, false, yes, no, on, off, 1 or 0",
  duration: "a whole number with ns, us, ms, s, m, h, d or nothing, or PT1M30S",
  integer: "a whole number from -2147483648 to 2147483647",
  isolation: "read-committed or read-uncommitted",
  size: "a whole number with B, KB, MB, GB, TB or nothing",
};

/** The type to which Spring Boot converts a field; undefined for one that Kafka gets as it is. */
export function typeOfField(field: string): FieldType | undefined {
  return TYPES[field];
}

/**
 * What Kafka gets of a field's value; undefined where Spring Boot does not start because of it.
 *
 * Source: DurationStyle, DataSize.parse, StringToNumberConverterFactory, StringToBooleanConverter, and
 * LenientStringToEnumConverterFactory.
 */
export function converted(type: FieldType, text: string): string | undefined {
  const value = text.trim();
  switch (type) {
    case "boolean":
      if (/^(true|on|yes|1)$/i.test(value)) return "true";
      return /^(false|off|no|0)$/i.test(value) ? "false" : undefined;
    case "integer": {
      const whole = /^[+-]?(0x[\da-f]+|\d+)$/i.test(value) ? Number(value.replace(/^[+-]/, "")) : NaN;
      const signed = value.startsWith("-") ? -whole : whole;
      return signed >= -(2 ** 31) && signed < 2 ** 31 ? String(signed) : undefined;
    }
    case "isolation":
      return { readcommitted: "read_committed", readuncommitted: "read_uncommitted" }[canonical(value)];
    case "duration":
      return durationOf(value);
    case "size": {
      const [, count, unit = "B"] = /^([+-]?\d{1,15})(B|KB|MB|GB|TB)?$/.exec(value) ?? [];
      return count === undefined
        ? undefined
        : String(Number(count) * 1024 ** ["B", "KB", "MB", "GB", "TB"].indexOf(unit));
    }
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function durationOf(value: string): string | undefined {
  const [, count, unit = "ms"] = /^([+-]?\d{1,15})([a-z]{0,2})$/i.exec(value) ?? [];
  if (count !== undefined) {
    const size = UNITS[unit === "" ? "ms" : unit.toLowerCase()];
    return size === undefined ? undefined : String(Math.trunc(Number(count) * size));
  }
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0"] =
    /^([+-]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{0,9})?)S)?)?$/i.exec(value) ?? [];
  if (sign === undefined || !/\d/.test(value)) return undefined;
  const ms = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return String(Math.trunc(sign === "-" ? -ms : ms));
}

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
