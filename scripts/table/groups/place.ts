// Where a scene's fault strikes, and which groups it hits there.
//
//   leader        the topic of three partitions has one on each broker; the other topic none on this one
//   coordinator   the leader of the partition of __consumer_offsets that the hash of the group's name gives

import {
  type Broker,
  type Description,
  type Lab,
  LabError,
  type PartitionState,
} from "@kafka-failure-lab/sdk";
import { OFFSETS_TOPIC, offsetsPartition } from "@kafka-failure-lab/sdk/testing";
import type { SceneGroup } from "./row.ts";

/** The topic of which every broker leads a partition. */
export const EVERYWHERE = "everywhere";
/** Its partitions. */
export const PARTITIONS = 3;
/** What the other topic's name begins with. */
const ELSEWHERE = "elsewhere";

/** Where a scene's groups read, and which broker is hit. */
export interface Places {
  readonly broker: Broker;
  readonly topics: { readonly everywhere: string; readonly elsewhere: string };
  /** The offsets' leaders by partition. */
  readonly offsets: readonly (Broker | null)[];
}

/** Longer than brokers need after any fault of the table is healed, or on a busy machine. */
export const BACK_MS = 90_000;
/** One topic in three has its leader on the broker, so ten fail once in 60,000. */
const DRAWS = 10;

/**
 * Chooses a broker that is not the controller, and makes the topics.
 *
 * @throws LabError NOT_READY where no broker leads what it has to
 */
export async function placeScene(lab: Lab): Promise<Places> {
  await lab.cluster.createTopic(EVERYWHERE, { partitions: PARTITIONS });
  await withOffsets(lab);
  await leadAsPlaced(lab);
  const now = await lab.cluster.waitFor(
    (seen) =>
      seen.quorum !== null &&
      led(seen, EVERYWHERE).length === PARTITIONS &&
      led(seen, OFFSETS_TOPIC).length > 0,
  );
  const broker = brokerOf(now);
  if (broker === undefined)
    throw new LabError("NOT_READY", "Cannot place the fault: no broker leads a partition of each topic", {
      hint: `It has to lead one of ${EVERYWHERE} and one of ${OFFSETS_TOPIC}, and not to be the controller.`,
    });
  const offsets = led(now, OFFSETS_TOPIC).map(({ leader }) => leader);
  return {
    broker,
    topics: { everywhere: EVERYWHERE, elsewhere: await topicElsewhere(lab, broker) },
    offsets,
  };
}

/** A broker that was fenced on a busy machine leads again what it led. */
export async function leadAsPlaced({ cluster }: Lab): Promise<void> {
  await cluster.waitFor("full isr", { timeout: BACK_MS });
  await cluster.elect("preferred", "all", { timeout: BACK_MS });
}

/** The first broker that leads a partition of each, and is not the controller. */
export function brokerOf(now: Pick<Description, "controller" | "partitions">): Broker | undefined {
  const leads = (topic: string): (Broker | null)[] => led(now, topic).map(({ leader }) => leader);
  const offsets = leads(OFFSETS_TOPIC);
  return leads(EVERYWHERE).find(
    (broker): broker is Broker => broker !== null && broker !== now.controller && offsets.includes(broker),
  );
}

/** A name with which a group has a coordinator that is the broker that is hit, or is not. */
export function groupName(
  { id, role }: Pick<SceneGroup, "id" | "role">,
  { broker, offsets }: Pick<Places, "broker" | "offsets">,
): string {
  if (role === undefined) return id;
  const wanted = role === "coordinator" || role === "both";
  for (let draw = 1; ; draw++) {
    const name = `${id}-${draw}`;
    if ((offsets[offsetsPartition(name, offsets.length)] === broker) === wanted) return name;
  }
}

/** The topic that a group of a role reads. */
export function topicOf({ role }: Pick<SceneGroup, "role">, { topics }: Pick<Places, "topics">): string {
  return role === undefined || role === "leader" || role === "both" ? topics.everywhere : topics.elsewhere;
}

/** The partitions of a topic that have a leader, in order. */
function led({ partitions }: Pick<Description, "partitions">, topic: string): PartitionState[] {
  return partitions
    .filter((one) => one.topic === topic && one.leader !== null)
    .sort((a, b) => a.partition - b.partition);
}

/** The first group makes the topic of the offsets. */
async function withOffsets(lab: Lab): Promise<void> {
  const first = await lab.group("first", { topic: EVERYWHERE, members: 1 });
  await first.settled();
  await first.close();
}

async function topicElsewhere(lab: Lab, broker: Broker): Promise<string> {
  for (let draw = 1; draw <= DRAWS; draw++) {
    const topic = `${ELSEWHERE}-${draw}`;
    await lab.cluster.createTopic(topic);
    const now = await lab.cluster.waitFor((seen) => led(seen, topic).length === 1);
    if (led(now, topic)[0]!.leader !== broker) return topic;
  }
  throw new LabError("NOT_READY", `Cannot place a topic elsewhere: ${DRAWS} were on broker ${broker}`);
}
