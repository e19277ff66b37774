// The cells of the matrix: a producer for each acks and each topic, all of which have the same leader.

import type { Lab, Load, Probe } from "@kafka-failure-lab/sdk";

/** A producer and a topic. */
export interface Cell {
  /** `acks 1, min 2`; the name of the probe. */
  readonly name: string;
  readonly producer: string;
  readonly acks: 0 | 1 | "all";
  readonly topic: string;
  /** The topic's min.insync.replicas. */
  readonly minIsr: number;
  readonly probe: Probe;
  readonly load: Load;
}

/** A producer's name and settings. */
export interface Producer {
  readonly producer: string;
  readonly acks: 0 | 1 | "all";
  readonly idempotent: boolean;
}

/** What the producers differ in; idempotence needs acks=all. */
export const PRODUCERS: readonly Producer[] = [
  { producer: "acks 0", acks: 0, idempotent: false },
  { producer: "acks 1", acks: 1, idempotent: false },
  { producer: "acks all", acks: "all", idempotent: false },
  { producer: "acks all, idempotent", acks: "all", idempotent: true },
];

/** A topic's partition that a broker leads, and its leader and ISR now. */
export interface Leading {
  readonly topic: string;
  readonly minIsr: number;
  readonly partition: number;
}

/**
 * Starts a load of ten records a second for each producer on each of some partitions, and resolves when every
 * one that is answered has been acknowledged.
 */
export async function startCells(lab: Lab, partitions: readonly Leading[]): Promise<Cell[]> {
  const cells = partitions.flatMap(({ topic, minIsr, partition }) =>
    PRODUCERS.map(({ producer, acks, idempotent }): Cell => {
      const name = `${producer}, min ${minIsr}`;
      const probe = lab.probe({ name, topic, partition, acks, idempotent, requestTimeout: "2s" });
      return { name, producer, acks, topic, minIsr, probe, load: probe.start({ perSecond: 10 }) };
    }),
  );
  await Promise.all(cells.filter(({ acks }) => acks !== 0).map(({ load }) => load.acknowledged(10)));
  return cells;
}

/**
 * Waits until each of some partitions has an ISR of that size, and its leader has served with it.
 *
 * @returns from when what is sent meets that ISR, in milliseconds of the run
 */
export async function untilIsr(
  { cluster, run }: Lab,
  partitions: readonly Leading[],
  size: number,
  served: Load,
): Promise<number> {
  await cluster.waitFor(({ partitions: seen }) =>
    partitions.every(
      (one) =>
        seen.find(({ topic, partition }) => topic === one.topic && partition === one.partition)!.isr
          .length === size,
    ),
  );
  await served.acknowledged(5);
  return run.now();
}
