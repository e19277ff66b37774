// Where a row's fault strikes: Kafka draws the brokers that hold a topic, so topics are made until one lies
// as the row wants it.

import {
  type Broker,
  type Description,
  type Lab,
  LabError,
  type PartitionState,
} from "@kafka-failure-lab/sdk";
import { resolveFault } from "@kafka-failure-lab/sdk/predict";
import { faultyDirectories } from "@kafka-failure-lab/sdk/testing";
import { serveOnce } from "../served.ts";
import type { Row } from "./row.ts";

/** Where the fault strikes. */
export interface Situation {
  readonly topic: string;
  readonly targets: readonly Broker[];
  /** Where the topic lay when it was placed. */
  readonly placed: PartitionState;
  readonly brokers: readonly Broker[];
}

/** A topic in three has its leader where a row wants it, so thirty fail once in 200,000. */
const DRAWS = 30;

/**
 * Returns a topic whose brokers are what the row wants, and whom the fault hits.
 *
 * @throws LabError NOT_READY where no draw fits
 */
export async function placeTopic(lab: Lab, row: Row): Promise<Situation> {
  for (let draw = 1; draw <= DRAWS; draw++) {
    const topic = draw === 1 ? lab.topic : `${lab.topic}-${draw}`;
    const now = await made(lab, row, topic, draw);
    const partition = now.partitions.find((one) => one.topic === topic)!;
    const targets = targetsOf(row, partition, now);
    const brokers = now.brokers.map(({ broker }) => broker);
    if (targets !== undefined && (await liesAsWanted(lab, row, targets, partition)))
      return { topic, targets, placed: partition, brokers };
  }
  throw new LabError(
    "NOT_READY",
    `Cannot place the topic of ${row.id}: none of ${DRAWS} has its ${row.whom} where the row wants it`,
    { hint: "Is the controller a broker of this cluster?" },
  );
}

/** Whether the replica of each target is in the log directory that the row wants: that is chance, too. */
async function liesAsWanted(
  { engine }: Lab,
  { fault, replica }: Row,
  targets: readonly Broker[],
  { topic }: PartitionState,
): Promise<boolean> {
  if (replica === undefined) return true;
  const directories = await faultyDirectories({ engine }, resolveFault(fault, targets));
  return (directories ?? []).every(
    ({ replicas }) => replicas.some((one) => one.topic === topic) === (replica === "in the directory"),
  );
}

/** Says whom the fault hits, or undefined where the controller is not where the row wants it. */
export function targetsOf(
  { whom, controller: wanted }: Pick<Row, "whom" | "controller">,
  { leader, replicas }: PartitionState,
  { brokers, controller }: Pick<Description, "controller"> & { brokers: readonly { broker: Broker }[] },
): Broker[] | undefined {
  const followers = replicas.filter((broker) => broker !== leader);
  const fits = (broker: Broker): boolean =>
    wanted === "any" || (broker === controller) === (wanted === "hit");
  const one = (candidates: readonly Broker[]): Broker[] | undefined => {
    const found = candidates.find(fits);
    return found === undefined ? undefined : [found];
  };
  switch (whom) {
    case "leader":
      return one(leader === null ? [] : [leader]);
    case "follower":
      return one(followers);
    case "followers":
      return wanted === "any" || followers.some((broker) => broker === controller) === (wanted === "hit")
        ? followers
        : undefined;
    case "all":
      return [...(leader === null ? [] : [leader]), ...others(brokers, leader)];
    case "topic":
      return [];
    case "bystander":
      return one(brokers.map(({ broker }) => broker).filter((broker) => !replicas.includes(broker)));
  }
}

function others(brokers: readonly { broker: Broker }[], leader: Broker | null): Broker[] {
  return brokers.map(({ broker }) => broker).filter((broker) => broker !== leader);
}

/** Makes the topic, unless the lab has; the first send does where nobody else is to. */
async function made(
  lab: Lab,
  { topic: { isCreated, replicationFactor, config } }: Row,
  topic: string,
  draw: number,
): Promise<Description> {
  if (isCreated) {
    if (draw > 1)
      await lab.cluster.createTopic(topic, {
        ...(replicationFactor !== undefined && { replicationFactor }),
        ...(config && { config }),
      });
  } else {
    await serveOnce(lab.probe({ name: `first ${draw}`, topic }));
  }
  return await lab.cluster.waitFor(
    (now) => now.quorum !== null && now.partitions.some((one) => one.topic === topic && one.leader !== null),
  );
}
