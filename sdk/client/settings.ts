// A probe's settings, written out: what was given, and the lab's default for everything else.

import type { ClientSettings, KafkajsSettings } from "./client.ts";
import { javaSettings } from "./java/settings.ts";
import { type Duration, toMs } from "../model/duration.ts";
import { checkTopicName, readBootstrap } from "../kafka/mod.ts";
import { type Security, type SecurityOptions, shownSecurity } from "../model/security.ts";

/** Options of a probe. Times are durations: `"5s"`, or milliseconds. */
export interface ProbeOptions {
  /** Must be unique in the run. @default probe, probe-2, … */
  name?: string;
  /** The topic that it sends to. @default the lab's topic */
  topic?: string;
  /**
   * The partition of every record for which its send or load names no other. Not for `client: "java"`.
   *
   * @default chosen by the client's partitioner
   */
  partition?: number;
  /**
   * The client: kafkajs, or Kafka's own in Java. For `"java"` the defaults are Kafka's own, not those given
   * here.
   *
   * @default "kafkajs"
   */
  client?: "kafkajs" | "java";
  /** Any property of Kafka's own client, by Kafka's name; for `client: "java"` only. */
  properties?: Readonly<Record<string, string>>;
  /** The bootstrap servers: all brokers, the first one only, or a list of `host:port`. @default "all" */
  bootstrap?: "all" | "one" | readonly string[];
  /** Which replicas must have a record before it is acknowledged; `"all"` is -1. @default "all" */
  acks?: "all" | -1 | 0 | 1;
  /** Whether brokers drop repeated records (KIP-98); needs acks all. @default false, as in kafkajs */
  idempotent?: boolean;
  /** After which a request without a response fails. @default "5s" */
  requestTimeout?: Duration;
  /** After which an attempt to connect fails. @default "1s", kafkajs's */
  connectionTimeout?: Duration;
  /**
   * Attempts after the first.
   *
   * @default 2147483647: limited by deliveryTimeout, as in the Java client; kafkajs's own 5 are used up
   *   before a dead broker is fenced
   */
  retries?: number;
  /**
   * The first back-off; it doubles. @default "100ms", the Java client's retry.backoff.ms (kafkajs: 300 ms)
   */
  initialRetryTime?: Duration;
  /**
   * The longest back-off.
   *
   * @default "200ms", so that back-off adds little to a measured outage; the Java client's
   *   retry.backoff.max.ms is 1 s, kafkajs's 30 s
   */
  maxRetryTime?: Duration;
  /** After which metadata is requested again. @default "5m", kafkajs's */
  metadataMaxAge?: Duration;
  /** After which a send ends as `info` or `fail`. @default "2m", the Java client's delivery.timeout.ms */
  deliveryTimeout?: Duration;
  /** Whether a hung connection is closed after requestTimeout, as the Java client does. @default true */
  dropHungConnections?: boolean;
  /** Whether a metadata request may create the topic. @default true, kafkajs's */
  allowAutoTopicCreation?: boolean;
  /** How it authenticates and encrypts; an option that is not given is the lab's. @default the lab's */
  security?: SecurityOptions;
}

/**
 * Writes all settings out.
 *
 * @param security `options.security` over the lab's, read; @default what the options say of it
 * @throws TypeError, RangeError for a value that cannot be
 */
export function writeOut(
  options: ProbeOptions,
  endpoints: readonly string[],
  security?: Security,
): ClientSettings {
  const settings = settingsOf(options, endpoints);
  const shown = security?.shown() ?? (options.security && shownSecurity(options.security));
  return shown === undefined ? settings : { ...settings, security: shown };
}

function settingsOf(options: ProbeOptions, endpoints: readonly string[]): ClientSettings {
  const { client = "kafkajs", acks, idempotent, topic } = options;
  if (topic !== undefined) checkTopicName(topic);
  if (acks !== undefined && acks !== "all" && acks !== -1 && acks !== 0 && acks !== 1)
    throw new TypeError(`Cannot use acks ${JSON.stringify(acks)}: expected "all", -1, 0 or 1`);
  if (idempotent && acks !== undefined && acks !== "all" && acks !== -1)
    throw new TypeError(`Cannot be idempotent with acks ${acks}: it needs "all"`);
  const addresses = addressesOf(options, endpoints);
  switch (client) {
    case "kafkajs":
      return forKafkajs(options, addresses);
    case "java":
      return javaSettings(milliseconds(options), addresses);
    default:
      throw new TypeError(`Cannot use the client ${JSON.stringify(client)}: there are "kafkajs" and "java"`);
  }
}

function addressesOf({ bootstrap = "all" }: ProbeOptions, endpoints: readonly string[]): readonly string[] {
  const addresses =
    typeof bootstrap === "string" ? (bootstrap === "one" ? endpoints.slice(0, 1) : endpoints) : bootstrap;
  if (bootstrap !== "all" && bootstrap !== "one" && !Array.isArray(bootstrap))
    throw new TypeError(
      `Cannot bootstrap from ${JSON.stringify(bootstrap)}: expected "all", "one" or a list of host:port`,
    );
  if (addresses.length === 0) throw new TypeError("Cannot bootstrap from an empty list");
  for (const address of typeof bootstrap === "string" ? [] : addresses) {
    const read = readBootstrap(address);
    if ("fault" in read)
      throw new TypeError(`Cannot bootstrap from ${JSON.stringify(address)}: ${read.fault}`);
  }
  return addresses;
}

function forKafkajs(options: ProbeOptions, bootstrap: readonly string[]): KafkajsSettings {
  if (options.properties !== undefined)
    throw new TypeError('Cannot give kafkajs Kafka\'s properties: it has none; they are for client "java"');
  return {
    client: "kafkajs",
    bootstrap,
    acks: options.acks === undefined || options.acks === "all" ? -1 : options.acks,
    idempotent: options.idempotent ?? false,
    requestTimeout: toMs(options.requestTimeout ?? "5s"),
    connectionTimeout: toMs(options.connectionTimeout ?? "1s"),
    retries: options.retries ?? 2_147_483_647,
    initialRetryTime: toMs(options.initialRetryTime ?? "100ms"),
    maxRetryTime: toMs(options.maxRetryTime ?? "200ms"),
    metadataMaxAge: toMs(options.metadataMaxAge ?? "5m"),
    deliveryTimeout: toMs(options.deliveryTimeout ?? "2m"),
    dropHungConnections: options.dropHungConnections ?? true,
    allowAutoTopicCreation: options.allowAutoTopicCreation ?? true,
  };
}

const TIMES = [
  "requestTimeout",
  "connectionTimeout",
  "initialRetryTime",
  "maxRetryTime",
  "metadataMaxAge",
  "deliveryTimeout",
] as const;

/** The options with their durations in milliseconds. */
function milliseconds(
  options: ProbeOptions,
): Omit<ProbeOptions, (typeof TIMES)[number]> & { [Time in (typeof TIMES)[number]]?: number } {
  return {
    ...options,
    ...Object.fromEntries(
      TIMES.flatMap((time) => (options[time] === undefined ? [] : [[time, toMs(options[time])]])),
    ),
  } as ReturnType<typeof milliseconds>;
}
