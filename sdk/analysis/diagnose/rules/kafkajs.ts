// What is particular to kafkajs.

import type { Problem, Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { clientsOf, isSetRightly, JAVA, nearest, onceAFile } from "./names.ts";
import { failoverOf, time } from "./words.ts";

const KAFKAJS: ReadonlySet<string> = new Set(
  (
    "brokers ssl sasl clientId connectionTimeout authenticationTimeout reauthenticationThreshold " +
    "requestTimeout enforceRequestTimeout retry socketFactory logLevel logCreator " +
    "createPartitioner metadataMaxAge allowAutoTopicCreation idempotent transactionalId " +
    "transactionTimeout maxInFlightRequests groupId partitionAssigners sessionTimeout " +
    "rebalanceTimeout heartbeatInterval maxBytesPerPartition minBytes maxBytes maxWaitTimeInMs " +
    "readUncommitted rackId acks timeout compression topic topics fromBeginning autoCommit " +
    "autoCommitInterval autoCommitThreshold eachBatchAutoResolve partitionsConsumedConcurrently"
  ).split(" "),
);
const RETRY: ReadonlySet<string> = new Set(
  "maxRetryTime initialRetryTime factor multiplier retries restartOnFailure".split(" "),
);

export const kafkajsRules: readonly Rule[] = [
  {
    id: "kafkajs-retries-below-failover",
    severity: "warning",
    title: "kafkajs's retries may end before a new leader is elected",
    source:
      "kafkajs 2.2.4: src/retry/index.js and defaults.js; broker.session.timeout.ms (KRaftConfigs.java)",
    check: (facts) =>
      facts.cluster?.isAlone === true
        ? []
        : clientsOf(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
            const { ms, controllerMs, session } = failoverOf(facts.cluster);
            const retry = retryOf(settings);
            if (retry === null) return [];
            const sums = sumsOf(retry);
            const nominal = sums[sums.length >> 1]!;
            const fails = (limit: number): number =>
              Math.round((100 * sums.filter((sum) => sum < limit).length) / sums.length);
            if (fails(controllerMs) < 5) return [];
            const happens =
              `The pauses of ${retry.retries} retries add up to ${time(nominal)} (median). A killed ` +
              `leader is replaced after up to ${time(ms)}, about ${time(controllerMs)} if it was the ` +
              "active controller: " +
              `a send that begins at the kill fails in about ${fails(ms)} % and ${fails(controllerMs)} ` +
              "% of these cases.";
            return [
              {
                settings: [
                  settings.of("retry.retries"),
                  settings.of("retry.initialRetryTime"),
                  ...(session === null ? [] : [session]),
                ],
                happens,
                fix: settings.set("retry.retries", "10"),
              },
            ];
          }),
  },
  {
    id: "kafkajs-requests-never-end",
    severity: "warning",
    title: "a request to a hung broker never ends",
    source: "kafkajs 2.2.4: enforceRequestTimeout (src/index.js, network/requestQueue/index.js)",
    check: (facts) =>
      onceAFile(
        clientsOf(facts, "kafkajs").flatMap(({ settings }): Problem[] => {
          const enforce = settings.of("enforceRequestTimeout");
          return enforce.value !== "false"
            ? []
            : [
                {
                  settings: [enforce],
                  happens:
                    "A broker that is paused or isolated keeps its connections open and does not " +
                    "answer: with enforceRequestTimeout: false a send or a fetch waits forever, even " +
                    "after the leader has moved.",
                  fix: settings.set("enforceRequestTimeout", "true"),
                },
              ];
        }),
      ),
  },
  {
    id: "kafkajs-idempotent-retries",
    severity: "warning",
    title: "an idempotent kafkajs producer gives up retrying",
    source:
      "kafkajs 2.2.4: src/index.js always hands over a `retry` object, so producer/index.js's " +
      "Number.MAX_SAFE_INTEGER never applies (docs/Producing.md says otherwise)",
    check: (facts) =>
      clientsOf(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
        const retries = settings.of("retry.retries");
        if (!settings.isTrue("idempotent") || !(settings.number("retry.retries") <= 1000)) return [];
        return [
          {
            settings: [retries, settings.of("idempotent")],
            happens:
              `kafkajs gives up after ${retries.value} retries, although its documentation says that ` +
              "idempotent producers retry forever: if the application sends the record again, it gets " +
              "another sequence number, and the broker stores it twice.",
            fix: settings.set("retry.retries", "2147483647"),
          },
        ];
      }),
  },
  {
    id: "kafkajs-idempotent-loses",
    severity: "warning",
    title: "an idempotent kafkajs producer can lose an acknowledged record",
    source:
      "kafkajs 2.2.4: src/producer/sendMessages.js reuses the sequence number of a failed request " +
      "(updateSequence); measured: test/live/idempotence.test.ts",
    check: (facts) =>
      clientsOf(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
        const cause =
          settings.given.get("transactionalId") ??
          (settings.isTrue("idempotent") ? settings.of("idempotent") : undefined);
        if (cause === undefined) return [];
        const happens =
          "kafkajs reuses the sequence number of a request that failed because its leader was killed " +
          "or moved, or its answer was late. If that record was written nevertheless, the next " +
          "waiting send gets its number: " +
          "the broker takes it for a duplicate, acknowledges it, and does not write it. One record is " +
          "lost, the other is written twice. It happens only with two or more sends under way.";
        const alone = "send one at a time (await each send, or batch messages into one)";
        return [
          {
            settings: [cause],
            happens,
            fix:
              cause.key === "idempotent"
                ? `${alone}, or ${settings.spell("idempotent", "false")}, which may write duplicates ` +
                  "but loses nothing"
                : alone,
          },
        ];
      }),
  },
  {
    id: "kafkajs-ignored-key",
    severity: "error",
    title: "unknown kafkajs setting",
    source: "kafkajs 2.2.4: types/index.d.ts; the constructors silently ignore unknown names (src/index.js)",
    check: (facts) =>
      onceAFile(
        clientsOf(facts, "kafkajs").flatMap(({ settings }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            const [head = "", tail] = setting.key.split(".");
            // the mechanism within `sasl` is kafkajs's own
            if (JAVA.has(setting.key) && setting.key.includes(".") && setting.key !== "sasl.mechanism")
              return [
                {
                  settings: [setting],
                  happens:
                    `${setting.key} is a setting of Kafka's Java client: kafkajs silently ignores it ` +
                    "and uses its own default.",
                  fix:
                    KAFKAJS_NAME[setting.key] === undefined
                      ? settings.remove(setting.key)
                      : settings.rename(setting.key, KAFKAJS_NAME[setting.key]!),
                },
              ];
            const known = head === "retry" && tail !== undefined ? RETRY.has(tail) : KAFKAJS.has(head);
            const near = known
              ? null
              : head === "retry" && tail !== undefined
                ? nearest(tail, RETRY)
                : RETRY.has(head)
                  ? head
                  : nearest(head, KAFKAJS);
            if (near === null) return [];
            const right = RETRY.has(near) ? `retry.${near}` : near;
            if (isSetRightly(settings, right)) return [];
            return [
              {
                settings: [setting],
                happens: `kafkajs silently ignores ${setting.written}; ${right} keeps its default.`,
                fix: settings.rename(setting.key, right),
              },
            ];
          }),
        ),
      ),
  },
];

const KAFKAJS_NAME: Readonly<Record<string, string>> = {
  "bootstrap.servers": "brokers",
  "client.id": "clientId",
  "request.timeout.ms": "requestTimeout",
  "enable.idempotence": "idempotent",
  "session.timeout.ms": "sessionTimeout",
  "heartbeat.interval.ms": "heartbeatInterval",
  "group.id": "groupId",
  "transactional.id": "transactionalId",
  "transaction.timeout.ms": "transactionTimeout",
  "max.in.flight.requests.per.connection": "maxInFlightRequests",
  "fetch.max.wait.ms": "maxWaitTimeInMs",
  "metadata.max.age.ms": "metadataMaxAge",
};

interface Retry {
  readonly retries: number;
  readonly initial: number;
  readonly most: number;
  readonly factor: number;
  readonly multiplier: number;
}

function retryOf(settings: { number(key: string): number; of(key: string): Setting }): Retry | null {
  const [retries, initial, most, factor, multiplier] = [
    "retries",
    "initialRetryTime",
    "maxRetryTime",
    "factor",
    "multiplier",
  ].map((key) => settings.number(`retry.${key}`));
  const retry = {
    retries: retries!,
    initial: initial!,
    most: most!,
    factor: factor!,
    multiplier: multiplier!,
  };
  return Object.values(retry).some(Number.isNaN) || retry.retries > 100 ? null : retry;
}

/**
 * Sums of pauses as src/retry/index.js draws them, sorted. The random numbers are a fixed sequence, so that a
 * diagnosis is deterministic.
 */
function sumsOf({ retries, initial, most, factor, multiplier }: Retry): number[] {
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const around = (pause: number): number => Math.ceil(pause + factor * pause * (2 * random() - 1));
  const draw = (): number => {
    let sum = 0;
    for (
      let i = 0, pause = around(initial);
      i < retries;
      i++, pause = Math.min(around(pause) * multiplier, most)
    )
      sum += pause;
    return sum;
  };
  return Array.from({ length: 2001 }, draw).sort((a, b) => a - b);
}
