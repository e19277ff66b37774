// What became of acknowledged records when the last in-sync replica died, and others were back before it.

import {
  type History,
  type Lab,
  noLostWrites,
  type Picture,
  type SendEvent,
  tableOf,
} from "@kafka-failure-lab/sdk";
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
  /**
   * Of these, what was never appended: it was acknowledged at the offset of another record of its producer,
   * since an idempotent kafkajs producer gives sequence numbers twice.
   */
  readonly misnumbered: number;
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
    const misnumbered = lost === 0 ? 0 : misnumberedOf(history, one.cell);
    const isLed = leaders.get(one.cell.topic) !== null;
    const isKept = one.cell.acks === "all"; // by Kafka: what a client loses of its own does not count
    const isExplained =
      lost === 0 || (one.prediction.lost === "possible" && (!isKept || lost <= misnumbered));
    return {
      expected: one,
      isFirstBack: isFirstBack(one),
      ...{ isLed, acknowledged, lost, misnumbered },
      isAsExpected: isLed === isFirstBack(one) && isExplained,
    };
  });
}

/**
 * How many records of a client were acknowledged at the offset of another one of its own, which was written
 * twice: the broker has taken them for repetitions.
 */
function misnumberedOf(history: History, { name, topic }: Expected["cell"]): number {
  const read = history.findLast((event) => event.kind === "readback" && event.topic === topic);
  if (read?.kind !== "readback") return 0;
  const offsets = new Map<string, string[]>();
  for (const { value, partition, offset } of read.records)
    offsets.set(value, [...(offsets.get(value) ?? []), `${partition} ${offset}`]);
  const sends = history.filter((event): event is SendEvent => event.kind === "send" && event.client === name);
  const twice = new Set(
    sends.flatMap(({ value }) => {
      const own = offsets.get(value) ?? [];
      return own.length > 1 ? own : [];
    }),
  );
  return sends.filter(
    ({ outcome, value, partition, offset }) =>
      outcome === "ok" && !offsets.has(value) && twice.has(`${String(partition)} ${String(offset)}`),
  ).length;
}

/** A row a cell whose sends are acknowledged. */
export function lossTable(losses: readonly Losses[]): Picture {
  return tableOf(
    [
      ["producer", "min ISR", "losses predicted", "a follower led", "acknowledged", "lost", ""],
      ...losses.map(({ expected, isLed, acknowledged, lost, misnumbered, isAsExpected }) => [
        expected.cell.producer,
        String(expected.cell.minIsr),
        expected.prediction.lost === "possible" ? "possible" : "none",
        isLed ? "yes" : "no",
        String(acknowledged),
        String(lost),
        isAsExpected ? ownText(lost, misnumbered) : "not as predicted",
      ]),
    ],
    { align: ["left", "right", "left", "left", "right", "right", "left"] },
  );
}

/** What the client lost by itself. */
function ownText(lost: number, misnumbered: number): string {
  return misnumbered === 0 ? "" : `${Math.min(lost, misnumbered)} by kafkajs: a sequence number used twice`;
}

/** As JSON. */
export function lossJson({ expected, isLed, acknowledged, lost, misnumbered, isAsExpected }: Losses): object {
  return { client: expected.cell.name, isLed, acknowledged, lost, misnumbered, isAsExpected };
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
