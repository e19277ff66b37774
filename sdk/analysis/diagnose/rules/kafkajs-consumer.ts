// What is particular to kafkajs's consumer: heartbeats after fetches, commits after batches, retries.

import type { Client } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { removing, time } from "./words.ts";
import { clientsOf } from "./names.ts";
import { givenFirst } from "./consumers.ts";

export const kafkajsConsumerRules: readonly Rule[] = [
  {
    id: "kafkajs-fetch-wait-against-session",
    severity: "error",
    title: "an idle kafkajs consumer sends too few heartbeats",
    source:
      "kafkajs 2.2.4: a heartbeat is sent after a fetch (consumer/runner.js, fetch); maxWaitTimeInMs, 5000",
    check: (facts) => clientsOf(facts, "kafkajs", "consumer").flatMap((client) => idle(client)),
  },
  {
    id: "kafkajs-auto-commit-without-effect",
    severity: "warning",
    title: "settings of automatic commits that are switched off",
    source: "kafkajs 2.2.4: consumer/runner.js commits only with autoCommit (autoCommitOffsetsIfNecessary)",
    check: (facts) =>
      clientsOf(facts, "kafkajs", "consumer").flatMap(({ settings }): Problem[] => {
        const given = ["autoCommitInterval", "autoCommitThreshold"].flatMap(
          (key) => settings.given.get(key) ?? [],
        );
        const auto = settings.of("autoCommit");
        const [first] = given;
        if (first === undefined || auto.value.trim() !== "false") return [];
        return [
          {
            settings: [first, auto, ...given.slice(1)],
            happens:
              `With autoCommit: false ${first.key} has no effect: only what the program commits ` +
              "(commitOffsets) is committed; without that, a consumer that starts again reads " +
              "everything again.",
            fix: removing(settings, given),
          },
        ];
      }),
  },
  {
    id: "kafkajs-batch-resolved-whole",
    severity: "note",
    title: "a batch that is left early counts as processed",
    source: "kafkajs 2.2.4: eachBatchAutoResolve, default true (consumer/runner.js, processEachBatch)",
    check: (facts) =>
      clientsOf(facts, "kafkajs", "consumer").flatMap(({ settings }): Problem[] => {
        const resolve = settings.given.get("eachBatchAutoResolve");
        if (resolve?.value.trim() !== "true") return [];
        return [
          {
            settings: [resolve],
            happens:
              "When eachBatch returns, the last offset of the batch is committed: a handler that " +
              "leaves its loop early (isRunning(), isStale(), a break) skips the rest of the batch.",
            fix: fixing(
              settings.set("eachBatchAutoResolve", "false"),
              ", and resolveOffset() after each message",
            ),
          },
        ];
      }),
  },
  {
    id: "kafkajs-consumer-without-retries",
    severity: "warning",
    title: "a kafkajs consumer restarts at each error",
    source:
      "kafkajs 2.2.4: KafkaJSNumberOfRetriesExceeded makes the consumer crash, leave its group and " +
      "start again (consumer/index.js, onCrash); retries: 5 by default",
    check: (facts) =>
      clientsOf(facts, "kafkajs", "consumer").flatMap(({ settings }): Problem[] => {
        const retries = settings.given.get("retry.retries");
        if (retries === undefined || settings.number("retry.retries") !== 0) return [];
        return [
          {
            settings: [retries],
            happens:
              "One error is enough (a leader or coordinator that moves, a handler that throws): the " +
              "consumer crashes, leaves its group, and starts again, so that the whole group " +
              "rebalances twice.",
            fix: settings.set("retry.retries", "5"),
          },
        ];
      }),
  },
];

function idle({ settings }: Client): Problem[] {
  const [wait, session] = [settings.of("maxWaitTimeInMs"), settings.of("sessionTimeout")];
  const [waitMs, sessionMs] = [settings.number(wait.key), settings.number(session.key)];
  if (!(waitMs > sessionMs / 3) || (wait.origin === "default" && session.origin === "default")) return [];
  const isOut = waitMs >= sessionMs;
  return [
    {
      settings: givenFirst(wait, session),
      ...(!isOut && { severity: "warning" }),
      happens:
        `On a quiet topic a fetch waits ${time(waitMs)} (maxWaitTimeInMs), and a heartbeat is sent ` +
        "only after it, " +
        `whatever heartbeatInterval says: ${
          isOut
            ? `the session of ${time(sessionMs)} ends before, so that the consumer is removed from its ` +
              "group again and again."
            : `in a session of ${time(sessionMs)} ` +
              `${waitMs * 2 > sessionMs ? "one late heartbeat is" : "two are"} enough to be removed ` +
              "from the group."
        }`,
      fix:
        wait.origin === "default"
          ? settings.set("sessionTimeout", String(Math.max(30_000, 3 * waitMs)))
          : settings.set("maxWaitTimeInMs", String(Math.min(5000, Math.floor(sessionMs / 3)))),
    },
  ];
}
