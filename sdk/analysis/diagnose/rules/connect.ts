// Workers of Kafka Connect: what they need to start, and the topics in which they keep what they share.

import type { Facts, Worker } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing, fixingAll } from "../fix.ts";
import { REQUIRED, STORES } from "../known/connect.ts";
import type { Setting } from "../setting.ts";
import { best, replicas, TRANSACTIONS } from "./replica-fixes.ts";
import { aboveBrokers, brokersIn, hasSeveralBrokers, noTransactions } from "./replicas-of-others.ts";
import { lacking } from "./required.ts";
import { boundOf } from "./sessions.ts";
import { list, time } from "./words.ts";

const FACTORS = STORES.map((store) => `${store}.storage.replication.factor`);
const EXACTLY_ONCE = "exactly.once.source.support";

/** A problem for each worker for which the function finds one. */
export function eachWorker(
  facts: Facts,
  mode: Worker["mode"] | "any",
  find: (worker: Worker) => Problem | null,
): Problem[] {
  return facts.workers
    .filter((worker) => mode === "any" || worker.mode === mode)
    .flatMap((worker) => {
      const problem = find(worker);
      return problem === null ? [] : [{ ...problem, node: worker.name }];
    });
}

export const connectRules: readonly Rule[] = [
  {
    id: "connect-missing-setting",
    severity: "error",
    title: "a worker of Connect lacks a setting without a default",
    source:
      'Kafka: ConfigDef.parseValue, "Missing required configuration"; DistributedConfig, StandaloneConfig, ' +
      "WorkerConfig, tried with 3.9.2 and 4.4.0",
    check: (facts) => eachWorker(facts, "any", missing),
  },
  {
    id: "connect-replicas-above-brokers",
    severity: "error",
    title: "Connect's own topics want more replicas than there are brokers",
    source:
      "Kafka: TopicAdmin.createTopicsWithRetry tries INVALID_REPLICATION_FACTOR again until " +
      "default.api.timeout.ms; KafkaTopicBasedBackingStore; DistributedConfig: default 3",
    check: (facts) => eachWorker(facts, "distributed", (worker) => tooMany(facts, worker)),
  },
  {
    id: "connect-topic-one-replica",
    severity: "error",
    title: "Connect's own topics have one replica",
    source: "Kafka: config.storage.replication.factor and the like, default 3 (DistributedConfig)",
    check: (facts) => eachWorker(facts, "distributed", (worker) => oneReplica(facts, worker)),
  },
  {
    id: "connect-exactly-once",
    severity: "error",
    title: "exactly-once source support without transactions",
    source:
      "Kafka: KIP-618; DistributedConfig.transactionalLeaderEnabled: the leader writes to the config topic " +
      "by transactions; TransactionLogConfig",
    check: (facts) => eachWorker(facts, "distributed", (worker) => exactlyOnce(facts, worker)),
  },
  {
    id: "connect-not-distributed",
    severity: "warning",
    title: "a setting of distributed workers in a standalone worker",
    source: "Kafka: StandaloneConfig defines none of them (AbstractConfig.logUnused)",
    check: (facts) => eachWorker(facts, "standalone", notDistributed),
  },
  {
    id: "connect-heartbeat",
    severity: "error",
    title: "a worker's heartbeat interval is not below its session timeout",
    source: 'Kafka: Heartbeat.java, "heartbeat must be set lower than the session timeout"',
    check: (facts) =>
      eachWorker(facts, "distributed", ({ settings }) => {
        const [heartbeat, session] = [
          settings.number("heartbeat.interval.ms"),
          settings.number("session.timeout.ms"),
        ];
        if (!(heartbeat >= session)) return null;
        return {
          settings: [settings.of("heartbeat.interval.ms"), settings.of("session.timeout.ms")],
          happens:
            `The worker does not start: its heartbeat interval (${heartbeat} ms) is not below ` +
            `${session} ms.`,
          fix: settings.set("heartbeat.interval.ms", String(Math.max(1, Math.floor(session / 3)))),
        };
      }),
  },
  {
    id: "connect-session-range",
    severity: "error",
    title: "a worker's session timeout is outside of the brokers' range",
    source:
      "Kafka: GroupCoordinatorService.joinGroup answers INVALID_SESSION_TIMEOUT; session.timeout.ms of a " +
      "worker: 10000 (DistributedConfig)",
    check: (facts) => eachWorker(facts, "distributed", (worker) => outOfRange(facts, worker)),
  },
];

function outOfRange(facts: Facts, { name, settings }: Worker): Problem | null {
  const session = settings.of("session.timeout.ms");
  const ms = settings.number(session.key);
  const [min, max] = [
    boundOf(facts, "group.min.session.timeout.ms", 6000),
    boundOf(facts, "group.max.session.timeout.ms", 1_800_000),
  ];
  if (!(ms < min.ms || ms > max.ms)) return null;
  const wrong = ms < min.ms ? min : max;
  return {
    settings: [session, ...wrong.settings],
    happens:
      `The coordinator rejects ${name} (INVALID_SESSION_TIMEOUT): it requests a session of ` +
      `${time(ms)}, and ` +
      `the brokers allow ${time(min.ms)} to ${time(max.ms)}. It never gets a connector.`,
    fix: settings.set(session.key, String(Math.min(Math.max(min.ms, 10_000), max.ms))),
  };
}

function missing({ name, mode, settings, isComplete }: Worker): Problem | null {
  if (!isComplete) return null;
  const keys = REQUIRED[mode === "standalone" ? "standalone" : "connect"];
  return lacking(name, settings, keys, () => "VALUE");
}

function tooMany(facts: Facts, { name, settings, isComplete }: Worker): Problem | null {
  const found = aboveBrokers(facts, settings, FACTORS).filter(
    ({ origin }) => isComplete || origin !== "default",
  );
  if (found.length === 0) return null;
  return {
    settings: found,
    happens:
      `${name} wants ${list([...new Set(found.map(({ value }) => value))])} replicas of its topics, and ` +
      `there ${facts.cluster!.brokerCount === 1 ? "is" : "are"} ${brokersIn(facts)}: it cannot create them ` +
      "(INVALID_REPLICATION_FACTOR), tries for a minute, and stops.",
    fix: fixingAll(found.map(({ key }) => settings.set(key, String(best(facts))))),
  };
}

function oneReplica(facts: Facts, { name, settings }: Worker): Problem | null {
  const found = FACTORS.filter((key) => settings.number(key) === 1).map((key) => settings.of(key));
  if (found.length === 0 || !hasSeveralBrokers(facts, settings)) return null;
  return {
    settings: found,
    happens:
      `Topics of ${name} have one replica each although there are several brokers: while the broker of ` +
      "one is " +
      "down, no worker reads or writes connectors' configurations, offsets or status, so tasks do not " +
      "start " +
      "and source connectors cannot commit; if its disk is lost, they are lost.",
    fix: fixing(
      fixingAll(found.map(({ key }) => settings.set(key, String(best(facts))))),
      ", before the topics are created",
    ),
  };
}

function exactlyOnce(facts: Facts, { name, settings }: Worker): Problem | null {
  const support = settings.of(EXACTLY_ONCE);
  const found = noTransactions(facts);
  if (!/^(enabled|preparing)$/i.test(support.value.trim()) || found.length === 0) return null;
  return {
    settings: [support, ...found],
    happens:
      `With ${EXACTLY_ONCE}=${support.value} the leader of ${name} writes by transactions, and no ` +
      "transaction " +
      `begins: __transaction_state wants ${found[0]!.value} replicas, and there are ${brokersIn(facts)}.`,
    fix: replicas(facts.cluster!.brokers, TRANSACTIONS, best(facts)),
  };
}

function notDistributed({ name, settings }: Worker): Problem | null {
  const names = [EXACTLY_ONCE, ...FACTORS];
  const found = names.flatMap((key): Setting[] => {
    const setting = settings.given.get(key);
    return setting === undefined ? [] : [setting];
  });
  const [first] = found;
  if (first === undefined) return null;
  return {
    settings: found,
    happens:
      `${name} is a standalone worker (offset.storage.file.filename, no group.id), which does not know ` +
      `${list(found.map(({ key }) => key))}.`,
    fix: fixing(
      "group.id and the topics of a distributed worker, or ",
      fixingAll(found.map(({ key }) => settings.remove(key))),
    ),
  };
}
