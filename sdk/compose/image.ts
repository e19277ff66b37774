// What an image's name says: by which rules it turns its environment into Kafka's server.properties, and
// which Kafka it holds.

import type { ComposeService } from "./project.ts";

/** Whose rules an image follows. */
export type Convention = "apache" | "bitnami" | "confluent";

/** The images that are recognised by name, as they stand in hints. */
export const RECOGNISED_IMAGES =
  "apache/kafka, apache/kafka-native, bitnami/kafka, bitnamilegacy/kafka, confluentinc/cp-kafka";

/**
 * The rules that a service's image follows, or null where it is no Kafka broker or controller.
 *
 * An image of another name counts by its environment: KAFKA_CFG_PROCESS_ROLES is bitnami's rule,
 * KAFKA_PROCESS_ROLES apache's. A service that runs a command of its own and has no process roles is a tool
 * in a Kafka image, such as one that creates topics.
 */
export function conventionOf(service: ComposeService): Convention | null {
  const { environment } = service;
  const hasRoles = "KAFKA_CFG_PROCESS_ROLES" in environment || "KAFKA_PROCESS_ROLES" in environment;
  if (
    !hasRoles &&
    service.keys.some(({ key, value }) => (key === "command" || key === "entrypoint") && value !== null)
  )
    return null;
  const repository = /(?:^|\/)([^/]+\/[^/:@]+)(?:[:@]|$)/.exec(service.image ?? "")?.[1] ?? "";
  if (/^apache\/kafka(-native)?$/.test(repository)) return "apache";
  if (/^bitnami(legacy|secure)?\/kafka$/.test(repository)) return "bitnami";
  if (repository === "confluentinc/cp-kafka") return "confluent";
  if ("KAFKA_CFG_PROCESS_ROLES" in environment) return "bitnami";
  return "KAFKA_PROCESS_ROLES" in environment ? "apache" : null;
}

/**
 * The Kafka version that an image's tag names: its leading number (`3.9.2`, `3.9`) or else the whole tag
 * (`latest`, which is also meant by none).
 *
 * Confluent Platform counts for itself: 7.9 holds Kafka 3.9, 8.0 holds Kafka 4.0.
 */
export function versionOf(image: string, convention: Convention): string {
  const tag = /:([^:/]+)$/.exec(image.replace(/@.*$/, ""))?.[1] ?? "latest";
  const number = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  if (number === undefined || convention !== "confluent") return number ?? tag;
  const [major = 0, minor] = number.split(".").map(Number);
  return minor === undefined ? String(major - 4) : `${major - 4}.${minor}`;
}
