// How long a producer waits, and for what: its timeouts and retries against the time that a cluster takes to
// fail over.

import type { Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { isAll, settingFor } from "../known/clients.ts";
import { numberOf } from "../setting.ts";
import { eachJavaProducer, eachProducer, need, notIdempotent, producers, set } from "./producers.ts";
import { failoverOf, onEvery, settingOf, time, where } from "./words.ts";

export const producerRules: readonly Rule[] = [
  {
    id: "delivery-below-request",
    severity: "error",
    title: "delivery.timeout.ms is below linger.ms + request.timeout.ms",
    source: "Kafka: KafkaProducer.configureDeliveryTimeout, tried with 3.9.2 and 4.4.0",
    check: (facts) =>
      eachJavaProducer(facts, ({ settings }) => {
        const [delivery, linger, request] = ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"].map(
          (key) => settings.number(key),
        );
        if (!(delivery! < linger! + request!)) return null;
        const sum = linger! + request!;
        const basis = [
          settings.of("delivery.timeout.ms"),
          settings.of("request.timeout.ms"),
          settings.of("linger.ms"),
        ];
        if (settings.given.has("delivery.timeout.ms"))
          return {
            settings: basis,
            happens:
              `The producer does not start: delivery.timeout.ms (${time(delivery!)}) must be at least ` +
              `linger.ms + request.timeout.ms (${time(sum)}).`,
            fix: settings.set("delivery.timeout.ms", String(Math.max(sum, 120_000))),
          };
        return {
          settings: [basis[1]!, basis[0]!],
          severity: "note",
          happens:
            `Kafka raises delivery.timeout.ms from ${time(delivery!)} to ${time(sum)} with a warning: a ` +
            "record whose broker hangs expires only then.",
          fix: settings.set("request.timeout.ms", "30000"),
        };
      }),
  },
  {
    id: "delivery-timeout-below-failover",
    severity: "warning",
    title: "records expire before a new leader is elected",
    source:
      "Kafka: delivery.timeout.ms; broker.session.timeout.ms, controller.quorum.fetch.timeout.ms " +
      "(KRaftConfigs.java, QuorumConfig.java); librdkafka: message.timeout.ms",
    check: (facts) =>
      eachProducer(facts, (client) => {
        const delivery = settingFor(client, "deliveryTimeout");
        const { ms, controllerMs, session } = failoverOf(facts.cluster);
        const value = numberOf(delivery?.value ?? "");
        if (delivery === null || facts.cluster?.isAlone === true || value === 0 || !(value < controllerMs))
          return null;
        return {
          settings: [delivery, ...(session === null ? [] : [session])],
          happens:
            `A record expires after ${time(value)}; a killed leader is replaced after up to ${time(ms)}, ` +
            `or about ${time(controllerMs)} if it was also the active controller. Records sent in that ` +
            "time fail, although a longer timeout would deliver them.",
          fix: set(client, "deliveryTimeout", "120000"),
        };
      }),
  },
  {
    id: "retries-below-failover",
    severity: "warning",
    title: "retries end before a new leader is elected",
    source:
      'Kafka: retries ("leave it unset and use delivery.timeout.ms"), retry.backoff.ms, ' +
      "retry.backoff.max.ms (KIP-580); librdkafka: message.send.max.retries; broker.session.timeout.ms",
    check: (facts) =>
      eachProducer(facts, (client) => {
        const retries = need(client, "retries");
        const count = numberOf(retries.value);
        const { ms, session } = failoverOf(facts.cluster);
        if (client.kind === "kafkajs" || facts.cluster?.isAlone === true || Number.isNaN(count)) return null;
        const [first, most] = [
          client.settings.number("retry.backoff.ms"),
          client.settings.number("retry.backoff.max.ms"),
        ];
        const sum = backoffs(Math.min(count, 1000), first, Math.max(most, first));
        if (!(sum < ms)) return null;
        const what =
          count === 0
            ? "Nothing is sent again"
            : `${count} retries with their pauses last about ${time(sum)}`;
        return {
          settings: [retries, ...(session === null ? [] : [session])],
          happens:
            `${what}; a killed leader is replaced after up to ${time(ms)}. Records sent in between fail` +
            `${count === 0 ? " (also those sent to a leader that resigned in a controlled shutdown)" : ""}.`,
          fix: fixing(
            client.settings.remove(retries.key),
            `: ${client.kind === "java" ? "delivery.timeout.ms" : "message.timeout.ms"} bounds it`,
          ),
        };
      }),
  },
  {
    id: "request-timeout-below-replica-lag",
    severity: "warning",
    title: "requests time out before a hung follower leaves the ISR",
    source:
      'Kafka: request.timeout.ms, "this should be larger than replica.lag.time.max.ms … to reduce the ' +
      'possibility of message duplication" (ProducerConfig.java)',
    check: (facts) =>
      producers(facts)
        .filter(({ kind }) => kind !== "librdkafka")
        .flatMap((client) => {
          const request = need(client, "requestTimeout");
          const nodes =
            facts.cluster?.isAlone === false
              ? where(
                  facts.cluster.brokers,
                  "replica.lag.time.max.ms",
                  (lag) => numberOf(request.value) < lag,
                )
              : [];
          if (nodes[0] === undefined || !isAll(need(client, "acks").value)) return [];
          const lag = nodes[0].settings.number("replica.lag.time.max.ms");
          const safe = notIdempotent(client) === null;
          const more = safe
            ? "The producer is idempotent, so nothing is written twice, but each such request is sent " +
              "again for nothing."
            : "Each is written again, and was written already: duplicates.";
          return [
            {
              settings: [request, ...settingOf(nodes, "replica.lag.time.max.ms")],
              happens:
                `When a follower hangs, acks=all waits until it has left the ISR, ${time(lag)} or more; ` +
                `requests time out after ${time(numberOf(request.value))}. ${more}`,
              fix: set(client, "requestTimeout", String(lag + 5000)),
              ...(safe && { severity: "note" as const }),
            },
          ];
        }),
  },
  {
    id: "max-block-short",
    severity: "warning",
    title: "a new producer gives up before it tries a second broker",
    source:
      "Kafka: max.block.ms; socket.connection.setup.timeout.ms, default 10000 (KIP-601); " +
      "KafkaProducer.waitOnMetadata",
    check: (facts) =>
      eachJavaProducer(facts, ({ settings }) => {
        const [block, setup] = [
          settings.number("max.block.ms"),
          settings.number("socket.connection.setup.timeout.ms"),
        ];
        if (!(block < setup)) return null;
        return {
          settings: [settings.of("max.block.ms"), settings.of("socket.connection.setup.timeout.ms")],
          happens:
            `send() gives up after ${time(block)} without metadata; a bootstrap server that is paused ` +
            `or isolated is abandoned after ${time(setup)} at the earliest. A new producer that tries ` +
            `it first fails with "not present in metadata after ${block} ms".`,
          fix: settings.set("max.block.ms", String(Math.max(60_000, 2 * setup))),
        };
      }),
  },
  {
    id: "request-above-message-limit",
    severity: "warning",
    title: "max.request.size is above the brokers' message.max.bytes",
    source: "Kafka: max.request.size (ProducerConfig.java), message.max.bytes (ServerLogConfigs.java)",
    check: (facts) =>
      eachJavaProducer(facts, ({ settings }) => {
        const nodes = where(
          facts.cluster?.brokers ?? [],
          "message.max.bytes",
          (max) => settings.number("max.request.size") > max,
        );
        if (nodes[0] === undefined) return null;
        const max = nodes[0].settings.number("message.max.bytes");
        return {
          settings: [settings.of("max.request.size"), ...settingOf(nodes, "message.max.bytes")],
          happens:
            `The producer sends records of up to ${settings.number("max.request.size")} bytes, the ` +
            `broker accepts batches of ${max}: larger ones always fail with RecordTooLargeException.`,
          fix: fixing(
            onEvery(nodes, "message.max.bytes", settings.of("max.request.size").value),
            ", or a lower max.request.size",
          ),
        };
      }),
  },
];

/** The sum of exponential pauses, without jitter. */
function backoffs(count: number, first: number, most: number): number {
  let sum = 0;
  for (let i = 0, pause = first; i < count; i++, pause = Math.min(2 * pause, most)) sum += pause;
  return sum;
}
