// What a rolling restart of brokers cost, by the history.
//
//   wait: full isr   one broker at a time is out of the ISR: never below min ISR of RF - 1
//   wait: none       the next goes while the last one is still away: below min ISR, or no leader at all

import {
  availability,
  type ClusterEvent,
  type History,
  machineShare,
  type Picture,
  readable,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";

/** How fast brokers were rolled. */
export type RollKind = "full isr" | "none";

/**
 * What is expected of a roll, in words: with a wait one broker is away at a time; without one the next goes
 * while the process of the last one starts, which takes longer than a controlled shutdown.
 */
export function rollExpectation(
  wait: RollKind,
  { replicas, minIsr }: { replicas: number; minIsr: number },
): string {
  if (wait === "full isr" && replicas - 1 >= minIsr)
    return `the smallest ISR has ${replicas - 1} of ${replicas} replicas: no send is refused`;
  return `an ISR has fewer than ${minIsr} of ${replicas} replicas, or there is no leader: sends wait`;
}

/** What a roll did, beside what was expected. */
export interface Rolled {
  readonly wait: RollKind;
  /** The smallest ISR that was seen; 0 where a partition had no leader. */
  readonly least: number;
  /** The longest time without an acknowledged send, in milliseconds. */
  readonly gapMs: number;
  readonly tookMs: number;
  /** How many partitions were led by another broker than the preferred one afterwards. */
  readonly moved: number;
  readonly verdict: Verdict;
}

/** Measures a roll within a span; `minIsr` is the topic's. */
export function rolledOf(
  history: History,
  {
    topic,
    wait,
    minIsr,
    fromMs,
    toMs,
  }: {
    topic: string;
    wait: RollKind;
    minIsr: number;
    fromMs: number;
    toMs: number;
  },
): Rolled {
  const views = history.filter(
    (event): event is ClusterEvent => event.kind === "cluster" && event.atMs >= fromMs && event.atMs <= toMs,
  );
  const own = views.map(({ partitions }) => partitions.filter((one) => one.topic === topic));
  const sizes = own.flatMap((partitions) =>
    partitions.map(({ leader, isr }) => (leader === null ? 0 : isr.length)),
  );
  const logged = history.flatMap((event) =>
    event.kind === "broker log" && event.atMs >= fromMs && event.atMs <= toMs ? [event.fact] : [],
  );
  for (const fact of logged)
    if ((fact.what === "isr" || fact.what === "becameLeader") && fact.topic === topic)
      sizes.push(fact.isr.length);
  const least = Math.min(...sizes);
  const sends = history.filter(
    (event) =>
      event.kind !== "send" || (event.atMs + event.tookMs >= fromMs && event.atMs + event.tookMs <= toMs),
  );
  const moved = (own.at(-1) ?? []).filter((one) => one.leader !== one.preferred).length;
  const { isBusy } = machineShare(history, { fromMs, toMs });
  return {
    wait,
    least,
    gapMs: availability(sends, { topic }).facts.run.gap?.ms ?? toMs - fromMs,
    tookMs: toMs - fromMs,
    moved,
    verdict: sizes.length === 0 ? "unknown" : verdictOf(wait, least < minIsr, isBusy),
  };
}

/**
 * Without a wait it is a race: a broker that is back in sync before the next one has handed over shows
 * nothing. With one, a broker that gets no processor is fenced though nobody restarts it.
 */
function verdictOf(wait: RollKind, isBelow: boolean, isBusy: boolean): Verdict {
  if (wait === "none") return isBelow || "unknown";
  return !isBelow || (isBusy ? "unknown" : false);
}

/** A row a roll. */
export function rolledTable(rolls: readonly Rolled[]): Picture {
  return tableOf(
    [
      ["wait", "smallest ISR", "longest without an ack", "took", "leaders elsewhere", "as expected"],
      ...rolls.map(({ wait, least, gapMs, tookMs, moved, verdict }) => [
        wait,
        String(least),
        readable(gapMs),
        readable(tookMs),
        String(moved),
        verdict === true ? "yes" : verdict === false ? "no" : "not known",
      ]),
    ],
    { align: ["left", "right", "right", "right", "right", "left"] },
  );
}

/** As JSON. */
export function rolledJson({ verdict, ...rest }: Rolled): object {
  return { ...rest, asExpected: verdict };
}

/** What comes again in another run. */
export function rolledFigures(rolls: readonly Rolled[], minIsr: number): Record<string, Figure> {
  return Object.fromEntries(
    rolls.map(({ wait, least }) => [`wait ${wait}: an ISR below the minimum`, { value: least < minIsr }]),
  );
}
