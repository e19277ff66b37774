// One partition, as the cluster has it.

import { type Description, type Lab, LabError, type PartitionState } from "@kafka-failure-lab/sdk";

/** The partition's state now. */
export async function partitionAt(lab: Lab, topic: string, partition: number): Promise<PartitionState> {
  return stateIn(await lab.cluster.describe(), topic, partition)!;
}

/** The partition's state in a view of the cluster. */
export function stateIn(
  { partitions }: Pick<Description, "partitions">,
  topic: string,
  partition: number,
): PartitionState | undefined {
  return partitions.find((one) => one.topic === topic && one.partition === partition);
}

/**
 * Waits until brokers are in the ISR of no partition of the topic that has another replica in sync, and lead
 * none.
 */
export async function untilAway(lab: Lab, topic: string, brokers: readonly number[]): Promise<void> {
  await lab.cluster.waitFor(({ partitions }) =>
    partitions.every(
      ({ topic: other, leader, isr }) =>
        other !== topic ||
        brokers.every((broker) => leader !== broker && (isr.length === 1 || !isr.includes(broker))),
    ),
  );
}

/** Waits until a broker is alive and the partition has nobody who leads it, though there is a controller. */
export async function untilLeaderless(
  lab: Lab,
  { topic, partition, alive }: { topic: string; partition: number; alive: number },
): Promise<void> {
  await lab.cluster.waitFor((now) => {
    const isAlive = now.brokers.some(({ broker, alive: is }) => broker === alive && is);
    return now.quorum !== null && isAlive && stateIn(now, topic, partition)?.leader === null;
  });
}

/** The cluster's session timeout of a broker, in milliseconds. */
export function brokerSessionMs({ engine }: Lab): number {
  const [own] = engine.nodes.flatMap(({ properties }) => properties["broker.session.timeout.ms"] ?? []);
  return Number(own ?? 9_000);
}

/** A partition that has no replica on the active controller, so that its loss leaves it alone. */
export function partitionApart(lab: Lab, topic: string): Promise<PartitionState> {
  return partitionWhere(lab, topic, {
    isOne: ({ replicas }, controller) => !replicas.includes(controller),
    what: "without a replica on the controller",
    hint: "With as many partitions as brokers, and fewer replicas, there is one.",
  });
}

/**
 * A partition that is led by another broker than the active controller: one of them alone is hit. Where the
 * controller leads all, as after a broker was fenced on a busy machine, the preferred leaders are elected.
 *
 * @throws LabError NO_SUCH_PARTITION where the controller is the preferred leader of all
 */
export async function partitionLedApart(lab: Lab, topic: string): Promise<PartitionState> {
  const isOne: Which = ({ leader }, controller) => leader !== null && leader !== controller;
  const now = await findWhere(lab, topic, isOne);
  if (now !== undefined) return now;
  await lab.cluster.waitFor("full isr");
  await lab.cluster.elect("preferred", { topic });
  return partitionWhere(lab, topic, {
    isOne,
    what: "that is not led by the controller",
    hint: "With as many partitions as brokers there is one.",
  });
}

type Which = (state: PartitionState, controller: number) => boolean;

async function findWhere(lab: Lab, topic: string, isOne: Which): Promise<PartitionState | undefined> {
  const { partitions, controller } = await lab.cluster.describe();
  return partitions.find((one) => one.topic === topic && isOne(one, controller ?? -1));
}

async function partitionWhere(
  lab: Lab,
  topic: string,
  how: { isOne: Which; what: string; hint: string },
): Promise<PartitionState> {
  const found = await findWhere(lab, topic, how.isOne);
  if (found !== undefined) return found;
  throw new LabError("NO_SUCH_PARTITION", `Cannot find a partition of ${topic} ${how.what}`, {
    hint: how.hint,
  });
}
