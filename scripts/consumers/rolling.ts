// What a rolling restart of its members cost a group.
//
//   eager         every member gives up everything ─▶ join ─▶ sync ─▶ gets most of it back
//   cooperative   only what moves is given up, the rest is read on
//   static        a restart within the session is no change: nobody joins, nothing moves
//   consumer      the broker moves partitions one by one; no join, no sync (KIP-848)
//
// A partition is given up for nothing where a member that stays gives it up and is the next to have it.

import {
  type Group,
  type History,
  type Picture,
  readable,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { standstillOf } from "./standstill.ts";

/** How the members of a group share partitions. */
export type Protocol = "eager" | "cooperative" | "static" | "consumer";

/** What is expected of a protocol while members restart one by one. */
const EXPECTED: Readonly<Record<Protocol, { givesUpForNothing: boolean; moves: boolean }>> = {
  eager: { givesUpForNothing: true, moves: true },
  cooperative: { givesUpForNothing: false, moves: true },
  static: { givesUpForNothing: false, moves: false },
  consumer: { givesUpForNothing: false, moves: true },
};

/** What is expected of a protocol, in words. */
export function expectedOf(protocol: Protocol): string {
  const { givesUpForNothing, moves } = EXPECTED[protocol];
  const standing = givesUpForNothing ? "all partitions stand still" : "what stays is read on";
  return `${standing}, ${moves ? "partitions move to other members and back" : "nothing moves"}`;
}

/** When a group was rolled, in milliseconds since the run's start. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Partitions that changed hands within a span. */
export interface Hands {
  /** Times that a partition went from one member to another. */
  readonly moved: number;
  /** Times that a member that stayed gave one up and got it back. */
  readonly forNothing: number;
}

interface GivenUp {
  readonly member: string;
  /** Whether its process has ended since. */
  hasEnded: boolean;
}

/** Counts partitions that changed hands. */
export function handsOf(history: History, group: string, { fromMs, toMs }: Span): Hands {
  const given = new Map<string, GivenUp>();
  let [moved, forNothing] = [0, 0];
  for (const event of history) {
    if (event.kind !== "member" || event.group !== group || event.atMs < fromMs || event.atMs > toMs)
      continue;
    const { change, member, partitions = [] } = event;
    if (change === "ended") for (const one of given.values()) if (one.member === member) one.hasEnded = true;
    for (const { topic, partition } of partitions) {
      const key = `${topic}-${partition}`;
      if (change === "revoked" || change === "lost") given.set(key, { member, hasEnded: false });
      if (change !== "assigned") continue;
      const before = given.get(key);
      given.delete(key);
      if (before !== undefined && before.member !== member) moved++;
      else if (before?.hasEnded === false) forNothing++;
    }
  }
  return { moved, forNothing };
}

/** What a roll did to a group, beside what was expected. */
export interface Rolled {
  readonly name: Protocol;
  readonly hands: Hands;
  /** By partition: the longest time without a processed record, in milliseconds. */
  readonly standstills: readonly number[];
  readonly verdict: Verdict;
}

/** Measures a group that was rolled; `partitions` is how many its topic has. */
export function rolledOf(
  history: History,
  { name, topic, partitions, ...span }: Pick<Group, "topic"> & Span & { name: Protocol; partitions: number },
): Rolled {
  const hands = handsOf(history, name, span);
  const standstills = Array.from(
    { length: partitions },
    (_, partition) => standstillOf(history, { group: name, topic, partition, ...span }).ms,
  );
  const { givesUpForNothing, moves } = EXPECTED[name];
  const verdict = hands.forNothing > 0 === givesUpForNothing && hands.moved > 0 === moves;
  return { name, hands, standstills, verdict };
}

/** A row a group. */
export function rolledTable(groups: readonly Rolled[]): Picture {
  return tableOf(
    [
      ["group", "moved", "given up for nothing", "longest standstill", "mean of partitions", "as predicted"],
      ...groups.map(({ name, hands, standstills, verdict }) => [
        name,
        String(hands.moved),
        String(hands.forNothing),
        readable(Math.max(...standstills)),
        readable(mean(standstills)),
        verdict === true ? "yes" : "no",
      ]),
    ],
    { align: ["left", "right", "right", "right", "right", "left"] },
  );
}

function mean(all: readonly number[]): number {
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}

/** As JSON. */
export function rolledJson({ name, hands, standstills, verdict }: Rolled): object {
  return { name, ...hands, standstillsMs: standstills, asPredicted: verdict };
}

/** What comes again in another run. */
export function rolledFigures(groups: readonly Rolled[]): Record<string, Figure> {
  return Object.fromEntries(
    groups.flatMap(({ name, hands }): [string, Figure][] => [
      [`${name}: moves partitions`, { value: hands.moved > 0 }],
      [`${name}: gives up partitions for nothing`, { value: hands.forNothing > 0 }],
    ]),
  );
}
