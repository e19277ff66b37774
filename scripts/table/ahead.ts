// What a row has done ahead of its prediction, and the row's own fault as a value.

import type { Broker, Description, Fault, FaultSpec, Lab } from "@kafka-failure-lab/sdk";
import { type Situation, targetsOf } from "./place.ts";
import type { Before, Row } from "./row.ts";

/** The row's fault for the brokers or the topic that it hits. */
export function faultOf({ fault, whom }: Pick<Row, "fault" | "whom">, on: Situation): FaultSpec {
  return whom === "topic" ? { ...fault, of: { topic: on.topic } } : { ...fault, target: [...on.targets] };
}

/**
 * Injects what is ahead, one after the other; it stays open. Returns the faults in the order in which they
 * were injected.
 */
export async function goAhead(
  lab: Lab,
  { before = [] }: Pick<Row, "before">,
  on: Situation,
): Promise<Fault[]> {
  const open: Fault[] = [];
  for (const step of before) {
    const hit = "heal" in step ? [] : hitBy(step, on);
    if ("heal" in step) await open[0]!.heal();
    else open.push(await lab.inject({ ...step.fault, target: hit }));
    await reached(lab, step, hit, on);
  }
  return open;
}

function hitBy(step: Extract<Before, { fault: FaultSpec }>, { placed, brokers }: Situation): Broker[] {
  const all = brokers.map((broker) => ({ broker }));
  return targetsOf({ whom: step.whom, controller: "any" }, placed, { brokers: all, controller: null }) ?? [];
}

async function reached(
  lab: Lab,
  { until }: Before,
  hit: readonly Broker[],
  { topic }: Situation,
): Promise<void> {
  if (until === undefined) return;
  await lab.cluster.waitFor(({ partitions, quorum }: Description) => {
    const state = partitions.find((one) => one.topic === topic);
    if (state === undefined || quorum === null) return false;
    return until === "leaderless"
      ? state.leader === null && state.offline.length < state.replicas.length
      : state.leader !== null && !state.isr.some((broker) => hit.includes(broker));
  });
}
