// The lab's settings by Kafka's names, and Kafka's defaults for the rest (ProducerConfig.java,
// ConsumerConfig.java; the same in 3.9 and 4.4).
//
// `properties` is what the client is given; every other field is read from it, so what is shown cannot differ
// from what is sent.

import { checkProperties, valueOf } from "../../kafka/mod.ts";
import type { Security } from "../../model/security.ts";
import { propertiesText } from "../../runtime/properties-file.ts";
import type { JavaSettings } from "../client.ts";
import { javaSecurity } from "./security.ts";

/** A Java client's options; times in milliseconds. */
export interface JavaOptions {
  acks?: "all" | -1 | 0 | 1;
  idempotent?: boolean;
  requestTimeout?: number;
  connectionTimeout?: number;
  retries?: number;
  initialRetryTime?: number;
  maxRetryTime?: number;
  metadataMaxAge?: number;
  deliveryTimeout?: number;
  dropHungConnections?: boolean;
  allowAutoTopicCreation?: boolean;
  properties?: Readonly<Record<string, string>>;
}

/** One option, Kafka's names for it, and Kafka's default. */
const NAMES = {
  acks: [["acks"], "all"],
  idempotent: [["enable.idempotence"], ""],
  requestTimeout: [["request.timeout.ms"], "30000"],
  // a client doubles the first up to the second: both, so that it is what was asked for
  connectionTimeout: [
    ["socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms"],
    "10000",
  ],
  retries: [["retries"], "2147483647"],
  initialRetryTime: [["retry.backoff.ms"], "100"],
  maxRetryTime: [["retry.backoff.max.ms"], "1000"],
  metadataMaxAge: [["metadata.max.age.ms"], "300000"],
  deliveryTimeout: [["delivery.timeout.ms"], "120000"],
} as const satisfies Partial<Record<keyof JavaOptions, readonly [readonly string[], string]>>;

type Named = keyof typeof NAMES;

/**
 * Writes the settings of a Java client out.
 *
 * @throws TypeError for what Kafka's client does not have or would refuse, or what is given twice
 */
export function javaSettings(options: JavaOptions, bootstrap: readonly string[]): JavaSettings {
  if (options.dropHungConnections !== undefined)
    throw new TypeError(
      'Cannot use dropHungConnections with client "java": ' +
        "it always closes a connection whose request timed out",
    );
  if (options.allowAutoTopicCreation === false)
    throw new TypeError(
      'Cannot use allowAutoTopicCreation: false with client "java": ' +
        "Kafka's producer always asks for it; the brokers' auto.create.topics.enable decides",
    );
  const properties = together(options);
  // a probe sends and reads, so its properties are a producer's and a consumer's
  checkProperties(properties, null, "producer");
  checkProperties(properties, null, "consumer");
  const of = (name: Named): string => (properties[NAMES[name][0][0]] ?? NAMES[name][1]).trim();
  const number = (name: Named): number => Number(of(name));
  const acks = of("acks") === "all" ? -1 : (number("acks") as -1 | 0 | 1);
  return {
    client: "java",
    bootstrap,
    acks,
    idempotent: isIdempotent(properties, acks),
    requestTimeout: number("requestTimeout"),
    connectionTimeout: number("connectionTimeout"),
    retries: number("retries"),
    initialRetryTime: number("initialRetryTime"),
    maxRetryTime: number("maxRetryTime"),
    metadataMaxAge: number("metadataMaxAge"),
    deliveryTimeout: number("deliveryTimeout"),
    allowAutoTopicCreation: true,
    properties,
  };
}

function together(options: JavaOptions): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.properties ?? {})) {
    if (typeof value !== "string")
      throw new TypeError(`Cannot use ${JSON.stringify(value)} for ${name}: Kafka's properties are text`);
    properties[name] = value;
  }
  if ("bootstrap.servers" in properties)
    throw new TypeError("Cannot use the property bootstrap.servers: give `bootstrap` instead");
  for (const name of Object.keys(NAMES) as Named[]) {
    const value = options[name];
    if (value === undefined) continue;
    for (const property of NAMES[name][0]) {
      if (property in properties)
        throw new TypeError(`Cannot use both ${name} and the property ${property}: they are the same`);
      properties[property] = value === -1 ? "all" : String(value);
    }
  }
  return properties;
}

/**
 * The default is true, and Kafka drops it without a word where another property forbids it
 * (ProducerConfig.maybeOverrideEnableIdempotence).
 */
function isIdempotent(properties: Readonly<Record<string, string>>, acks: number): boolean {
  const asked = properties["enable.idempotence"];
  if (asked !== undefined) return valueOf("producer", properties, "enable.idempotence") === true;
  return (
    acks === -1 &&
    Number(properties["retries"] ?? 1) !== 0 &&
    Number(properties["max.in.flight.requests.per.connection"] ?? 5) <= 5
  );
}

/** A program whose defaults differ from Kafka's. */
export type Purpose = "stream" | "single" | "read";

/**
 * Writes a client's properties file.
 *
 * The tools have defaults of their own, which would make another client of it: VerifiableProducer retries
 * nothing, ConsoleProducer waits a second for more records (linger.ms) and 1.5 s for an answer. They are set
 * back to Kafka's.
 *
 * @param major of the client: linger.ms is 0 before 4.0 and 5 since (KIP-1030)
 */
export function propertiesFile(
  settings: JavaSettings,
  how: { purpose: Purpose; name: string; major: number; security?: Security | undefined },
): string {
  const all = {
    "client.id": how.name,
    ...OWN[how.purpose],
    ...javaSecurity(how.security),
    ...(how.purpose === "single" ? { "linger.ms": how.major < 4 ? "0" : "5" } : {}),
    ...settings.properties,
  };
  return propertiesText(all);
}

const OWN: Readonly<Record<Purpose, Readonly<Record<string, string>>>> = {
  stream: { retries: "2147483647" },
  single: { retries: "2147483647", "request.timeout.ms": "30000", "send.buffer.bytes": "131072" },
  read: {},
};
