// What keeps a consumer from committing, and what is read again because it commits late.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { settingFor } from "../known/clients.ts";
import { type Setting, numberOf } from "../setting.ts";
import { eachConsumer, givenFirst, groupOf, isOfConnect, isUnknown, msOf } from "./consumers.ts";
import { says, settingOf, time } from "./words.ts";

const AUTO = "enable.auto.commit";
const INTERVAL = "auto.commit.interval.ms";
const COMMIT_TIMEOUT = "offsets.commit.timeout.ms";
/** Longer is a choice that somebody should know of. */
const LONG_INTERVAL_MS = 60_000;

export const commitRules: readonly Rule[] = [
  {
    id: "group-id-missing",
    severity: "warning",
    title: "a consumer that commits has no group",
    source:
      'Kafka: ConsumerConfig.maybeOverrideEnableAutoCommit, "enable.auto.commit cannot be set to true ' +
      'when default group id (null) is used"; 4.x refuses an empty group.id; tried with 3.9.2 and ' +
      "4.4.0; kafkajs: src/consumer/index.js",
    check: (facts) => eachConsumer(facts, withoutGroup),
  },
  {
    id: "auto-commit-interval-long",
    severity: "note",
    title: "offsets are committed rarely",
    source: "Kafka: auto.commit.interval.ms, default 5000 (ConsumerConfig.java); librdkafka: the same",
    check: (facts) => eachConsumer(facts, rarely),
  },
  {
    id: "auto-commit-beside-transactions",
    severity: "warning",
    title: "offsets are committed outside of the transaction",
    source:
      "Kafka: Producer.sendOffsetsToTransaction, KIP-447: enable.auto.commit must be false; kafkajs: " +
      "docs/Transactions.md (autoCommit: false)",
    check: (facts) => eachConsumer(facts, (client) => besideTransactions(facts, client)),
  },
  {
    id: "api-timeout-below-request-timeout",
    severity: "warning",
    title: "default.api.timeout.ms is below request.timeout.ms",
    source: "Kafka: default.api.timeout.ms, default 60000 (ConsumerConfig.java, KIP-266)",
    check: (facts) =>
      eachConsumer(facts, ({ kind, settings }) => {
        if (kind !== "java") return null;
        const [api, request] = [settings.of("default.api.timeout.ms"), settings.of("request.timeout.ms")];
        if (!(numberOf(api.value) < numberOf(request.value))) return null;
        return {
          settings: givenFirst(api, request),
          ...(api.origin === "default" && { severity: "note" }),
          happens:
            `A request to a broker that hangs ends after ${time(numberOf(request.value))} ` +
            `(${request.key}), but commitSync, committed and position throw a TimeoutException after ` +
            `${time(numberOf(api.value))}: for them no request is ever given up and sent again.`,
          fix: settings.set(api.key, String(Math.max(60_000, 2 * numberOf(request.value)))),
        };
      }),
  },
  {
    id: "request-timeout-below-commit-timeout",
    severity: "warning",
    title: "commits time out before the coordinator has answered",
    source:
      "Kafka: offsets.commit.timeout.ms, default 5000 (GroupCoordinatorConfig.java): the coordinator " +
      "answers when all in-sync replicas of __consumer_offsets have the commit",
    check: (facts) => eachConsumer(facts, (client) => impatient(facts, client)),
  },
];

function withoutGroup(client: Client): Problem | null {
  const { kind, isSpring, settings } = client;
  // Spring's listeners name their group, and Connect's consumers have that of the connector
  if (isSpring || isOfConnect(client) || kind === "librdkafka") return null;
  const group = settingFor(client, "group");
  if (group !== null && group.value.trim() === "")
    return {
      settings: [group],
      severity: "error",
      happens:
        kind === "kafkajs"
          ? 'The consumer does not start: "Consumer groupId must be a non-empty string."'
          : "Clients from 4.0 on do not start with an empty group.id; older ones all share the group " +
            "of that name.",
      fix: settings.set(group.key, "my-group"),
    };
  const auto = settings.given.get(AUTO);
  if (kind !== "java" || group !== null || auto?.value.trim().toLowerCase() !== "true") return null;
  return {
    settings: [auto],
    happens:
      'Unless the program sets a group.id, the consumer does not start: "enable.auto.commit cannot be ' +
      'set to true when default group id (null) is used".',
    fix: settings.set("group.id", "my-group"),
  };
}

function rarely(client: Client): Problem | null {
  const { kind, settings } = client;
  if (kind === "kafkajs" || isOfConnect(client) || !settings.isTrue(AUTO)) return null;
  const interval = settings.given.get(INTERVAL);
  if (interval === undefined || !(numberOf(interval.value) > LONG_INTERVAL_MS)) return null;
  return {
    settings: [interval],
    happens:
      `Offsets are committed every ${time(numberOf(interval.value))}: a consumer that is killed reads ` +
      "the records of up to that time again.",
    fix: settings.set(INTERVAL, "5000"),
  };
}

/** Only where one file has both: two files may be two programs. */
function besideTransactions(facts: Facts, client: Client): Problem | null {
  const key = client.kind === "kafkajs" ? "autoCommit" : AUTO;
  const auto = client.settings.of(key);
  // a default is too little to tell that the program commits so
  if (auto.origin === "default" || !client.settings.isTrue(key)) return null;
  const id = transactionIn(facts, auto.location.file);
  if (id === null) return null;
  return {
    settings: [auto, id],
    happens:
      `The consumer commits by itself (${says(auto)}), not with the producer's transaction: after a ` +
      "crash between both the transaction is aborted and its input committed, so that it is lost, or " +
      "the reverse, so that it is processed twice.",
    fix: client.settings.set(key, "false"),
  };
}

function transactionIn({ clients, spring }: Facts, file: string): Setting | null {
  const ofClient = clients
    .filter(({ role }) => role === "producer")
    .map((client) => settingFor(client, "transactionalId"))
    .find((id) => id?.location.file === file);
  if (ofClient !== undefined && ofClient !== null) return ofClient;
  const prefix = spring.find(
    ({ path, location }) =>
      location.file === file && /^spring\.kafka\.producer\.transaction-?id-?prefix$/i.test(path),
  );
  if (prefix === undefined) return null;
  const { path, value, location } = prefix;
  return { key: "transaction-id-prefix", written: path, value, origin: "file", location };
}

function impatient(facts: Facts, client: Client): Problem | null {
  const key = { java: "request.timeout.ms", kafkajs: "requestTimeout", librdkafka: "socket.timeout.ms" }[
    client.kind
  ];
  const timeout = client.settings.given.get(key) ?? null;
  if (timeout === null || isUnknown(timeout) || isOfConnect(client) || !commits(client)) return null;
  const brokers = facts.cluster?.brokers.slice(0, 1) ?? [];
  const limit = brokers[0]?.settings.number(COMMIT_TIMEOUT) ?? 5000;
  if (!(msOf(timeout) < limit)) return null;
  return {
    settings: [timeout, ...settingOf(brokers, COMMIT_TIMEOUT)],
    happens:
      `While a replica of __consumer_offsets is slow, the coordinator may take ${time(limit)} for a ` +
      `commit (${COMMIT_TIMEOUT}), and the consumer disconnects after ${time(msOf(timeout))}: the ` +
      "commit counts as failed, although it may be written, and is sent again.",
    fix: client.settings.set(key, "30000"),
  };
}

function commits(client: Client): boolean {
  return groupOf(client) !== null || client.isSpring;
}
