// What Kafka Connect makes of a worker's settings. Sources: DistributedConfig, StandaloneConfig, WorkerConfig
// (definitions), Worker.baseProducerConfigs, baseConsumerConfigs, adminConfigs.

import { definitionsOf, type Kind, settingNames } from "../../../kafka/mod.ts";
import { JAVA_DEFAULTS } from "./clients.ts";

/** A table of defaults, where the versions differ the latest's; empty where there is none. */
export function defaultsOf(kind: Kind): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settingNames(kind).map((name) => [name, definitionsOf(kind, name, "4").at(-1)?.default ?? ""]),
  );
}

/** Of a distributed and of a standalone worker. */
export const WORKER_DEFAULTS: Readonly<Record<"connect" | "standalone", Readonly<Record<string, string>>>> = {
  connect: defaultsOf("connect"),
  standalone: defaultsOf("standalone"),
};

/** Of connectors' own settings. */
export const CONNECTOR_DEFAULTS: Readonly<Record<"sink" | "source", Readonly<Record<string, string>>>> = {
  sink: defaultsOf("sink"),
  source: defaultsOf("source"),
};

/** Of a connector's producers and consumers, which Connect makes with settings of its own. */
export const CONNECT_CLIENT_DEFAULTS: Readonly<
  Record<"producer" | "consumer", Readonly<Record<string, string>>>
> = {
  producer: {
    ...JAVA_DEFAULTS,
    "max.block.ms": "9223372036854775807",
    "enable.idempotence": "false",
    "max.in.flight.requests.per.connection": "1",
    "delivery.timeout.ms": "2147483647",
  },
  consumer: { ...JAVA_DEFAULTS, "enable.auto.commit": "false", "auto.offset.reset": "earliest" },
};

/** The topics in which the workers of a group keep what they share. */
export const STORES = ["config", "offset", "status"] as const;

/** Settings without a default (ConfigDef.NO_DEFAULT_VALUE). */
export const REQUIRED: Readonly<Record<"connect" | "standalone", readonly string[]>> = {
  connect: [
    "group.id",
    "key.converter",
    "value.converter",
    ...STORES.map((store) => `${store}.storage.topic`),
  ],
  standalone: ["key.converter", "value.converter", "offset.storage.file.filename"],
};

/**
 * The policies that Kafka has, by the names that it takes (PluginUtils: a class's name, with and without
 * its end).
 */
export const POLICIES: readonly string[] = ["All", "None", "Principal", "Allowlist"];
