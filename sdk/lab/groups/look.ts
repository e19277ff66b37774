// A consumer group as its coordinator has it, asked with the lab's own requests: no client library says who
// coordinates a group, and none may join to look.
//
//   FindCoordinator (any broker) ─▶ DescribeGroups, ConsumerGroupDescribe, OffsetFetch (the coordinator)

import type { Node } from "../../engine/engine.ts";
import { openWires, type Wire } from "../../kafka/connection.ts";
import type { GroupAnswer } from "../../kafka/protocol/mod.ts";
import type { Broker, GroupEvent, TopicPartition } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { Security } from "../../model/security.ts";

/** A group at one moment. */
export interface GroupView extends Pick<GroupEvent, "state" | "coordinator" | "protocol" | "members"> {
  /** Whom it is of: `consumer`; null where nobody answers, or it never had a member. */
  protocolType: string | null;
  /** The assignor that it agreed on, by its own name: `range`; null where there is none. */
  assignor: string | null;
  /** By partition's name, the committed offset; undefined where the coordinator did not answer. */
  committed: ReadonlyMap<string, TopicPartition & { offset: bigint }> | undefined;
}

/** Looks at groups; connections stay open between looks. */
export interface GroupLooker {
  /** Never rejects: what nobody answers is null. */
  look(group: string): Promise<GroupView>;
  /** The broker that coordinates a group, whether it exists or not; null where no broker knows it. */
  coordinatorOf(group: string): Promise<Broker | null>;
  /** The end of a partition, of the broker at this address; undefined where it does not answer. */
  endOf(address: string, topic: string, partition: number): Promise<bigint | undefined>;
  /** Whether a broker that answers knows the topic; it is not created. */
  hasTopic(topic: string): Promise<boolean>;
  close(): void;
}

const TIMEOUT_MS = 1_000;

/** @param knowsConsumerProtocol whether the brokers answer ConsumerGroupDescribe (4.0) */
export function groupLooker(
  nodes: readonly Pick<Node, "nodeId" | "broker" | "observed">[],
  { security, knowsConsumerProtocol }: { security: Security | undefined; knowsConsumerProtocol: boolean },
): GroupLooker {
  const wires = openWires(security);
  const brokers = nodes.filter(({ broker, observed }) => broker !== null && observed !== null);
  const coordinator = async (group: string): Promise<(typeof brokers)[number] | undefined> => {
    const answers = brokers.map(async ({ observed }) => {
      const { errorCode, nodeId } = await wires.to(observed!).coordinator(group, TIMEOUT_MS);
      const found = brokers.find((one) => errorCode === 0 && one.nodeId === nodeId);
      if (found === undefined) throw new Error("not known");
      return found;
    });
    return await Promise.any(answers).catch(() => undefined);
  };
  return {
    async look(group) {
      const found = await coordinator(group);
      if (found === undefined) return { ...NOBODY, coordinator: null };
      return {
        ...(await viewOf(wires.to(found.observed!), group, knowsConsumerProtocol)),
        coordinator: found.broker,
      };
    },
    coordinatorOf: async (group) => (await coordinator(group))?.broker ?? null,
    endOf: async (address, topic, partition) =>
      await wires
        .to(address)
        .end(topic, partition, TIMEOUT_MS)
        .then(({ errorCode, offset }) => (errorCode === 0 ? offset : undefined))
        .catch(() => undefined),
    async hasTopic(topic) {
      const answers = brokers.map(async ({ observed }) => {
        const { topics } = await wires.to(observed!).metadata([topic], TIMEOUT_MS);
        if (topics[0]?.errorCode !== 0) throw new Error("not known");
      });
      return await Promise.any(answers).then(
        () => true,
        () => false,
      );
    },
    close: () => wires.close(),
  };
}

type Answered = Omit<GroupView, "coordinator">;

const NOBODY: Answered = {
  state: null,
  protocol: null,
  protocolType: null,
  assignor: null,
  members: [],
  committed: undefined,
};

async function viewOf(wire: Wire, group: string, knowsConsumerProtocol: boolean): Promise<Answered> {
  const [described, committed] = await Promise.all([
    descriptionOf(wire, group, knowsConsumerProtocol),
    wire.committed(group, TIMEOUT_MS).catch(() => undefined),
  ]);
  const offsets =
    committed === undefined || committed.errorCode !== 0
      ? undefined
      : new Map(committed.offsets.map((one) => [partitionName(one), one]));
  return { ...described, committed: offsets };
}

async function descriptionOf(
  wire: Wire,
  group: string,
  knowsConsumerProtocol: boolean,
): Promise<Omit<Answered, "committed">> {
  const ask = async (protocol: "classic" | "consumer"): Promise<Omit<Answered, "committed"> | undefined> => {
    const answer = await wire.group(group, protocol, TIMEOUT_MS).catch(() => undefined);
    return answer === undefined || answer.errorCode !== 0 ? undefined : { ...factsOf(answer), protocol };
  };
  const consumer = knowsConsumerProtocol ? await ask("consumer") : undefined;
  return consumer ?? (await ask("classic")) ?? NOBODY;
}

function factsOf({
  state,
  protocolType,
  assignor,
  members,
}: GroupAnswer): Omit<Answered, "protocol" | "committed"> {
  return {
    state,
    protocolType: protocolType || null,
    assignor: assignor || null,
    members: members
      .map(({ memberId, clientId, partitions }) => ({
        memberId,
        clientId,
        partitions: [...partitions].sort((a, b) => (partitionName(a) < partitionName(b) ? -1 : 1)),
      }))
      .sort((a, b) => (a.clientId < b.clientId ? -1 : 1)),
  };
}
