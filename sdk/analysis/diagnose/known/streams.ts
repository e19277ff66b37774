// What Kafka Streams makes of an application's settings. Source: StreamsConfig (its definitions;
// PRODUCER_DEFAULT_OVERRIDES, PRODUCER_EOS_OVERRIDES, CONSUMER_DEFAULT_OVERRIDES, CONSUMER_EOS_OVERRIDES).

import { settingNames } from "../../../kafka/mod.ts";
import { JAVA_DEFAULTS } from "./clients.ts";
import { defaultsOf } from "./connect.ts";

export const STREAMS_DEFAULTS: Readonly<Record<string, string>> = defaultsOf("streams");

export const STREAMS_NAMES: ReadonlySet<string> = new Set(settingNames("streams"));

/** Of the clients, by the processing guarantee. */
export const STREAMS_CLIENT_DEFAULTS: Readonly<
  Record<"producer" | "consumer", (isExactlyOnce: boolean) => Readonly<Record<string, string>>>
> = {
  producer: (isExactlyOnce) => ({
    ...JAVA_DEFAULTS,
    "linger.ms": "100",
    ...(isExactlyOnce && { "delivery.timeout.ms": "2147483647", "transaction.timeout.ms": "10000" }),
  }),
  consumer: (isExactlyOnce) => ({
    ...JAVA_DEFAULTS,
    "max.poll.records": "1000",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": "false",
    ...(isExactlyOnce && { "isolation.level": "read_committed" }),
  }),
};

/** The setting of each that Streams replaces by its own, always or with exactly-once (NON_CONFIGURABLE_…). */
export const NOT_CONFIGURABLE: Readonly<
  Record<"producer" | "consumer", Readonly<Record<string, "always" | "exactly-once">>>
> = {
  consumer: {
    "enable.auto.commit": "always",
    "isolation.level": "exactly-once",
  },
  producer: { "enable.idempotence": "exactly-once", "transactional.id": "exactly-once" },
};
