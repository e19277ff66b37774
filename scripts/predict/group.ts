// A prediction for a consumer group, as text.

import { type Circumstances, readable, table } from "@kafka-failure-lab/sdk";
import type { GroupPrediction } from "@kafka-failure-lab/sdk/predict";

/** The sentence, why, what is assumed, and a row for each partition. */
export function groupLines(prediction: GroupPrediction, { topic }: Pick<Circumstances, "topic">): string[] {
  const { group, fault, targets, members, role, partitions, sentence, why } = prediction;
  const whom = members.length > 0 ? `member ${members.join(", ")}` : `broker ${targets.join(", ")}`;
  const is = role === null ? "" : `, to the group ${role === "both" ? "leader and coordinator" : role}`;
  const rows = partitions.map(({ topic: name, partition, leader, member, standstill, timers }) => [
    `${name}-${partition}`,
    `broker ${leader ?? "none"}`,
    member ?? "nobody",
    standstill === null ? "not read" : `${readable(standstill.fromMs)} to ${readable(standstill.toMs)}`,
    timers.map(({ name: timer, ms }) => `${timer} ${readable(ms)}`).join(", "),
  ]);
  return [
    sentence,
    why,
    "",
    `assumed: replicas ${topic.state.replicas.length}, ISR ${topic.state.isr.length}, ` +
      `min ISR ${topic.minIsr}; ${fault} of ${whom}${is}; group ${group}`,
    "",
    ...table([["partition", "leader", "read by", "stands still", "decided by"], ...rows]),
  ];
}
