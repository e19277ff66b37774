// One view of the cluster, composed of what its nodes answered.
//
//   Metadata of each broker ──┐
//                             ├─▶ View: controller, live brokers, partitions
//   DescribeQuorum of voters ─┘

import type { MetadataAnswer, QuorumAnswer } from "../../kafka/protocol/mod.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";

/** The cluster as observed at one moment. */
export interface View {
  /**
   * The active controller, or null if the quorum has none. A dedicated controller has its node id in
   * `controllerNode` only.
   */
  controller: Broker | null;
  controllerNode: NodeId | null;
  controllerEpoch: number | null;
  voters: readonly NodeId[];
  /** Brokers that the cluster regards as alive. */
  alive: readonly Broker[];
  partitions: readonly PartitionState[];
  /** By topic, the id on which all answers agree: null where all say that there is no such topic. */
  topicIds: ReadonlyMap<string, string | null>;
  /** How many brokers answered. */
  answered: number;
  /** Each answering broker's own view. */
  views: ReadonlyMap<Broker, { alive: readonly Broker[]; partitions: readonly PartitionState[] }>;
}

/** What the nodes answered; undefined for those that did not. */
export interface Answers {
  metadata: readonly { broker: Broker; answer: MetadataAnswer | undefined }[];
  quorum: readonly (QuorumAnswer | undefined)[];
}

/** @param brokerOf the broker with this node id; undefined for a dedicated controller */
export function viewOf(
  { metadata, quorum }: Answers,
  brokerOf: (nodeId: number) => Broker | undefined,
): View {
  const numbers = (ids: readonly number[]): Broker[] =>
    ids.flatMap((id) => brokerOf(id) ?? []).sort((a, b) => a - b);
  const active = newestQuorum(quorum);
  const answers = metadata.flatMap(({ broker, answer }) =>
    answer === undefined ? [] : [{ broker, answer }],
  );
  const controller = active === undefined ? null : (brokerOf(active.leaderId) ?? null);
  const best = bestAnswer(answers, controller);
  const aliveIn = (answer: MetadataAnswer): Broker[] => numbers(answer.brokers.map(({ nodeId }) => nodeId));
  return {
    controller,
    controllerNode: active?.leaderId ?? null,
    controllerEpoch: active?.leaderEpoch ?? null,
    voters: active?.voters ?? [],
    alive: best === undefined ? [] : aliveIn(best),
    partitions: best === undefined ? [] : partitionsOf(best, numbers),
    topicIds: agreedIds(answers.map(({ answer }) => answer)),
    answered: answers.length,
    views: new Map(
      answers.map(({ broker, answer }) => [
        broker,
        { alive: aliveIn(answer), partitions: partitionsOf(answer, numbers) },
      ]),
    ),
  };
}

/**
 * Only the active controller answers without an error; after a partition an old one may do so too, with a
 * lower epoch.
 */
function newestQuorum(answers: readonly (QuorumAnswer | undefined)[]): QuorumAnswer | undefined {
  return answers
    .filter((one): one is QuorumAnswer => one !== undefined && one.errorCode === 0 && one.leaderId >= 0)
    .sort((a, b) => b.leaderEpoch - a.leaderEpoch)[0];
}

/** The controller's own broker is first to know; without one, the broker with the newest leader epochs. */
function bestAnswer(
  answers: readonly { broker: Broker; answer: MetadataAnswer }[],
  controller: Broker | null,
): MetadataAnswer | undefined {
  const epochs = ({ topics }: MetadataAnswer): number =>
    topics.reduce(
      (sum, { partitions }) => sum + partitions.reduce((s, { leaderEpoch }) => s + leaderEpoch, 0),
      0,
    );
  const own = answers.find(({ broker }) => broker === controller)?.answer;
  return own ?? answers.map(({ answer }) => answer).sort((a, b) => epochs(b) - epochs(a))[0];
}

function partitionsOf(
  { topics }: MetadataAnswer,
  numbers: (ids: readonly number[]) => Broker[],
): PartitionState[] {
  return topics
    .flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, leader, leaderEpoch, replicas, isr, offline }) => ({
        topic,
        partition,
        leader: numbers([leader])[0] ?? null,
        leaderEpoch,
        replicas: numbers(replicas),
        ...preferredOf(numbers(replicas.slice(0, 1))),
        isr: numbers(isr),
        offline: numbers(offline),
      })),
    )
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

function preferredOf([preferred]: readonly Broker[]): Pick<PartitionState, "preferred"> {
  return preferred === undefined ? {} : { preferred };
}

const UNKNOWN_TOPIC_OR_PARTITION = 3;

function agreedIds(answers: readonly MetadataAnswer[]): Map<string, string | null> {
  /** By topic, each answer's id; undefined where it has none for another reason. */
  const found = new Map<string, Set<string | null | undefined>>();
  for (const { topics } of answers) {
    for (const { topic, topicId, errorCode } of topics) {
      const id = errorCode === UNKNOWN_TOPIC_OR_PARTITION ? null : (topicId ?? undefined);
      found.set(topic, (found.get(topic) ?? new Set()).add(id));
    }
  }
  return new Map(
    [...found].flatMap(([topic, [id, ...others]]) =>
      id === undefined || others.length > 0 ? [] : [[topic, id] as const],
    ),
  );
}
