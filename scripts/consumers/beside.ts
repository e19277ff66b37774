// A group that reads what a producer of a scenario writes: what it notices in each step, by the history.
//
//   step       ├── normal ──┤├── the leader is killed ──┤
//   processed   ● ● ● ● ● ● ●               ● ● ● ● ● ●
//   standstill               ├──────────────┤             while there was something to read

import {
  type Group,
  groupProgress,
  type History,
  type Lab,
  type Picture,
  processedAll,
  readable,
  tableOf,
} from "@kafka-failure-lab/sdk";
import { windows } from "@kafka-failure-lab/sdk/testing";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";

/** What a group noticed in one step. */
export interface Noticed {
  readonly step: string;
  /** The longest time in which it processed nothing of what it could read; null: it did not stand still. */
  readonly standstillMs: number | null;
  /** Commits that failed, or were not answered. */
  readonly failedCommits: number;
}

/** What a group noticed, and what it did with the records of the whole run. */
export interface Beside {
  readonly group: string;
  /** The steps in which a fault was injected. */
  readonly steps: readonly Noticed[];
  /** Acknowledged records that it processed, that it processed again, and that it never processes. */
  readonly processed: number;
  readonly again: number;
  readonly never: number;
}

/**
 * Starts a member anew whose client has given up for good, and returns why; undefined where it goes on. Where
 * no broker names a coordinator, kafkajs throws KafkaJSGroupCoordinatorNotFound and does not begin again.
 */
export async function bringBackFailed(
  { run }: Lab,
  group: Group,
  number: number,
): Promise<string | undefined> {
  const member = group.member(number);
  const last = run.history.findLast((event) => event.kind === "member" && event.member === member.name);
  if (last?.kind !== "member" || last.change !== "failed") return undefined;
  if (member.state === "running") await member.kill();
  await member.start();
  return last.error ?? "for an unknown reason";
}

/** Measures what a group noticed of each fault. */
export function besideOf(history: History, group: string): Beside {
  const progress = groupProgress(history, { group }).facts.groups[0]?.faults ?? [];
  const tally = processedAll(history, { group }).facts.groups[0];
  const all = windows(history).steps;
  const steps = all.flatMap((step): Noticed[] => {
    const within = (ms: number): boolean => all.findLast(({ fromMs }) => fromMs <= ms) === step;
    const own = progress.filter((fault) => within(fault.fromMs));
    if (own.length === 0) return [];
    const gaps = own.flatMap(({ gap }) => (gap === null ? [] : [gap.ms]));
    const failed = history.filter(
      (event) =>
        event.kind === "commit" && event.group === group && event.error !== undefined && within(event.atMs),
    );
    return [
      {
        step: step.name,
        standstillMs: gaps.length === 0 ? null : Math.max(...gaps),
        failedCommits: failed.length,
      },
    ];
  });
  return {
    group,
    steps,
    processed: (tally?.once ?? 0) + (tally?.several ?? 0),
    again: tally?.repeated ?? 0,
    never: tally?.never ?? 0,
  };
}

/** A row a step. */
export function besideTable({ group, steps, processed, again, never }: Beside): Picture {
  return tableOf(
    [
      [`group ${group}`, "stood still", "commits that failed"],
      ...steps.map(({ step, standstillMs, failedCommits }) => [
        step,
        standstillMs === null ? "no" : readable(standstillMs),
        String(failedCommits),
      ]),
      [`processed ${processed} records, ${again} of them again; ${never} never`, "", ""],
    ],
    { align: ["left", "right", "right"] },
  );
}

/** What comes again in another run. */
export function besideFigures({ group, never }: Beside): Record<string, Figure> {
  return { [`${group}: acknowledged records that are never processed`]: { value: never } };
}
