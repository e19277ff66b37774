// KAFKA_X_Y to x.y as the apache image does it, and as confluentinc/cp-kafka does with other defaults.
// Sources: core/src/main/scala/kafka/docker/KafkaDockerWrapper.scala,
// docker/resources/common-scripts/configure and configureDefaults; kafka-images:
// kafka/include/etc/confluent/docker/configure.

import { singleNode } from "./defaults.ts";
import type { ComposeService } from "./project.ts";

/** What an image makes of its environment. */
export interface Configuration {
  readonly properties: Record<string, string>;
  /** Null where the image makes up another one on every node. */
  readonly clusterId: string | null;
  /** True where the environment sets nothing and the image's own file is used whole. */
  readonly bundled: boolean;
}

/** Variables that begin with KAFKA_ and are no settings of the broker (`ExcludeServerPropsEnv`). */
export const NO_PROPERTY: ReadonlySet<string> = new Set([
  "KAFKA_VERSION",
  "KAFKA_HEAP_OPTS",
  "KAFKA_LOG4J_OPTS",
  "KAFKA_OPTS",
  "KAFKA_JMX_OPTS",
  "KAFKA_JVM_PERFORMANCE_OPTS",
  "KAFKA_GC_LOG_OPTS",
  "KAFKA_LOG4J_ROOT_LOGLEVEL",
  "KAFKA_LOG4J_LOGGERS",
  "KAFKA_TOOLS_LOG4J_LOGLEVEL",
  "KAFKA_JMX_HOSTNAME",
]);

/**
 * The configuration that the apache image makes; as soon as one setting is given, nothing of its own file is
 * used.
 */
export function apacheConfiguration(service: ComposeService, major: number): Configuration {
  const environment = withListeners(service);
  const clusterId = environment["CLUSTER_ID"] || "5L6g3nShT-eMCtK--X86sw";
  const properties = propertiesOf(environment, major);
  if (Object.keys(properties).length === 0)
    return { properties: singleNode(major), clusterId, bundled: true };
  return { properties, clusterId, bundled: false };
}

/**
 * The configuration that Confluent's images make: the same rules, data in /var/lib/kafka/data, and no file of
 * their own to fall back on.
 */
export function confluentConfiguration(service: ComposeService): Configuration {
  const environment = withListeners(service);
  return {
    properties: { "log.dirs": "/var/lib/kafka/data", ...propertiesOf(environment, 4) },
    clusterId: environment["CLUSTER_ID"] || null,
    bundled: false,
  };
}

function propertiesOf(environment: Readonly<Record<string, string>>, major: number): Record<string, string> {
  return Object.fromEntries(
    apacheAssignments(environment, major).map(([property, variable]) => [
      property,
      environment[variable] ?? "",
    ]),
  );
}

/**
 * Which variable sets which property, in the order in which they act; up to 3.9 the wrapper removes every
 * KAFKA_ from a name, later only the first.
 */
export function apacheAssignments(
  environment: Readonly<Record<string, string>>,
  major: number,
): [property: string, variable: string][] {
  const names = Object.keys(environment).filter(
    (name) => name.startsWith("KAFKA_") && !NO_PROPERTY.has(name),
  );
  return names.map((name) => {
    const bare = major >= 4 ? name.slice("KAFKA_".length) : name.replaceAll("KAFKA_", "");
    return [bare.toLowerCase().replaceAll("_", ".").replaceAll("...", "-").replaceAll("..", "_"), name];
  });
}

// What `configure` does before: a controller does not advertise (image-refusals.ts), and listeners come from
// the advertised ones with the host 0.0.0.0.
function withListeners(service: ComposeService): Readonly<Record<string, string>> {
  const { KAFKA_ADVERTISED_LISTENERS: advertised, ...others } = service.environment;
  if (others["KAFKA_PROCESS_ROLES"] === "controller") return others;
  if (others["KAFKA_LISTENERS"] || !advertised) return service.environment;
  return { ...service.environment, KAFKA_LISTENERS: advertised.replace(/:\/\/[^:]*:/g, "://0.0.0.0:") };
}
