// Whether a group keeps a member that is slow: what it does between two signs of life, within which limit.
//
//   java      poll() ─▶ max.poll.records × processing ─▶ poll()     max.poll.interval.ms
//   kafkajs   heartbeat() ─▶ one record ─▶ heartbeat()              sessionTimeout
//
// Java sends heartbeats from a thread of its own, and leaves the group itself when the application does not
// poll in time (AbstractCoordinator.HeartbeatThread). kafkajs sends one only when it is asked to, behind a
// record (src/consumer/runner.js), so that its coordinator hears nothing while a record is processed.

import {
  type Group,
  type GroupSettings,
  type History,
  type Lab,
  machineShare,
  type Picture,
  readable,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { untilSeen } from "./until.ts";

/** Kafka's default of `max.poll.records`. */
const MAX_POLL_RECORDS = 500;

/** What a member does between two signs of life. */
export interface Pace {
  /** How long it takes at least, in milliseconds. */
  readonly betweenMs: number;
  /** What it may take, in milliseconds. */
  readonly limitMs: number;
  /** The timer with that limit. */
  readonly limit: string;
  /** Whether the group keeps it. */
  readonly isKept: boolean;
}

type Settings = Pick<
  GroupSettings,
  "client" | "processMs" | "properties" | "rebalanceTimeout" | "sessionTimeout"
>;

/** Returns a member's pace where there is enough to read for a full poll. */
export function paceOf({ client, processMs, properties, rebalanceTimeout, sessionTimeout }: Settings): Pace {
  const records = client === "java" ? Number(properties["max.poll.records"] ?? MAX_POLL_RECORDS) : 1;
  const betweenMs = records * processMs;
  const limitMs = client === "java" ? rebalanceTimeout : sessionTimeout;
  const limit = client === "java" ? "max.poll.interval.ms" : "sessionTimeout";
  return { betweenMs, limitMs, limit, isKept: betweenMs < limitMs };
}

/** What a group did with the first record that it was given, and with its commits. */
export interface Rounds {
  /** How often the first record was processed. */
  readonly times: number;
  readonly processed: number;
  readonly accepted: number;
  /** The errors of commits that were not. */
  readonly refused: readonly string[];
  /** How often members ended while they were not asked to. */
  readonly ended: number;
}

/** Counts the rounds of a group in a history. */
export function roundsOf(history: History, group: string): Rounds {
  const times = new Map<string, number>();
  const refused: string[] = [];
  let [accepted, ended] = [0, 0];
  for (const event of history) {
    if (!("group" in event) || event.group !== group) continue;
    if (event.kind === "processed")
      for (const offset of event.offsets) {
        const key = `${event.partition} ${offset}`;
        times.set(key, (times.get(key) ?? 0) + 1);
      }
    if (event.kind === "commit" && event.error === undefined) accepted++;
    if (event.kind === "commit" && event.error !== undefined) refused.push(event.error);
    if (event.kind === "member" && event.change === "failed") ended++;
  }
  const first = times.values().next().value ?? 0;
  return { times: first, processed: times.size, accepted, refused, ended };
}

const PATIENCE_MS = 180_000;

/**
 * Waits until a group has processed its first record this many times.
 *
 * @throws LabError NOT_READY after three minutes
 */
export function untilRounds(lab: Lab, group: string, count: number): Promise<Rounds> {
  return untilSeen(lab, {
    look(history) {
      const rounds = roundsOf(history, group);
      return rounds.times >= count ? rounds : undefined;
    },
    what: `${group} to process its first record ${count} times`,
    hint: "The member's log is in the run's folder.",
    timeoutMs: PATIENCE_MS,
  });
}

/** A group with its pace, and what it did. */
export interface Slow {
  readonly name: string;
  readonly pace: Pace;
  readonly rounds: Rounds;
  /** Whether it has read, and committed, everything. */
  readonly isDone: boolean;
  readonly verdict: Verdict;
}

/** Compares a group with its prediction; a healthy one that a busy machine may have thrown out is unknown. */
export function judgedSlow(
  history: History,
  { name, settings }: Pick<Group, "name" | "settings">,
  isDone: boolean,
): Slow {
  const pace = paceOf(settings);
  const rounds = roundsOf(history, name);
  const isAsPredicted = pace.isKept
    ? isDone && rounds.times === 1
    : !isDone && rounds.times > 1 && rounds.accepted === 0;
  const first = history.find((event) => "group" in event && event.group === name);
  const machine = machineShare(history, { fromMs: first?.atMs ?? 0, toMs: history.at(-1)?.atMs ?? 0 });
  const verdict = isAsPredicted || (pace.isKept && machine.isBusy ? "unknown" : false);
  return { name, pace, rounds, isDone, verdict };
}

/** A row a group. */
export function slowTable(groups: readonly Slow[]): Picture {
  return tableOf(
    [
      [
        "group",
        "between signs of life",
        "at most",
        "predicted",
        "first record",
        "commits",
        "refused",
        "done",
      ],
      ...groups.map(({ name, pace, rounds, isDone }) => [
        name,
        readable(pace.betweenMs),
        `${readable(pace.limitMs)} (${pace.limit})`,
        pace.isKept ? "reads on" : "never ends",
        `${rounds.times} times`,
        String(rounds.accepted),
        String(rounds.refused.length),
        isDone ? "yes" : "no",
      ]),
    ],
    { align: ["left", "right", "left", "left", "right", "right", "right", "left"] },
  );
}

/** As JSON. */
export function slowJson({ name, pace, rounds, isDone, verdict }: Slow): object {
  return { name, pace, rounds, isDone, asPredicted: verdict };
}

/** What comes again in another run. */
export function slowFigures(groups: readonly Slow[]): Record<string, Figure> {
  return Object.fromEntries(
    groups.flatMap(({ name, rounds, isDone }): [string, Figure][] => [
      [`${name}: done`, { value: isDone }],
      [`${name}: processes its first record again`, { value: rounds.times > 1 }],
    ]),
  );
}
