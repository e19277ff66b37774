// What is said of a group before a fault: the lab's own prediction, and beside it the circumstances as a
// value, from which the same can be said again without a cluster.

import {
  type Broker,
  type Duration,
  type FaultSpec,
  type Group,
  type GroupPrediction,
  type Lab,
  toMs,
} from "@kafka-failure-lab/sdk";
import { resolveFault } from "@kafka-failure-lab/sdk/predict";
import {
  type GroupCircumstances,
  groupCircumstances,
  OFFSETS_TOPIC,
  POLL_TIMEOUT_MS,
} from "@kafka-failure-lab/sdk/testing";
import { impersonal } from "../predicting.ts";

/** A prediction, and what it was made from. */
export interface PredictedGroup {
  readonly prediction: GroupPrediction;
  readonly circumstances: GroupCircumstances;
}

/** Predicts a fault for a group just before it. @param perSecond records that reach its topic */
export async function predictedGroup(
  lab: Lab,
  group: Group,
  fault: FaultSpec,
  perSecond: number,
): Promise<PredictedGroup> {
  const prediction = await lab.predict(fault, { group, perSecond });
  const { engine } = lab;
  // nobody may answer for a moment on a starved machine
  const description = await lab.cluster.waitFor(({ partitions }) =>
    partitions.some(({ topic }) => topic === OFFSETS_TOPIC),
  );
  const { settings } = group;
  // who reads what may not be known a moment later: it is taken as the prediction has it
  const readers = prediction.partitions.flatMap(({ topic, partition, member }) =>
    member === null ? [] : [[`${topic}-${partition}`, member] as const],
  );
  const { total } = await group.describe();
  const known = groupCircumstances({
    kafka: engine.kafka,
    engine: engine.kind as "local" | "docker", // its labs are started
    nodes: engine.nodes,
    description,
    slower: slowerOf(lab),
    group: {
      name: group.name,
      settings,
      members: runningOf(group),
      pollTimeout: settings.client === "java" ? POLL_TIMEOUT_MS : null,
    },
    topics: { [settings.topic]: {}, [OFFSETS_TOPIC]: {} },
    readers: new Map(readers),
    recordsPerSecond: perSecond,
    ...(total === null ? {} : { lag: total }),
    fault: faultOf(fault, prediction),
  });
  return {
    prediction,
    circumstances: {
      ...known,
      nodes: known.nodes.map((node) => ({ ...node, properties: impersonal(node.properties) })),
    },
  };
}

function faultOf(
  { target: _, ...spec }: FaultSpec,
  { targets, members }: GroupPrediction,
): GroupCircumstances["fault"] {
  return members.length === 0
    ? resolveFault(spec, [...targets] satisfies Broker[])
    : { kind: spec.kind, members, ...slowed(spec) };
}

function slowed(spec: FaultSpec): { processMs?: number } {
  const { process } = spec as FaultSpec & { process?: Duration };
  return process === undefined ? {} : { processMs: toMs(process) };
}

function runningOf(group: Group): string[] {
  return Array.from({ length: group.size }, (_, i) => group.member(i + 1))
    .filter(({ state }) => state === "running")
    .map(({ name }) => name);
}

/** How many times slower the machine is than the reference, as measured while the brokers booted. */
export function slowerOf({ run }: Pick<Lab, "run">): number {
  const first = run.history.find((event) => event.kind === "run");
  return first?.kind === "run" ? (first.machine?.slower ?? 1) : 1;
}
