// What a long network delay does to a client that starts.

import type { Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { numberOf } from "../setting.ts";
import { time } from "./words.ts";

type Client = Facts["clients"][number];

const isJavaProducer = ({ kind, role }: Client): boolean => kind === "java" && role === "producer";
const isNotLibrdkafka = ({ kind }: Client): boolean => kind !== "librdkafka";

/** What a delay does to some of the clients; nothing where none was named. */
function underDelay(
  { clients, delay }: Facts,
  concerns: (client: Client) => boolean,
  check: (client: Client, delay: NonNullable<Facts["delay"]>) => Problem[],
): Problem[] {
  return delay === null ? [] : clients.filter(concerns).flatMap((client) => check(client, delay));
}

export const delayRules: readonly Rule[] = [
  {
    id: "max-block-against-delay",
    severity: "error",
    title: "a new producer does not get metadata in time",
    source:
      'Kafka: max.block.ms; KafkaProducer.waitOnMetadata, "Topic … not present in metadata after … ' +
      'ms"; measured by scripts/03-long-delay.ts',
    check: (facts) =>
      underDelay(facts, isJavaProducer, ({ settings }, delay) => {
        const block = settings.number("max.block.ms");
        const needs = 3 * delay.ms;
        if (!(block <= needs)) return [];
        return [
          {
            settings: [settings.of("max.block.ms")],
            happens:
              `With answers delayed by ${delay.text}, a new producer needs three round trips ` +
              `(connection, ApiVersions, Metadata), ${time(needs)}, before it has the topic's ` +
              `metadata; send() gives up after ${time(block)}: "not present in metadata after ` +
              `${block} ms". A connected producer needs one.`,
            fix: fixing(
              settings.set("max.block.ms", String(4 * delay.ms)),
              ", or a bootstrap server without the delay",
            ),
          },
        ];
      }),
  },
  {
    id: "request-timeout-against-delay",
    severity: "error",
    title: "requests time out before the delayed answer arrives",
    source:
      "Kafka: request.timeout.ms; the dial through a published port and ApiVersions are two delays " +
      "(measured by scripts/03-long-delay.ts); kafkajs: requestTimeout (network/requestQueue)",
    check: (facts) =>
      underDelay(facts, isNotLibrdkafka, (client, delay) => {
        const request = settingFor(client, "requestTimeout")!;
        const [ms, fetchWait] = [
          numberOf(request.value),
          client.kind === "java" && client.role === "consumer"
            ? client.settings.number("fetch.max.wait.ms")
            : 0,
        ];
        const key = keyFor(client, "requestTimeout")!;
        const longer = client.settings.set(key, String(2 * delay.ms + 10_000));
        const delivery = Math.max(5 * delay.ms, 2 * (2 * delay.ms + 10_000));
        const fix =
          client.kind === "java" && client.role === "producer"
            ? fixing(longer, ", with ", client.settings.set("delivery.timeout.ms", String(delivery)))
            : longer;
        const waits = fetchWait > 0 ? `, and a fetch on a quiet topic waits ${time(fetchWait)} before` : "";
        if (ms < delay.ms + fetchWait)
          return [
            {
              settings: [request],
              happens:
                `Answers are delayed by ${delay.text}` +
                `${waits}; ` +
                `requests time out after ${time(ms)}: "disconnecting due to request timeout", ` +
                "each time.",
              fix,
            },
          ];
        if (ms < 2 * delay.ms)
          return [
            {
              settings: [request],
              severity: "warning",
              happens:
                "On an open connection an answer takes one delay" +
                `${ms === delay.ms ? `, and ${time(ms)} against ${delay.text} is a race` : ""}; ` +
                "on a new one through a published port the first answer takes two, " +
                `${time(2 * delay.ms)}, and requests time out after ${time(ms)}: a client that ` +
                "starts cannot connect.",
              fix,
            },
          ];
        return [];
      }),
  },
  {
    id: "delivery-timeout-against-delay",
    severity: "warning",
    title: "a new producer's first record expires under the delay",
    source:
      "Kafka: delivery.timeout.ms counts from the append; then connection, ApiVersions and Produce to " +
      "the leader, three delays",
    check: (facts) =>
      underDelay(facts, isJavaProducer, ({ settings }, delay) => {
        const delivery = settings.number("delivery.timeout.ms");
        if (!(delivery <= 3 * delay.ms)) return [];
        return [
          {
            settings: [settings.of("delivery.timeout.ms")],
            happens:
              "Once it has the metadata, a new producer needs three delayed round trips " +
              `(connection, ApiVersions, Produce), ${time(3 * delay.ms)}; the record expires ` +
              `after ${time(delivery)}.`,
            fix: settings.set("delivery.timeout.ms", String(5 * delay.ms)),
          },
        ];
      }),
  },
  {
    id: "connection-timeout-against-delay",
    severity: "warning",
    title: "connections time out before they are established",
    source:
      "kafkajs: connectionTimeout, default 1000 (src/index.js); Kafka: " +
      "socket.connection.setup.timeout.max.ms, default 30000 (KIP-601)",
    check: (facts) =>
      underDelay(facts, isNotLibrdkafka, ({ kind, settings }, delay) => {
        const key = kind === "kafkajs" ? "connectionTimeout" : "socket.connection.setup.timeout.max.ms";
        if (!(settings.number(key) <= delay.ms)) return [];
        return [
          {
            settings: [settings.of(key)],
            happens:
              `On the brokers' own network a connection takes ${delay.text} and times out after ` +
              `${time(settings.number(key))}, each time. (Through a published port it is accepted ` +
              "at once.)",
            fix:
              kind === "kafkajs"
                ? settings.set(key, String(delay.ms + 5000))
                : fixing(
                    settings.set(key, String(delay.ms + 10_000)),
                    " and ",
                    settings.set("socket.connection.setup.timeout.ms", String(delay.ms + 10_000)),
                  ),
          },
        ];
      }),
  },
];
