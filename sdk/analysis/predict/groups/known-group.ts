// A group's settings as a prediction needs them.

import type { GroupSettings } from "../../../client/member/settings.ts";
import { brokerNumber } from "../../../kafka/mod.ts";
import type { KnownGroup } from "./circumstances.ts";

/** What is known of a group before it is predicted. */
export interface GroupFacts {
  readonly name: string;
  readonly settings: GroupSettings;
  /** Its members that run, by name. */
  readonly members: readonly string[];
  /** The settings of the brokers; of KIP-848 they have the timers. */
  readonly broker: Readonly<Record<string, string>>;
  /** How long a poll of Java's members waits, in milliseconds; null: until there are records. */
  readonly pollTimeout: number | null;
  /** How long processing a record takes now. @default as the settings say */
  readonly processMs?: number;
}

/** How long a poll of the lab's own member in Java waits (client/member/java/Member.java, POLL). */
export const POLL_TIMEOUT_MS = 100;

/** kafkajs's own (retry/defaults.js); a member of the lab has them. */
const KAFKAJS = { retries: 5, initialRetryTime: 300, maxRetryTime: 30_000 } as const;

/** Returns a group as it matters. */
export function knownGroup({
  name,
  settings,
  members,
  broker,
  pollTimeout,
  processMs,
}: GroupFacts): KnownGroup {
  const { client, protocol, commit, properties } = settings;
  const own = (property: string, otherwise: number): number => Number(properties[property] ?? otherwise);
  const isConsumer = protocol === "consumer";
  return {
    name,
    client,
    protocol,
    strategy: isConsumer || isCooperative(settings) ? "cooperative" : "eager",
    isStatic: settings.instanceIds !== false,
    // what a transaction holds is read again when it is aborted, as with a commit behind it
    commit: commit === "transaction" ? "after" : commit,
    members,
    sessionTimeout: isConsumer
      ? brokerNumber(broker, "group.consumer.session.timeout.ms")
      : settings.sessionTimeout,
    heartbeatInterval: isConsumer
      ? brokerNumber(broker, "group.consumer.heartbeat.interval.ms")
      : settings.heartbeatInterval,
    rebalanceTimeout: settings.rebalanceTimeout,
    autoCommitInterval: settings.autoCommitInterval,
    maxWait: settings.maxWait,
    requestTimeout: settings.requestTimeout,
    apiTimeout: own("default.api.timeout.ms", 60_000),
    metadataMaxAge: own("metadata.max.age.ms", 300_000),
    maxPollRecords: client === "java" ? own("max.poll.records", 500) : null,
    pollTimeout: client === "java" ? pollTimeout : null,
    ...KAFKAJS,
    initialRebalanceDelay: brokerNumber(broker, "group.initial.rebalance.delay.ms"),
    processMs: processMs ?? settings.processMs,
  };
}

/** Members give back only what moves where every assignor that they offer is cooperative (KIP-429). */
function isCooperative({ client, assignors }: GroupSettings): boolean {
  const all = assignors.split(",").map((one) => one.trim());
  return client === "java" && all.length > 0 && all.every((one) => one.endsWith("CooperativeStickyAssignor"));
}
