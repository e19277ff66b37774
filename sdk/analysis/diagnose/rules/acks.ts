// Acknowledgements, idempotence and transactions of producers.

import type { Client } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { asFix, type Fix, fixing } from "../fix.ts";
import { allAcks, isAll, keyFor, settingFor } from "../known/clients.ts";
import { numberOf } from "../setting.ts";
import { eachJavaProducer, eachProducer, IN_FLIGHT, need, notIdempotent, set } from "./producers.ts";
import { isKnown, says, settingOf, time, where } from "./words.ts";

/** Sends that are acknowledged are repeated, too: without idempotence one at a time. */
function acknowledged(client: Client): Fix {
  const all = set(client, "acks", allAcks(client));
  const why = notIdempotent(client);
  if (why === null || why.key === "acks" || keyFor(client, "inFlight") === null) return all;
  return fixing(all, " with ", set(client, "inFlight", "1"));
}

export const acksRules: readonly Rule[] = [
  {
    id: "acks-none",
    severity: "warning",
    title: "records are not acknowledged",
    source: 'Kafka: acks=0, "the producer will not wait for any acknowledgment" (ProducerConfig.java)',
    check: (facts) =>
      eachProducer(facts, (client) => {
        const acks = need(client, "acks");
        if (acks.value.trim() !== "0") return null;
        return {
          settings: [acks],
          happens:
            "With acks=0 a record counts as sent when it is written to the socket: records under way " +
            "when a broker is stopped, killed or paused are silently lost, and so are those that a " +
            "former leader rejects.",
          fix: acknowledged(client),
        };
      }),
  },
  {
    id: "acks-leader-only",
    severity: "warning",
    title: "only the leader acknowledges records",
    source:
      'Kafka: acks=1, "should the leader fail immediately after acknowledging the record … it will be ' +
      'lost" (ProducerConfig.java)',
    check: (facts) =>
      eachProducer(facts, (client) => {
        const acks = need(client, "acks");
        if (acks.value.trim() !== "1") return null;
        return {
          settings: [acks],
          happens:
            "With acks=1 a record is acknowledged before any follower has it: when the leader is " +
            "killed or isolated, acknowledged records that were not replicated are lost.",
          fix: set(client, "acks", allAcks(client)),
        };
      }),
  },
  {
    id: "acks-against-min-isr",
    severity: "warning",
    title: "min.insync.replicas has no effect on this producer",
    source: 'Kafka: min.insync.replicas, "when a producer sets acks to all (or -1)" (TopicConfig.java)',
    check: (facts) => {
      const nodes =
        facts.cluster?.isAlone === false
          ? where(facts.cluster.brokers, "min.insync.replicas", (min) => min > 1)
          : [];
      const [first] = nodes;
      return first === undefined
        ? []
        : eachProducer(facts, (client) => {
            const acks = need(client, "acks");
            if (isAll(acks.value) || !isKnown(acks)) return null;
            const min = first.settings.number("min.insync.replicas");
            return {
              settings: [acks, ...settingOf(nodes, "min.insync.replicas")],
              happens:
                `min.insync.replicas=${min} applies to acks=all only: with ${says(acks)} this ` +
                "producer's records are acknowledged by " +
                `${acks.value === "0" ? "nobody" : "the leader alone"}, even while the ISR is below ` +
                `${min}.`,
              fix: set(client, "acks", allAcks(client)),
            };
          });
    },
  },
  {
    id: "idempotence-conflict",
    severity: "error",
    title: "the settings contradict idempotence",
    source:
      "Kafka: ProducerConfig.postProcessAndValidateIdempotenceConfigs, tried with 3.9.2 and 4.4.0; " +
      "librdkafka: rdkafka_conf.c; kafkajs: producer/messageProducer.js",
    check: (facts) =>
      eachProducer(facts, (client) => {
        const idempotent = need(client, "idempotent");
        if (idempotent.value.toLowerCase() !== "true" || idempotent.origin !== "file") return null;
        const acks = need(client, "acks");
        const retries = need(client, "retries");
        const inFlight = settingFor(client, "inFlight");
        if (isKnown(acks) && acks.origin === "file" && !isAll(acks.value))
          return {
            settings: [acks, idempotent],
            happens:
              `It ${client.kind === "kafkajs" ? "throws with the first send" : "does not start"}: an ` +
              `idempotent producer needs acks=all, and acks is ${acks.value}.`,
            fix: set(client, "acks", allAcks(client)),
          };
        if (numberOf(retries.value) === 0)
          return {
            settings: [retries, idempotent],
            happens: "It does not start: an idempotent producer must be allowed to retry, and retries is 0.",
            fix: client.settings.remove(retries.key),
          };
        if (
          client.kind === "kafkajs" ||
          inFlight === null ||
          inFlight.origin !== "file" ||
          !(numberOf(inFlight.value) > 5)
        )
          return null;
        return {
          settings: [inFlight, idempotent],
          happens:
            "It does not start: an idempotent producer may have at most 5 requests under way to a " +
            `broker, not ${inFlight.value}.`,
          fix: set(client, "inFlight", "5"),
        };
      }),
  },
  {
    id: "too-many-in-flight",
    severity: "error",
    title: "more than five requests under way disable idempotence",
    source:
      "Kafka: ProducerConfig.postProcessAndValidateIdempotenceConfigs: 3.9.2 turns idempotence off, " +
      "4.4.0 throws (both tried)",
    check: (facts) =>
      eachJavaProducer(facts, ({ settings }) => {
        // Connect's producers are not idempotent by default
        if (settings.given.has("enable.idempotence") || !settings.isTrue("enable.idempotence")) return null;
        if (!(settings.number(IN_FLIGHT) > 5)) return null;
        return {
          settings: [settings.of(IN_FLIGHT)],
          happens:
            `With ${settings.number(IN_FLIGHT)} requests under way clients before 4.0 silently disable ` +
            "idempotence, so that retries may duplicate and reorder; from 4.0 on the producer does not " +
            "start.",
          fix: settings.set(IN_FLIGHT, "5"),
        };
      }),
  },
  {
    id: "retries-reorder",
    severity: "warning",
    title: "retries may duplicate and reorder records",
    source:
      'Kafka: enable.idempotence, max.in.flight.requests.per.connection, "there is a risk of message ' +
      're-ordering after a failed send"; librdkafka: retries; kafkajs: idempotent',
    check: (facts) =>
      eachProducer(facts, (client) => {
        const why = notIdempotent(client);
        const inFlight = settingFor(client, "inFlight");
        const retries = need(client, "retries");
        if (
          why === null ||
          numberOf(inFlight?.value ?? "") === 1 ||
          numberOf(retries.value) === 0 ||
          need(client, "acks").value.trim() === "0"
        )
          return null;
        if (why.key === IN_FLIGHT) return null; // reported by too-many-in-flight
        const many = inFlight === null ? "any number of" : inFlight.value;
        const happens =
          `The producer is not idempotent (${says(why)}), retries, and has ${many} requests under way: ` +
          "when an answer is late or lost, the record is written twice, and a later one may overtake it.";
        const idempotent = set(client, "idempotent", "true");
        // kafkajs sends others while a failed one pauses, even with one request under way; an idempotent
        // producer then loses records (kafkajs-idempotent-loses)
        const alone =
          `send one at a time (await each send), with ${idempotent.text} and ` +
          client.settings.spell("retry.retries", "2147483647");
        const fix =
          why.key === "acks"
            ? set(client, "acks", "all")
            : client.kind === "kafkajs"
              ? asFix(alone)
              : fixing(idempotent, `, or ${set(client, "inFlight", "1").text}`);
        return {
          settings: [why, ...(inFlight === null ? [] : [inFlight])],
          happens,
          fix,
          ...(client.kind !== "java" && why.origin !== "file" && { severity: "note" as const }),
        };
      }),
  },
  {
    id: "transactional-without-idempotence",
    severity: "error",
    title: "a transactional producer that is not idempotent",
    source:
      'Kafka: ProducerConfig, "cannot set a transactional.id without also enabling idempotence", ' +
      "tried with 3.9.2 and 4.4.0; librdkafka: rdkafka_conf.c",
    check: (facts) =>
      eachProducer(facts, (client) => {
        const id = settingFor(client, "transactionalId");
        const why = notIdempotent(client);
        if (client.kind === "kafkajs" || id === null || why === null || why.origin !== "file") return null;
        return {
          settings: [why, id],
          happens: `It does not start: ${id.key} needs idempotence, and ${says(why)} disables it.`,
          fix: client.settings.remove(why.key),
        };
      }),
  },
  {
    id: "transaction-timeout-above-maximum",
    severity: "error",
    title: "the transaction timeout is above the broker's maximum",
    source:
      "Kafka: transaction.max.timeout.ms, default 900000 (TransactionStateManagerConfig.java); " +
      "TransactionCoordinator answers INVALID_TRANSACTION_TIMEOUT",
    check: (facts) =>
      eachProducer(facts, (client) => {
        const timeout = need(client, "transactionTimeout");
        const brokers = facts.cluster?.brokers.slice(0, 1) ?? [];
        const max = brokers[0]?.settings.number("transaction.max.timeout.ms") ?? 900_000;
        if (settingFor(client, "transactionalId") === null || !(numberOf(timeout.value) > max)) return null;
        return {
          settings: [timeout, ...settingOf(brokers, "transaction.max.timeout.ms")],
          happens:
            `The producer cannot initialise: it requests ${time(numberOf(timeout.value))}, and the ` +
            `broker allows ${time(max)} (INVALID_TRANSACTION_TIMEOUT).`,
          fix: set(client, "transactionTimeout", String(max)),
        };
      }),
  },
];
