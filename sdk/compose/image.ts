// What an image's name says: by which rules it turns its environment into Kafka's server.properties, and
// which Kafka it holds.

import type { ComposeService } from "./project.ts";

/** Whose rules an image follows. */
export type Convention = "apache" | "bitnami" | "confluent";

/** The images that are recognised by name, as they stand in hints. */
export const RECOGNISED_IMAGES: string =
  "apache/kafka, apache/kafka-native, bitnami/kafka, bitnamilegacy/kafka, confluentinc/cp-kafka, " +
  "confluentinc/cp-server, confluentinc/cp-enterprise-kafka";

/**
 * The rules that a service's image follows, or null where it is no Kafka broker or controller.
 *
 * An image of another name counts by its environment: KAFKA_CFG_PROCESS_ROLES is bitnami's rule,
 * KAFKA_PROCESS_ROLES apache's. A service that runs a command of its own, and has neither process roles nor
 * listeners, is a tool in a Kafka image, such as one that creates topics.
 */
export function conventionOf(service: ComposeService): Convention | null {
  const { environment } = service;
  const hasRoles = "KAFKA_CFG_PROCESS_ROLES" in environment || "KAFKA_PROCESS_ROLES" in environment;
  if (!hasRoles && !SERVES.some((name) => name in environment) && hasOwnCommand(service)) return null;
  const repository = /(?:^|\/)([^/]+\/[^/:@]+)(?:[:@]|$)/.exec(service.image ?? "")?.[1] ?? "";
  if (/^apache\/kafka(-native)?$/.test(repository)) return "apache";
  if (/^bitnami(legacy|secure)?\/kafka$/.test(repository)) return "bitnami";
  if (/^confluentinc\/cp-(kafka|server|enterprise-kafka)$/.test(repository)) return "confluent";
  if ("KAFKA_CFG_PROCESS_ROLES" in environment) return "bitnami";
  return "KAFKA_PROCESS_ROLES" in environment ? "apache" : null;
}

/** What only a server has: a tool in a Kafka image listens nowhere. */
const SERVES = [
  "KAFKA_LISTENERS",
  "KAFKA_ADVERTISED_LISTENERS",
  "KAFKA_CFG_LISTENERS",
  "KAFKA_CFG_ADVERTISED_LISTENERS",
];

/** Whether a service replaces its image's own start, so that what that does is not known. */
export function hasOwnCommand({ keys }: Pick<ComposeService, "keys">): boolean {
  return keys.some(({ key, value }) => (key === "command" || key === "entrypoint") && value !== null);
}

/**
 * The Kafka version that an image's tag names: its leading number (`3.9.2`, `3.9`) or else the whole tag
 * (`latest`, which is also meant by none).
 *
 * Confluent Platform counts for itself: 8.0 holds Kafka 4.0, 7.9 holds 3.9, 6.2 holds 2.8, 5.5 holds 2.5
 * (Confluent Platform, supported versions and interoperability).
 */
export function versionOf(image: string, convention: Convention): string {
  const tag = /:([^:/]+)$/.exec(image.replace(/@.*$/, ""))?.[1] ?? "latest";
  const number = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  if (number === undefined || convention !== "confluent") return number ?? tag;
  const [major = 0, minor] = number.split(".").map(Number);
  const kafka = major >= 7 ? major - 4 : Math.max(major >= 5 ? 2 : major - 3, 0);
  if (minor === undefined) return String(kafka);
  return `${kafka}.${major === 6 ? minor + 6 : minor}`;
}

/**
 * What a project has that may be Kafka and is not read: services whose image is a Kafka that is not among the
 * recognised, or one that speaks its protocol.
 */
export function isKafkaLike({ image }: Pick<ComposeService, "image">): boolean {
  const name = /([^/]+?)(?:[:@][^/]*)?$/.exec(image ?? "")?.[1] ?? "";
  return (
    /^(kafka|redpanda|automq)([-_](kraft|server|broker|zookeeper|native))?$/.test(name) ||
    /^(confluent-local|fast-data-dev)$/.test(name)
  );
}
