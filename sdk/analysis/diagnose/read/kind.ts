// What a file is: by its name where that says it, else by what is in it.

import { isManifest } from "../../../kubernetes/mod.ts";
import { LabError } from "../../../model/errors.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { isWorker } from "./connect.ts";
import { isClass } from "./connector.ts";
import { leavesOfJson, leavesOfYaml, type Text } from "./flat.ts";
import { leavesOfProperties } from "./properties.ts";
import { isApplication } from "./streams.ts";

/** The kinds of file that can be diagnosed. */
export const KINDS = [
  "compose",
  "kubernetes",
  "server",
  "spring",
  "java",
  "kafkajs",
  "librdkafka",
  "source",
  "connect",
  "streams",
  "env",
] as const;
/** A kind of file that `diagnose` reads. */
export type Kind = (typeof KINDS)[number];

/**
 * Says what kind of file this is.
 *
 * @throws LabError `BAD_CONFIGURATION` where neither name nor content says it
 */
export function kindOf(source: Text): Kind {
  if (isEnvName(source.file)) return "env";
  const ending = /\.([A-Za-z]+)$/.exec(source.file)?.[1]?.toLowerCase() ?? "";
  switch (ending) {
    case "yml":
    case "yaml":
      return kindOfYaml(source);
    case "properties":
    case "conf":
    case "cfg":
      return kindOfProperties(source);
    case "json":
      return kindOfJson(source);
    case "java":
    case "kt":
      return "source";
    default:
      throw unknown(source, "its ending says nothing");
  }
}

/**
 * The kind of a file, or null where nothing says it, or where a compose file or a manifest does not mention
 * Kafka.
 */
export function kindIfKnown(source: Text): Kind | null {
  try {
    const kind = kindOf(source);
    return (kind === "compose" || kind === "kubernetes") && !/kafka|redpanda/i.test(source.text)
      ? null
      : kind;
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}

/** Whether a file's name is that of a `.env` file: `.env`, `kafka.env`, `.env.production`. */
export function isEnvName(file: string): boolean {
  return /(^|[/\\])[^/\\]*\.env(\.[\w-]+)?$/i.test(file);
}

function kindOfYaml(source: Text): Kind {
  if (isManifest(source.text)) return "kubernetes";
  // compose has tags of its own, which its own reader knows
  if (/^(services|include)\s*:/m.test(source.text)) return "compose";
  const paths = leavesOfYaml(source)
    .flat()
    .map(({ path }) => path);
  if (paths.some((path) => path.startsWith("spring.")) || /(^|[/\\])application[^/\\]*$/.test(source.file))
    return "spring";
  throw unknown(source, "it has neither `services` nor `spring`");
}

function kindOfProperties(source: Text): Kind {
  const keys = leavesOfProperties(source).map(({ path }) => path);
  const base = /[^/\\]*$/.exec(source.file)?.[0] ?? "";
  if (keys.some((key) => key.startsWith("spring.")) || /^application/.test(base)) return "spring";
  // a worker has `listeners`, too
  if (isWorker(keys) || keys.includes("connector.class")) return "connect";
  if (isApplication(keys)) return "streams";
  if (keys.some((key) => SERVER_KEYS.has(key))) return "server";
  if (keys.some((key) => RD_KEYS.has(key))) return "librdkafka";
  if (
    keys.some((key) => JAVA_COMMON.has(key) || JAVA_PRODUCER.has(key) || JAVA_CONSUMER.has(key)) ||
    /producer|consumer|client/.test(base)
  )
    return "java";
  if (/server|broker|controller/.test(base)) return "server";
  throw unknown(source, "it has no setting of a broker or a client");
}

const SERVER_KEYS = new Set(
  (
    "process.roles node.id broker.id listeners log.dirs log.dir zookeeper.connect " +
    "controller.quorum.voters advertised.listeners num.partitions default.replication.factor"
  ).split(" "),
);
const RD_KEYS = new Set(
  (
    "metadata.broker.list request.required.acks message.timeout.ms message.send.max.retries " +
    "queue.buffering.max.ms socket.timeout.ms"
  ).split(" "),
);
const KAFKAJS_NAMES =
  "brokers clientId groupId sessionTimeout heartbeatInterval idempotent requestTimeout connectionTimeout " +
  "maxInFlightRequests transactionalId";
const KAFKAJS_KEYS = new RegExp(`^(?:\\w+\\.)*(${KAFKAJS_NAMES.replaceAll(" ", "|")}|retry\\.\\w+)$`);

function kindOfJson(source: Text): Kind {
  if (isManifest(source.text)) return "kubernetes";
  const paths = leavesOfJson(source).map(({ path }) => path);
  if (paths.some(isClass)) return "connect";
  if (paths.some((path) => path.startsWith("kafkaJS.")))
    throw unknown(source, "its `kafkaJS` block is Confluent's own, which is not known here");
  if (paths.some((path) => KAFKAJS_KEYS.test(path))) return "kafkajs";
  const last = paths.map((path) => path.replace(/^(producer|consumer|global|topic)\./, ""));
  if (
    last.some(
      (path) =>
        RD_KEYS.has(path) || JAVA_COMMON.has(path) || JAVA_PRODUCER.has(path) || JAVA_CONSUMER.has(path),
    )
  )
    return "librdkafka";
  throw unknown(source, "it has neither kafkajs's settings nor librdkafka's");
}

function unknown({ file }: Text, why: string): LabError {
  return new LabError("BAD_CONFIGURATION", `Cannot tell what ${file} is: ${why}`, {
    file,
    hint: `What is it? Say --as ${file}=KIND, with one of ${KINDS.join(", ")}.`,
  });
}
