// What the cluster says of itself: leaders, in-sync replicas, live brokers, the active controller. Asked of
// every node at once, because a node that was cut off goes on telling what it last knew.

import type { FeaturesAnswer, MetadataAnswer, QuorumAnswer } from "../../kafka/protocol/mod.ts";
import { openWire, type Wire } from "../../kafka/connection.ts";
import type { Node } from "../../engine/engine.ts";
import type { Broker, ClusterEvent, NodeId, PartitionState } from "../../model/history.ts";
import type { Run } from "../run.ts";

/** The cluster as observed at one moment. */
export interface View {
  /**
   * The active controller, or null where the quorum has none. A controller that is no broker has its node id
   * in `controllerNode` only.
   */
  controller: Broker | null;
  controllerNode: NodeId | null;
  controllerEpoch: number | null;
  voters: readonly NodeId[];
  /** Brokers that the cluster holds for alive. */
  alive: readonly Broker[];
  partitions: readonly PartitionState[];
  /** How many brokers answered. */
  answered: number;
  /** What each broker that answered says by itself. */
  views: ReadonlyMap<Broker, { alive: readonly Broker[]; partitions: readonly PartitionState[] }>;
}

export interface Observer {
  /** Asks all nodes once; never rejects: a cluster without answer is an empty view. @default topics all */
  look(topics?: readonly string[] | null): Promise<View>;
  /**
   * Asks each node again and again, `everyMs()` after its last answer, and tells of every view. A node that
   * hangs does not delay what the others tell.
   */
  watch(topics: () => readonly string[], everyMs: () => number, onView: (view: View) => void): Watch;
  /** What the broker that answers first says of the cluster's features; undefined where none answers. */
  features(): Promise<FeaturesAnswer | undefined>;
  /**
   * Makes every broker learn at once what the controller has decided. A follower of the metadata log hears of a commit with the answer to its
   * next fetch, up to 500 ms later unless another record is written (metadata.max.idle.interval.ms): this writes one.
   */
  forceMetadataCommit(): void;
  close(): void;
}

/** A watch that goes on. */
export interface Watch {
  /** Asks every node that is not being asked now. */
  look(): void;
  stop(): void;
}

const TIMEOUT_MS = 1_000;

/** Makes an observer of these nodes; connections stay open between looks. */
export function makeObserver(nodes: readonly Node[]): Observer {
  const brokerOf = new Map(nodes.map(({ nodeId, broker }) => [nodeId as number, broker]));
  const known = nodes.flatMap(({ broker, observed }) =>
    broker === null || observed === null ? [] : [{ broker, wire: openWire(observed) }],
  );
  // the controller listener answers without help from others; a broker's forwards, and hangs while there is
  // no controller: on a connection of its own, so that the broker's other answers do not wait behind that one
  const controllers = nodes.flatMap(({ controller }) => controller ?? []);
  const quorum: readonly Wire[] = (
    controllers.length > 0 ? controllers : nodes.flatMap(({ observed }) => observed ?? [])
  ).map((address) => openWire(address));
  const numbers = (ids: readonly number[]): Broker[] =>
    ids.flatMap((id) => brokerOf.get(id) ?? []).sort((a, b) => a - b);

  function compose(
    metadata: readonly (MetadataAnswer | undefined)[],
    leadership: readonly (QuorumAnswer | undefined)[],
  ): View {
    const active = newestQuorum(leadership);
    const answers = metadata.flatMap((answer, index) =>
      answer === undefined ? [] : [{ broker: known[index]!.broker, answer }],
    );
    const controller = active === undefined ? null : (brokerOf.get(active.leaderId) ?? null);
    const best = bestAnswer(answers, controller);
    return {
      controller,
      controllerNode: active?.leaderId ?? null,
      controllerEpoch: active?.leaderEpoch ?? null,
      voters: active?.voters ?? [],
      alive: numbers(best?.brokers.map(({ nodeId }) => nodeId) ?? []),
      partitions: best === undefined ? [] : partitionsOf(best, numbers),
      answered: answers.length,
      views: new Map(
        answers.map(({ broker, answer }) => [
          broker,
          {
            alive: numbers(answer.brokers.map(({ nodeId }) => nodeId)),
            partitions: partitionsOf(answer, numbers),
          },
        ]),
      ),
    };
  }

  return {
    async look(topics = null) {
      const [metadata, leadership] = await Promise.all([
        Promise.all(known.map(({ wire }) => wire.metadata(topics, TIMEOUT_MS).catch(() => undefined))),
        Promise.all(quorum.map((wire) => wire.quorum(TIMEOUT_MS).catch(() => undefined))),
      ]);
      return compose(metadata, leadership);
    },
    watch(topics, everyMs, onView) {
      const metadata: (MetadataAnswer | undefined)[] = known.map(() => undefined);
      const leadership: (QuorumAnswer | undefined)[] = quorum.map(() => undefined);
      let stopped = false;
      /** Those that wait until it is time to ask again. */
      const waiting = new Set<() => void>();
      const repeat = async (ask: () => Promise<void>): Promise<void> => {
        while (!stopped) {
          await ask();
          if (stopped) return;
          onView(compose(metadata, leadership));
          await new Promise<void>((resolve) => {
            const go = (): void => {
              clearTimeout(timer);
              waiting.delete(go);
              resolve();
            };
            const timer = setTimeout(go, everyMs());
            timer.unref();
            waiting.add(go);
          });
        }
      };
      known.forEach(
        ({ wire }, index) =>
          void repeat(async () => {
            metadata[index] = await wire.metadata(topics(), TIMEOUT_MS).catch(() => undefined);
          }),
      );
      quorum.forEach(
        (wire, index) =>
          void repeat(async () => {
            leadership[index] = await wire.quorum(TIMEOUT_MS).catch(() => undefined);
          }),
      );
      const look = (): void => [...waiting].forEach((go) => go());
      return {
        look,
        stop() {
          stopped = true;
          look();
        },
      };
    },
    features: () => Promise.any(known.map(({ wire }) => wire.features(TIMEOUT_MS))).catch(() => undefined),
    forceMetadataCommit() {
      for (const { wire } of known) void wire.initProducerId(TIMEOUT_MS).catch(() => {});
    },
    close() {
      for (const { wire } of known) wire.close();
      for (const wire of quorum) wire.close();
    },
  };
}

/** With the question's own time less than 50 ms from look to look. */
const QUICK_MS = 40;
/**
 * Three brokers and three voters that are asked 25 times a second cost a tenth of a processor and more, so
 * that is for when something happens.
 */
const CALM_MS = 500;
/** How long something is taken to be happening: one change seldom comes alone. */
const STIR_MS = 1_000;

/** A recording of what the cluster says that goes on. */
export interface Recording {
  /**
   * Says that something happens, as a fault that is injected or a broker's log that tells: looks at once, and
   * quickly for a second.
   *
   * @param isFollowed whether that log would tell of leaders and replicas, too
   */
  pollFast(isFollowed: boolean): void;
  stop(): void;
}

/**
 * Writes what the cluster says into the history whenever it changes.
 *
 * It looks every 40 ms for a second after each change and each `stir`, and while a fault is open where the
 * brokers' logs do not tell of leaders and replicas, as they do to the millisecond; else every 500 ms.
 *
 * @param isQuiet whether no fault is open
 */
export function recordViews(
  run: Run,
  observer: Observer,
  topics: () => readonly string[],
  isQuiet: () => boolean = () => true,
): Recording {
  let last = "";
  let isReported = false;
  let quickUntilMs = 0;
  const watch = observer.watch(
    topics,
    () => (run.now() > quickUntilMs && (isReported || isQuiet()) ? CALM_MS : QUICK_MS),
    (view: View) => {
      const { controller, controllerNode, controllerEpoch, alive, partitions } = view;
      const seen: Omit<ClusterEvent, "kind" | "atMs"> = {
        controller,
        controllerNodeId: controllerNode,
        controllerEpoch,
        alive,
        partitions,
      };
      const text = JSON.stringify(seen);
      if (text === last) return;
      last = text;
      quickUntilMs = run.now() + STIR_MS;
      run.record({ kind: "cluster", atMs: run.now(), ...seen });
    },
  );
  return {
    pollFast(isFollowed) {
      isReported ||= isFollowed;
      quickUntilMs = run.now() + STIR_MS;
      watch.look();
    },
    stop: watch.stop,
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

/** The controller's own broker knows first; without one, whoever has seen the newest leader epochs. */
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
        isr: numbers(isr),
        offline: numbers(offline),
      })),
    )
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}
