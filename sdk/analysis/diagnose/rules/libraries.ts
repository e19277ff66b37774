// What is particular to kafkajs, to librdkafka, and to names that a client does not know.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { RD_COMMON, RD_CONSUMER, RD_PRODUCER } from "../known/librdkafka-names.ts";
import { isOpen, type Setting } from "../setting.ts";
import { nearest } from "./image.ts";
import { failoverOf, onePerPlace, says, time } from "./words.ts";

function of(facts: Facts, kind: Client["kind"], role?: Client["role"]): readonly Client[] {
  return facts.clients.filter(
    (client) => client.kind === kind && (role === undefined || client.role === role),
  );
}

const JAVA: ReadonlySet<string> = new Set([...JAVA_COMMON, ...JAVA_PRODUCER, ...JAVA_CONSUMER]);
const RD: ReadonlySet<string> = new Set([...RD_COMMON, ...RD_PRODUCER, ...RD_CONSUMER]);
const KAFKAJS: ReadonlySet<string> = new Set(
  (
    "brokers ssl sasl clientId connectionTimeout authenticationTimeout reauthenticationThreshold requestTimeout enforceRequestTimeout retry socketFactory logLevel logCreator " +
    "createPartitioner metadataMaxAge allowAutoTopicCreation idempotent transactionalId transactionTimeout maxInFlightRequests groupId partitionAssigners sessionTimeout " +
    "rebalanceTimeout heartbeatInterval maxBytesPerPartition minBytes maxBytes maxWaitTimeInMs readUncommitted rackId acks timeout compression topic topics fromBeginning autoCommit " +
    "autoCommitInterval autoCommitThreshold eachBatchAutoResolve partitionsConsumedConcurrently"
  ).split(" "),
);
const RETRY: ReadonlySet<string> = new Set(
  "maxRetryTime initialRetryTime factor multiplier retries restartOnFailure".split(" "),
);

export const libraryRules: readonly Rule[] = [
  {
    id: "kafkajs-retries-below-failover",
    severity: "warning",
    title: "kafkajs may be out of retries before another leader is there",
    source:
      "kafkajs 2.2.4: src/retry/index.js and defaults.js; broker.session.timeout.ms (KRaftConfigs.java)",
    check: (facts) =>
      facts.cluster?.isAlone === true
        ? []
        : of(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
            const { ms, controllerMs, session } = failoverOf(facts.cluster);
            const retry = retryOf(settings);
            if (retry === null) return [];
            const sums = sumsOf(retry);
            const nominal = sums[sums.length >> 1]!;
            const fails = (limit: number): number =>
              Math.round((100 * sums.filter((sum) => sum < limit).length) / sums.length);
            if (fails(controllerMs) < 5) return [];
            const happens =
              `${retry.retries} retries pause for about ${time(nominal)} together (half of the time more). A killed leader is replaced after up to ${time(ms)}, about ${time(controllerMs)} where it was the active controller: ` +
              `a send that begins with the kill fails in about ${fails(ms)} % and ${fails(controllerMs)} % of these cases.`;
            return [
              {
                settings: [
                  settings.of("retry.retries"),
                  settings.of("retry.initialRetryTime"),
                  ...(session === null ? [] : [session]),
                ],
                happens,
                fix: settings.spell("retry.retries", "10"),
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
        of(facts, "kafkajs").flatMap(({ settings }): Problem[] => {
          const enforce = settings.of("enforceRequestTimeout");
          return enforce.value !== "false"
            ? []
            : [
                {
                  settings: [enforce],
                  happens:
                    "A broker that is paused or cut off keeps its connections open and answers nothing: with enforceRequestTimeout: false a send or a fetch waits for it for ever, also after the leader has moved.",
                  fix: settings.spell("enforceRequestTimeout", "true"),
                },
              ];
        }),
      ),
  },
  {
    id: "kafkajs-idempotent-retries",
    severity: "warning",
    title: "an idempotent kafkajs producer that gives up",
    source:
      "kafkajs 2.2.4: src/index.js always hands over a `retry` object, so producer/index.js's Number.MAX_SAFE_INTEGER never applies (docs/Producing.md says otherwise)",
    check: (facts) =>
      of(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
        const retries = settings.of("retry.retries");
        if (!settings.isTrue("idempotent") || !(settings.number("retry.retries") <= 1000)) return [];
        return [
          {
            settings: [retries, settings.of("idempotent")],
            happens: `kafkajs gives up after ${retries.value} retries here, not never as its documentation says of idempotent producers: the application sends the record anew with another sequence number, and the broker takes it for a new one.`,
            fix: settings.spell("retry.retries", "2147483647"),
          },
        ];
      }),
  },
  {
    id: "kafkajs-idempotent-loses",
    severity: "warning",
    title: "an idempotent kafkajs producer can lose an acknowledged record",
    source:
      "kafkajs 2.2.4: src/producer/sendMessages.js takes the sequence number of a failed request back (updateSequence); measured: test/live/idempotence.test.ts",
    check: (facts) =>
      of(facts, "kafkajs", "producer").flatMap(({ settings }): Problem[] => {
        const cause =
          settings.given.get("transactionalId") ??
          (settings.isTrue("idempotent") ? settings.of("idempotent") : undefined);
        if (cause === undefined) return [];
        const happens =
          "It takes the sequence number of a request back that failed: its leader was killed or moved, its answer was late. Where that record was written all the same, the next send that waits gets the number, " +
          "the broker holds it for a repetition, acknowledges it, and does not write it. One record is lost, the other is there twice. It needs two sends under way at once.";
        const alone = "send one at a time (await each send, or hand over many messages with one)";
        return [
          {
            settings: [cause],
            happens,
            fix:
              cause.key === "idempotent"
                ? `${alone}, or ${settings.spell("idempotent", "false")}, which can write twice but loses nothing`
                : alone,
          },
        ];
      }),
  },
  {
    id: "kafkajs-ignored-key",
    severity: "error",
    title: "kafkajs does not know this setting",
    source:
      "kafkajs 2.2.4: types/index.d.ts; the constructors take the names that they know and drop others silently (src/index.js)",
    check: (facts) =>
      onceAFile(
        of(facts, "kafkajs").flatMap(({ settings }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            const [head = "", tail] = setting.key.split(".");
            if (JAVA.has(setting.key) && setting.key.includes("."))
              return [
                {
                  settings: [setting],
                  happens: `${setting.key} is Kafka's Java client's name: kafkajs drops it without a word, and its own default counts.`,
                  fix:
                    KAFKAJS_NAME[setting.key] === undefined
                      ? `remove ${setting.written}`
                      : settings.spell(KAFKAJS_NAME[setting.key]!, setting.value),
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
            return [
              {
                settings: [setting],
                happens: `kafkajs drops ${setting.written} without a word: what it knows is ${right}, which keeps its default.`,
                fix: settings.spell(right, setting.value),
              },
            ];
          }),
        ),
      ),
  },
  {
    id: "librdkafka-unknown-property",
    severity: "error",
    title: "librdkafka does not know this property",
    source: 'librdkafka: CONFIGURATION.md (2.15); rd_kafka_conf_set answers "No such configuration property"',
    check: (facts) =>
      onceAFile(
        of(facts, "librdkafka").flatMap(({ settings }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            if (RD.has(setting.key) || RD.has(setting.written)) return [];
            const near = nearest(setting.key, RD);
            if (near === null && !JAVA.has(setting.key)) return [];
            return [
              {
                settings: [setting],
                happens: `The client does not start: "No such configuration property: ${setting.key}"${near === null ? ", which is the Java client's" : ""}.`,
                fix: near === null ? `remove ${setting.written}` : settings.spell(near, setting.value),
              },
            ];
          }),
        ),
      ),
  },
  {
    id: "librdkafka-message-timeout",
    severity: "error",
    title: "message.timeout.ms does not fit linger.ms or the transaction",
    source: "librdkafka: rd_kafka_topic_conf_finalize (rdkafka_conf.c), CONFIGURATION.md",
    check: (facts) =>
      of(facts, "librdkafka", "producer").flatMap(({ settings }): Problem[] => {
        const message = settings.of("message.timeout.ms");
        const [ms, linger, transaction] = ["message.timeout.ms", "linger.ms", "transaction.timeout.ms"].map(
          (key) => settings.number(key),
        );
        if (ms !== 0 && ms! <= linger! && settings.given.has("linger.ms"))
          return [
            {
              settings: [message, settings.of("linger.ms")],
              happens: `The producer does not start: ${message.written} (${time(ms!)}) must be greater than linger.ms (${time(linger!)}).`,
              fix: settings.spell("message.timeout.ms", "300000"),
            },
          ];
        if (!settings.given.has("transactional.id") || message.origin === "default" || !(ms! > transaction!))
          return [];
        return [
          {
            settings: [message, settings.of("transaction.timeout.ms")],
            happens: `The producer does not start: ${message.written} (${time(ms!)}) must not be above transaction.timeout.ms (${time(transaction!)}).`,
            fix: settings.spell("message.timeout.ms", String(transaction)),
          },
        ];
      }),
  },
  {
    id: "librdkafka-offset-before-processing",
    severity: "note",
    title: "offsets are committed before the record is processed",
    source: "librdkafka: enable.auto.offset.store, enable.auto.commit (CONFIGURATION.md)",
    check: (facts) =>
      of(facts, "librdkafka", "consumer").flatMap(({ settings }): Problem[] => {
        if (!settings.isTrue("enable.auto.commit") || !settings.isTrue("enable.auto.offset.store")) return [];
        return [
          {
            settings: [settings.of("enable.auto.offset.store"), settings.of("enable.auto.commit")],
            happens: `The offset of a record counts as read when the application gets it (${says(settings.of("enable.auto.offset.store"))}): one that dies while it works on it never sees it again.`,
            fix: `${settings.spell("enable.auto.offset.store", "false")}, and store offsets after processing`,
          },
        ];
      }),
  },
  {
    id: "misspelt-client-setting",
    severity: "warning",
    title: "a setting that the client does not know",
    source: 'Kafka: AbstractConfig.logUnused, "configurations … were supplied but are not used yet"',
    check: (facts) =>
      onceAFile(
        of(facts, "java").flatMap(({ settings, role }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            const own = role === "producer" ? JAVA_PRODUCER : JAVA_CONSUMER;
            if (JAVA.has(setting.key)) {
              const isOther =
                setting.written.includes(`.${role}.`) &&
                !JAVA_COMMON.has(setting.key) &&
                !own.has(setting.key);
              return isOther
                ? [
                    {
                      settings: [setting],
                      happens: `${setting.key} is a setting of a ${role === "producer" ? "consumer" : "producer"}; in this place it has no effect.`,
                      fix: setting.written.replace(
                        `.${role}.`,
                        role === "producer" ? ".consumer." : ".producer.",
                      ),
                    },
                  ]
                : [];
            }
            const near = isOpen(setting.key) ? null : nearest(setting.key, JAVA);
            return near === null
              ? []
              : [
                  {
                    settings: [setting],
                    happens: `Kafka's client has no ${setting.key} and drops it with a warning, so ${near} keeps its default.`,
                    fix: settings.spell(near, setting.value),
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

/** A producer and a consumer of one file find the same. */
function onceAFile(problems: readonly Problem[]): Problem[] {
  const firsts = onePerPlace(problems.map(({ settings }) => settings[0]!));
  return firsts.map((first) => problems.find(({ settings }) => settings[0] === first)!);
}

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
 * Sums of pauses as src/retry/index.js draws them, in order; a fixed sequence stands for chance, so that a
 * diagnosis is always the same.
 */
function sumsOf({ retries, initial, most, factor, multiplier }: Retry): number[] {
  let state = 1;
  const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const around = (pause: number): number => Math.ceil(pause + factor * pause * (2 * chance() - 1));
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
