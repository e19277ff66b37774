// From the predictions for the partitions that a client writes to, to one for the client.

import { partitionName } from "../../model/partition.ts";
import type { ClientPrediction, PartitionPrediction, Prediction } from "../../model/prediction.ts";
import { claimsOf } from "./claims.ts";
import { either } from "./possibilities.ts";

/**
 * Merges the predictions for a client's partitions.
 *
 * @param isOnly whether the topic has no other partition: then nobody has to be told which one it is
 * @throws RangeError where there is none
 */
export function clientPrediction(
  partitions: readonly PartitionPrediction[],
  isOnly: boolean,
): ClientPrediction {
  const ordered = [...partitions].sort((a, b) => waitOf(b.prediction) - waitOf(a.prediction));
  const [worst] = ordered;
  if (worst === undefined) throw new RangeError("Cannot predict: the client writes to no partition");
  const all = partitions.map(({ prediction }) => prediction);
  const whole = {
    ...worst.prediction,
    failsOver: Math.max(...all.map(({ failsOver }) => failsOver)),
    served: Math.min(...all.map(({ served }) => served)),
    // the longest wait need not be that of the send with the worst odds
    send: all.map(({ send }) => send).reduce((a, b) => (b.ok < a.ok ? b : a), worst.prediction.send),
    lost: all.map(({ lost }) => lost).reduce(either),
    duplicates: all.map(({ duplicates }) => duplicates).reduce(either),
    unknown: all.map(({ unknown }) => unknown).reduce(either),
    ...(all.some(({ visible }) => visible !== undefined) && {
      visible: Math.min(...all.map(({ visible }) => visible ?? 1)),
    }),
    reasons: [...new Set(ordered.flatMap((one) => one.prediction.reasons ?? []))],
  };
  return {
    ...whole,
    claims: claimsOf(whole),
    sentence: isOnly ? worst.prediction.sentence : sentenceOf(ordered),
    partitions,
  };
}

/** Never is longest. */
function waitOf({ served, gap }: Prediction): number {
  return served === 0 || gap === null ? Infinity : gap.toMs;
}

/** Partitions with the same words share a clause, the one that waits longest first. */
function sentenceOf(ordered: readonly PartitionPrediction[]): string {
  const groups = new Map<string, PartitionPrediction[]>();
  for (const one of ordered) {
    const { sentence } = one.prediction;
    groups.set(sentence, [...(groups.get(sentence) ?? []), one]);
  }
  return [...groups].map(([sentence, group]) => `${namesOf(group)}: ${sentence}`).join(" | ");
}

/** `orders-3 (broker 2)`, `orders-0, 1 and 4 (brokers 3, 1)`. */
function namesOf(group: readonly PartitionPrediction[]): string {
  const [first, ...others] = [...group].sort((a, b) => a.partition - b.partition);
  const name = partitionName(first!);
  const numbers = [name, ...others.map(({ partition }) => partition)];
  const leaders = [...new Set(group.flatMap(({ leader }) => leader ?? []))];
  const led =
    leaders.length === 0
      ? "no leader"
      : `${leaders.length === 1 ? "leader" : "leaders"} ${leaders.join(", ")}`;
  const list = numbers.length === 1 ? name : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
  return `${list} (${led})`;
}
