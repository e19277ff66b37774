// What a producer's settings mean for its records when a broker fails.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { allAcks, isAll, keyFor, settingFor, type Word } from "../known/clients.ts";
import { numberOf, type Setting } from "../setting.ts";
import { failoverOf, isKnown, says, settingOf, time, where } from "./words.ts";

function producers({ clients }: Facts): readonly Client[] {
  return clients.filter(({ role }) => role === "producer");
}

function each(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return producers(facts).flatMap((client) => find(client) ?? []);
}

function java(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return producers(facts).filter(({ kind }) => kind === "java").flatMap((client) => find(client) ?? []);
}

/** A setting that must be there for this client. */
function need(client: Client, word: Word): Setting {
  return settingFor(client, word) ?? { key: word, written: word, value: "", origin: "default", at: client.settings.at };
}

function spell(client: Client, word: Word, value: string): string {
  return client.settings.spell(keyFor(client, word) ?? word, value);
}

/** Why a producer is not idempotent, or null where it is. */
function notIdempotent(client: Client): Setting | null {
  const idempotent = need(client, "idempotent");
  if (idempotent.value.toLowerCase() !== "true") return idempotent;
  if (client.kind !== "java" || idempotent.origin === "file") return null;
  const { settings } = client;
  const spoils = [!isAll(settings.of("acks").value) && isKnown(settings.of("acks")) ? "acks" : null, settings.number("retries") === 0 ? "retries" : null, settings.number(IN_FLIGHT) > 5 ? IN_FLIGHT : null];
  const key = spoils.find((found) => found !== null);
  return key == null ? null : settings.of(key);
}

const IN_FLIGHT = "max.in.flight.requests.per.connection";

export const producerRules: readonly Rule[] = [
  {
    id: "acks-none",
    severity: "warning",
    title: "nobody acknowledges a record",
    source: "Kafka: acks=0, \"the producer will not wait for any acknowledgment\" (ProducerConfig.java)",
    check: (facts) => each(facts, (client) => {
      const acks = need(client, "acks");
      if (acks.value.trim() !== "0") return null;
      return { at: [acks], happens: "With acks=0 a record counts as sent when it is in the socket: all that is under way when a broker is stopped, killed or paused is lost without an error, and so is what a former leader refuses.", fix: spell(client, "acks", allAcks(client)) };
    }),
  },
  {
    id: "acks-leader-only",
    severity: "warning",
    title: "the leader alone acknowledges a record",
    source: "Kafka: acks=1, \"should the leader fail immediately after acknowledging the record … it will be lost\" (ProducerConfig.java)",
    check: (facts) => each(facts, (client) => {
      const acks = need(client, "acks");
      if (acks.value.trim() !== "1") return null;
      return { at: [acks], happens: "With acks=1 a record is acknowledged before any follower has it: when the leader is killed or cut off, what it had acknowledged and not yet handed on is lost.", fix: spell(client, "acks", allAcks(client)) };
    }),
  },
  {
    id: "acks-against-min-isr",
    severity: "warning",
    title: "min.insync.replicas has no effect on this producer",
    source: "Kafka: min.insync.replicas, \"when a producer sets acks to all (or -1)\" (TopicConfig.java)",
    check: (facts) => {
      const nodes = facts.cluster?.isAlone === false ? where(facts.cluster.brokers, "min.insync.replicas", (min) => min > 1) : [];
      const [first] = nodes;
      return first === undefined ? [] : each(facts, (client) => {
        const acks = need(client, "acks");
        if (isAll(acks.value) || !isKnown(acks)) return null;
        const min = first.settings.number("min.insync.replicas");
        return { at: [acks, ...settingOf(nodes, "min.insync.replicas")], happens: `The brokers ask for ${min} replicas before a record counts, but only of producers with acks=all: with ${says(acks)} this one is acknowledged by ${acks.value === "0" ? "nobody" : "the leader alone"}, also while the ISR is below ${min}.`, fix: spell(client, "acks", allAcks(client)) };
      });
    },
  },
  {
    id: "idempotence-conflict",
    severity: "error",
    title: "the producer is told to be idempotent, and not to be",
    source: "Kafka: ProducerConfig.postProcessAndValidateIdempotenceConfigs, tried with 3.9.2 and 4.4.0; librdkafka: rdkafka_conf.c; kafkajs: producer/messageProducer.js",
    check: (facts) => each(facts, (client) => {
      const idempotent = need(client, "idempotent");
      if (idempotent.value.toLowerCase() !== "true" || idempotent.origin !== "file") return null;
      const acks = need(client, "acks");
      const retries = need(client, "retries");
      const inFlight = settingFor(client, "inFlight");
      if (isKnown(acks) && acks.origin === "file" && !isAll(acks.value)) return { at: [acks, idempotent], happens: `It ${client.kind === "kafkajs" ? "throws with the first send" : "does not start"}: an idempotent producer needs acks=all, and acks is ${acks.value}.`, fix: spell(client, "acks", allAcks(client)) };
      if (numberOf(retries.value) === 0) return { at: [retries, idempotent], happens: "It does not start: an idempotent producer must be allowed to retry, and retries is 0.", fix: `remove ${retries.written}` };
      if (client.kind === "kafkajs" || inFlight === null || inFlight.origin !== "file" || !(numberOf(inFlight.value) > 5)) return null;
      return { at: [inFlight, idempotent], happens: `It does not start: an idempotent producer may have 5 requests under way to a broker, and ${inFlight.value} are asked for.`, fix: spell(client, "inFlight", "5") };
    }),
  },
  {
    id: "too-many-in-flight",
    severity: "error",
    title: "more than five requests under way end idempotence",
    source: "Kafka: ProducerConfig.postProcessAndValidateIdempotenceConfigs: 3.9.2 turns idempotence off, 4.4.0 throws (both tried)",
    check: (facts) => java(facts, ({ settings }) => {
      if (settings.given.has("enable.idempotence") || !(settings.number(IN_FLIGHT) > 5)) return null;
      return { at: [settings.of(IN_FLIGHT)], happens: `With ${settings.number(IN_FLIGHT)} requests under way clients before 4.0 quietly turn idempotence off, so that retries can duplicate and reorder; from 4.0 on the producer does not start.`, fix: settings.spell(IN_FLIGHT, "5") };
    }),
  },
  {
    id: "retries-reorder",
    severity: "warning",
    title: "retries can duplicate records and change their order",
    source: "Kafka: enable.idempotence, max.in.flight.requests.per.connection, \"there is a risk of message re-ordering after a failed send\"; librdkafka: retries; kafkajs: idempotent",
    check: (facts) => each(facts, (client) => {
      const why = notIdempotent(client);
      const inFlight = settingFor(client, "inFlight");
      const retries = need(client, "retries");
      if (why === null || numberOf(inFlight?.value ?? "") === 1 || numberOf(retries.value) === 0 || need(client, "acks").value.trim() === "0") return null;
      if (why.key === IN_FLIGHT) return null; // told by another rule
      const many = inFlight === null ? "any number of" : inFlight.value;
      const happens = `The producer is not idempotent (${says(why)}), retries, and has ${many} requests under way: when an answer is lost with its leader or late, the record is written twice, and a later one can overtake it.`;
      const fix = why.key === "acks" ? spell(client, "acks", "all") : `${spell(client, "idempotent", "true")}${client.kind === "kafkajs" ? ` with ${client.settings.spell("retry.retries", "2147483647")}` : ""}, or ${spell(client, "inFlight", "1")}`;
      return { at: [why, ...(inFlight === null ? [] : [inFlight])], happens, fix, ...(client.kind !== "java" && why.origin !== "file" && { severity: "note" as const }) };
    }),
  },
  {
    id: "transactional-without-idempotence",
    severity: "error",
    title: "a transactional producer that is not idempotent",
    source: "Kafka: ProducerConfig, \"cannot set a transactional.id without also enabling idempotence\", tried with 3.9.2 and 4.4.0; librdkafka: rdkafka_conf.c",
    check: (facts) => each(facts, (client) => {
      const id = settingFor(client, "transactionalId");
      const why = notIdempotent(client);
      if (client.kind === "kafkajs" || id === null || why === null || why.origin !== "file") return null;
      return { at: [why, id], happens: `It does not start: ${id.key} needs idempotence, and ${says(why)} turns that off.`, fix: `remove ${why.written}` };
    }),
  },
  {
    id: "transaction-timeout-above-maximum",
    severity: "error",
    title: "the transaction timeout is above the broker's maximum",
    source: "Kafka: transaction.max.timeout.ms, default 900000 (TransactionStateManagerConfig.java); TransactionCoordinator answers INVALID_TRANSACTION_TIMEOUT",
    check: (facts) => each(facts, (client) => {
      const timeout = need(client, "transactionTimeout");
      const brokers = facts.cluster?.brokers.slice(0, 1) ?? [];
      const max = brokers[0]?.settings.number("transaction.max.timeout.ms") ?? 900_000;
      if (settingFor(client, "transactionalId") === null || !(numberOf(timeout.value) > max)) return null;
      return { at: [timeout, ...settingOf(brokers, "transaction.max.timeout.ms")], happens: `The producer cannot begin: it asks for ${time(numberOf(timeout.value))} and the broker allows ${time(max)} (INVALID_TRANSACTION_TIMEOUT).`, fix: spell(client, "transactionTimeout", String(max)) };
    }),
  },
  {
    id: "delivery-below-request",
    severity: "error",
    title: "delivery.timeout.ms is below linger.ms + request.timeout.ms",
    source: "Kafka: KafkaProducer.configureDeliveryTimeout, tried with 3.9.2 and 4.4.0",
    check: (facts) => java(facts, ({ settings }) => {
      const [delivery, linger, request] = ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"].map((key) => settings.number(key));
      if (!(delivery! < linger! + request!)) return null;
      const sum = linger! + request!;
      const at = [settings.of("delivery.timeout.ms"), settings.of("request.timeout.ms"), settings.of("linger.ms")];
      if (settings.given.has("delivery.timeout.ms")) return { at, happens: `The producer does not start: delivery.timeout.ms (${time(delivery!)}) must be at least linger.ms + request.timeout.ms (${time(sum)}).`, fix: settings.spell("delivery.timeout.ms", String(sum)) };
      return { at: [at[1]!, at[0]!], severity: "note", happens: `Kafka raises delivery.timeout.ms from ${time(delivery!)} to ${time(sum)} with a warning: a record whose broker hangs is only given up then.`, fix: settings.spell("request.timeout.ms", "30000") };
    }),
  },
  {
    id: "delivery-timeout-below-failover",
    severity: "warning",
    title: "a record is given up before another leader is there",
    source: "Kafka: delivery.timeout.ms; broker.session.timeout.ms, controller.quorum.fetch.timeout.ms (KRaftConfigs.java, QuorumConfig.java); librdkafka: message.timeout.ms",
    check: (facts) => each(facts, (client) => {
      const delivery = settingFor(client, "deliveryTimeout");
      const { ms, controllerMs, session } = failoverOf(facts.cluster);
      const value = numberOf(delivery?.value ?? "");
      if (delivery === null || facts.cluster?.isAlone === true || value === 0 || !(value < controllerMs)) return null;
      return { at: [delivery, ...(session === null ? [] : [session])], happens: `A record is given up after ${time(value)}; a killed leader is replaced after up to ${time(ms)}, and after about ${time(controllerMs)} if it was the active controller too. Records of that time fail, although waiting would have saved them.`, fix: spell(client, "deliveryTimeout", "120000") };
    }),
  },
  {
    id: "retries-below-failover",
    severity: "warning",
    title: "the retries are used up before another leader is there",
    source: "Kafka: retries (\"leave it unset and use delivery.timeout.ms\"), retry.backoff.ms, retry.backoff.max.ms (KIP-580); librdkafka: message.send.max.retries; broker.session.timeout.ms",
    check: (facts) => each(facts, (client) => {
      const retries = need(client, "retries");
      const count = numberOf(retries.value);
      const { ms, session } = failoverOf(facts.cluster);
      if (client.kind === "kafkajs" || facts.cluster?.isAlone === true || Number.isNaN(count)) return null;
      const [first, most] = [client.settings.number("retry.backoff.ms"), client.settings.number("retry.backoff.max.ms")];
      const sum = backoffs(Math.min(count, 1000), first, Math.max(most, first));
      if (!(sum < ms)) return null;
      const what = count === 0 ? "Nothing is sent again" : `${count} retries with their pauses last about ${time(sum)}`;
      return { at: [retries, ...(session === null ? [] : [session])], happens: `${what}; a killed leader is replaced after up to ${time(ms)}. What is sent in between fails${count === 0 ? ", and so does what meets a leader that has just stepped down (a clean stop)" : ""}.`, fix: `remove ${retries.written}: ${client.kind === "java" ? "delivery.timeout.ms" : "message.timeout.ms"} bounds it` };
    }),
  },
  {
    id: "request-timeout-below-replica-lag",
    severity: "warning",
    title: "requests are given up before the broker leaves a hung follower behind",
    source: "Kafka: request.timeout.ms, \"this should be larger than replica.lag.time.max.ms … to reduce the possibility of message duplication\" (ProducerConfig.java)",
    check: (facts) => producers(facts).filter(({ kind }) => kind !== "librdkafka").flatMap((client) => {
      const request = need(client, "requestTimeout");
      const nodes = facts.cluster?.isAlone === false ? where(facts.cluster.brokers, "replica.lag.time.max.ms", (lag) => numberOf(request.value) < lag) : [];
      if (nodes[0] === undefined || !isAll(need(client, "acks").value)) return [];
      const lag = nodes[0].settings.number("replica.lag.time.max.ms");
      const safe = notIdempotent(client) === null;
      const more = safe ? "The producer is idempotent, so nothing is written twice, but each such request is sent again for nothing." : "Each is written again, and was written already: duplicates.";
      return [{ at: [request, ...settingOf(nodes, "replica.lag.time.max.ms")], happens: `When a follower hangs, acks=all waits until it has left the ISR, ${time(lag)} or more; requests end after ${time(numberOf(request.value))}. ${more}`, fix: spell(client, "requestTimeout", String(lag + 5000)), ...(safe && { severity: "note" as const }) }];
    }),
  },
  {
    id: "max-block-short",
    severity: "warning",
    title: "a new producer gives up before it can try a second broker",
    source: "Kafka: max.block.ms; socket.connection.setup.timeout.ms, default 10000 (KIP-601); KafkaProducer.waitOnMetadata",
    check: (facts) => java(facts, ({ settings }) => {
      const [block, setup] = [settings.number("max.block.ms"), settings.number("socket.connection.setup.timeout.ms")];
      if (!(block < setup)) return null;
      return { at: [settings.of("max.block.ms"), settings.of("socket.connection.setup.timeout.ms")], happens: `send() gives up after ${time(block)} without metadata; a bootstrap server that is paused or cut off is left after ${time(setup)} at the earliest. A new producer that meets it first fails with "not present in metadata after ${block} ms".`, fix: settings.spell("max.block.ms", "60000") };
    }),
  },
  {
    id: "request-above-message-limit",
    severity: "warning",
    title: "the producer may send what the broker refuses",
    source: "Kafka: max.request.size (ProducerConfig.java), message.max.bytes (ServerLogConfigs.java)",
    check: (facts) => java(facts, ({ settings }) => {
      const nodes = where(facts.cluster?.brokers ?? [], "message.max.bytes", (max) => settings.number("max.request.size") > max);
      if (nodes[0] === undefined) return null;
      const max = nodes[0].settings.number("message.max.bytes");
      return { at: [settings.of("max.request.size"), ...settingOf(nodes, "message.max.bytes")], happens: `The producer lets records of up to ${settings.number("max.request.size")} bytes pass, the broker takes batches of ${max}: larger ones fail with RecordTooLargeException, each time.`, fix: `${nodes[0].settings.spell("message.max.bytes", settings.of("max.request.size").value)} on every broker, or a lower max.request.size` };
    }),
  },
];

/** The sum of exponential pauses, without jitter. */
function backoffs(count: number, first: number, most: number): number {
  let sum = 0;
  for (let i = 0, pause = first; i < count; i++, pause = Math.min(2 * pause, most)) sum += pause;
  return sum;
}
