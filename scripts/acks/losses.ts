// What became of acknowledged records when the last in-sync replica died, and others were back before it.

import { type History, type Lab, noLostWrites, type Picture, tableOf } from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { passOver } from "../served.ts";
import type { Leading } from "./cells.ts";
import { type Expected, isFirstBack } from "./expected.ts";

/** A cell: what may be lost of it, and what was. */
export interface Losses {
  readonly expected: Expected;
  /** Whether a replica that is not in sync leads if it is back first. */
  readonly isFirstBack: boolean;
  /** Whether one led. */
  readonly isLed: boolean;
  readonly acknowledged: number;
  readonly lost: number;
  readonly isAsExpected: boolean;
}

/**
 * Waits until the dead broker leads nothing any more, and those partitions have a leader that are expected
 * to. Returns the leaders of all by topic, after a minute as they are.
 */
export async function untilLed(
  { cluster }: Lab,
  partitions: readonly Leading[],
  expected: readonly Expected[],
  dead: number,
): Promise<ReadonlyMap<string, number | null>> {
  const mayLead = new Set(expected.filter(isFirstBack).map(({ cell }) => cell.topic));
  const leaders = (seen: Awaited<ReturnType<typeof cluster.describe>>["partitions"]) =>
    new Map(
      partitions.map(({ topic, partition }): [string, number | null] => [
        topic,
        seen.find((one) => one.topic === topic && one.partition === partition)?.leader ?? null,
      ]),
    );
  await cluster
    .waitFor(({ partitions: seen }) =>
      [...leaders(seen)].every(([topic, leader]) =>
        leader === null ? !mayLead.has(topic) : leader !== dead,
      ),
    )
    .catch(passOver);
  return leaders((await cluster.describe()).partitions);
}

/**
 * What was lost of each cell's acknowledged records, as they were read back. With acks=0 nothing is
 * acknowledged.
 */
export function lossesOf(
  history: History,
  expected: readonly Expected[],
  leaders: ReadonlyMap<string, number | null>,
): Losses[] {
  const answered = expected.filter(({ cell }) => cell.acks !== 0);
  return answered.map((one) => {
    const { acknowledged, lost } = noLostWrites(history, { client: one.cell.name }).facts;
    const isLed = leaders.get(one.cell.topic) !== null;
    const mayLose = one.prediction.lost === "possible";
    return {
      expected: one,
      isFirstBack: isFirstBack(one),
      ...{ isLed, acknowledged, lost },
      isAsExpected: isLed === isFirstBack(one) && (lost === 0 || mayLose),
    };
  });
}

/** A row a cell whose sends are acknowledged. */
export function lossTable(losses: readonly Losses[]): Picture {
  return tableOf(
    [
      ["producer", "min ISR", "losses predicted", "a follower led", "acknowledged", "lost", ""],
      ...losses.map(({ expected, isLed, acknowledged, lost, isAsExpected }) => [
        expected.cell.producer,
        String(expected.cell.minIsr),
        expected.prediction.lost === "possible" ? "possible" : "none",
        isLed ? "yes" : "no",
        String(acknowledged),
        String(lost),
        isAsExpected ? "" : "not as predicted",
      ]),
    ],
    { align: ["left", "right", "left", "left", "right", "right", "left"] },
  );
}

/** As JSON. */
export function lossJson({ expected, isLed, acknowledged, lost, isAsExpected }: Losses): object {
  return { client: expected.cell.name, isLed, acknowledged, lost, isAsExpected };
}

/** What comes again in another run; how many records are lost does not. */
export function lossFigures(losses: readonly Losses[]): Record<string, Figure> {
  return Object.fromEntries(
    losses
      .filter(({ expected }) => expected.cell.acks === 1)
      .flatMap(({ expected, isLed, lost }) => [
        [`${expected.cell.name}: a follower led before the leader was back`, { value: isLed }],
        [`${expected.cell.name}: loses acknowledged records`, { value: lost > 0 }],
      ]),
  );
}
