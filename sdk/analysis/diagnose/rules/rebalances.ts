// How long a member may be away: from the next poll, in a rebalance, and after it died.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { numberOf, type Setting } from "../setting.ts";
import { eachConsumer, givenFirst, isClassic, msOf, sessionOf } from "./consumers.ts";
import { says, time } from "./words.ts";

/** The shortest poll interval that leaves time for a slow call or a pause of the process. */
export const SHORT_POLL_MS = 10_000;
/** After this long a killed member's partitions are missed. */
const LONG_SESSION_MS = 300_000;

export const rebalanceRules: readonly Rule[] = [
  {
    id: "poll-interval-short",
    severity: "warning",
    title: "max.poll.interval.ms leaves little time for processing",
    source:
      "Kafka: max.poll.interval.ms, max.poll.records (ConsumerConfig.java); " +
      "AbstractCoordinator.handlePollTimeoutExpiry; librdkafka: max.poll.interval.ms (CONFIGURATION.md)",
    // with a stated time for a record poll-loop-too-slow decides
    check: (facts) => (facts.recordMs === null ? eachConsumer(facts, tooShort) : []),
  },
  {
    id: "rebalance-timeout-below-heartbeat",
    severity: "warning",
    title: "a rebalance ends before the members hear of it",
    source:
      "Kafka: GroupMetadataManager.completeClassicGroupJoin removes the members that have not joined " +
      "again within the rebalance timeout, which is max.poll.interval.ms (KIP-62); kafkajs: " +
      "rebalanceTimeout, heartbeats after each fetch (consumer/runner.js)",
    check: (facts) => eachConsumer(facts, removedFromRebalance),
  },
  {
    id: "session-long",
    severity: "note",
    title: "a killed consumer keeps its partitions for long",
    source:
      "Kafka: session.timeout.ms (ConsumerConfig.java); a static member does not leave its group when " +
      "it is closed (KIP-345)",
    check: longSessions,
  },
];

function tooShort({ kind, settings }: Client): Problem | null {
  const interval = kind === "kafkajs" ? null : settings.of("max.poll.interval.ms");
  const ms = msOf(interval);
  if (interval === null || !(ms < SHORT_POLL_MS)) return null;
  // librdkafka hands out one record at a time
  const records = kind === "java" ? settings.number("max.poll.records") : 1;
  const poll =
    kind === "java"
      ? `The ${records} records that a poll may return must be processed within ${time(ms)}`
      : `Each record must be processed within ${time(ms)}`;
  return {
    settings: [interval, ...(kind === "java" ? [settings.of("max.poll.records")] : [])],
    happens:
      `${poll} (max.poll.interval.ms): after one slow call or a pause of the process the consumer ` +
      "leaves its group, cannot commit, and the records are read again.",
    fix: settings.set("max.poll.interval.ms", "300000"),
  };
}

function removedFromRebalance(client: Client): Problem | null {
  // librdkafka does not start with a poll interval below the session
  if (client.kind === "librdkafka" || !isClassic(client)) return null;
  const rebalance = settingFor(client, "rebalance")!;
  const heard = slowest(
    settingFor(client, "heartbeat")!,
    ...(client.kind === "kafkajs" ? [client.settings.of("maxWaitTimeInMs")] : []),
  );
  const ms = numberOf(rebalance.value);
  if (!(ms <= msOf(heard))) return null;
  const standard = client.kind === "kafkajs" ? 60_000 : 300_000;
  return {
    settings: givenFirst(rebalance, heard),
    happens:
      `A member learns of a rebalance up to ${time(msOf(heard))} late (${says(heard)}), and the ` +
      `coordinator waits ${time(ms)} (${rebalance.key}): if the group's other members have the same ` +
      "settings, those that have not joined again are removed (UNKNOWN_MEMBER_ID), join anew, and so " +
      "begin the next rebalance.",
    fix: client.settings.set(keyFor(client, "rebalance")!, String(Math.max(standard, 3 * msOf(heard)))),
  };
}

function slowest(first: Setting, ...others: readonly Setting[]): Setting {
  return others.reduce((most, one) => (msOf(one) > msOf(most) ? one : most), first);
}

function longSessions(facts: Facts): Problem[] {
  return eachConsumer(facts, (client) => {
    const { setting, ms, key } = sessionOf(client);
    if (!isClassic(client) || !(ms > LONG_SESSION_MS)) return null;
    const id = client.settings.given.get("group.instance.id");
    return {
      settings: id === undefined ? [setting] : [setting, id],
      happens:
        id === undefined
          ? `After a consumer is killed or frozen, nobody reads its partitions for ${time(ms)}.`
          : "After a consumer is killed, frozen or stopped, nobody reads its partitions for " +
            `${time(ms)}, unless it comes back: with ${id.key} it does not leave its group when it is ` +
            "closed.",
      fix: client.settings.set(key, client.kind === "kafkajs" ? "30000" : "45000"),
    };
  });
}
