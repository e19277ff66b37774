// The cluster's own state: leaders, in-sync replicas, live brokers, the active controller. Every node is
// asked, because an isolated node goes on answering with its last known state.

import type { FeaturesAnswer, MetadataAnswer, QuorumAnswer } from "../../kafka/protocol/mod.ts";
import { controllerListeners, isPlaintext } from "../../compose/mod.ts";
import { openWire, type Wire } from "../../kafka/connection.ts";
import { isRefusal } from "../../kafka/security/mod.ts";
import type { LabError } from "../../model/errors.ts";
import type { Security } from "../../model/security.ts";
import type { Node } from "../../engine/engine.ts";
import type { Broker } from "../../model/history.ts";
import { type Answers, type View, viewOf } from "./view.ts";

export type { View } from "./view.ts";

export interface Observer {
  /** Asks all nodes once; never rejects: if none answers, the view is empty. @default topics all */
  look(topics?: readonly string[] | null): Promise<View>;
  /**
   * Polls each node, `everyMs()` after its last answer, and calls back with every view. A node that hangs
   * does not delay the others.
   */
  watch(topics: () => readonly string[], everyMs: () => number, onView: (view: View) => void): Watch;
  /** The cluster's features, from the broker that answers first; undefined if none answers. */
  features(): Promise<FeaturesAnswer | undefined>;
  /**
   * Makes every broker learn the controller's decisions at once. A follower of the metadata log learns of a
   * commit with the answer to its next fetch, up to 500 ms later unless another record is written
   * (metadata.max.idle.interval.ms): this writes one.
   */
  forceMetadataCommit(): void;
  /**
   * Why no broker has ever answered, where one refuses the lab's password or the lab does not trust its
   * certificate: waiting does not help.
   */
  refusal(): LabError | undefined;
  close(): void;
}

/** A running watch. */
export interface Watch {
  /** Asks every node whose answer is not pending. */
  look(): void;
  stop(): void;
}

const TIMEOUT_MS = 1_000;

/** The connections of an observer. */
interface Wires {
  brokers: readonly { broker: Broker; wire: Wire }[];
  /** Those that are asked for the quorum. */
  quorum: readonly Wire[];
  /** A broker has answered. */
  hasAnswered: boolean;
  refusal: LabError | undefined;
}

/** Makes an observer of these nodes; connections stay open between polls. */
export function makeObserver(nodes: readonly Node[], security?: Security): Observer {
  const brokers = new Map(nodes.map(({ nodeId, broker }) => [nodeId as number, broker]));
  const brokerOf = (nodeId: number): Broker | undefined => brokers.get(nodeId) ?? undefined;
  const wires = openWires(nodes, security);
  return {
    look: async (topics = null) => viewOf(await askAll(wires, topics), brokerOf),
    watch: (topics, everyMs, onView) =>
      pollEach(wires, { topics, everyMs, onAnswer: (answers) => onView(viewOf(answers, brokerOf)) }),
    features: () =>
      Promise.any(wires.brokers.map(({ wire }) => wire.features(TIMEOUT_MS))).catch(() => undefined),
    forceMetadataCommit() {
      for (const { wire } of wires.brokers) void wire.initProducerId(TIMEOUT_MS).catch(() => {});
    },
    refusal: () => (wires.hasAnswered ? undefined : wires.refusal),
    close() {
      for (const { wire } of wires.brokers) wire.close();
      for (const wire of wires.quorum) wire.close();
    },
  };
}

/**
 * A controller listener answers DescribeQuorum by itself. A broker forwards it and blocks while there is no
 * controller; so it gets a connection of its own, and the broker's other answers are not held up.
 */
function openWires(nodes: readonly Node[], security: Security | undefined): Wires {
  const controllers = nodes.filter(hasPlainController).flatMap(({ controller }) => controller ?? []);
  return {
    hasAnswered: false,
    refusal: undefined,
    brokers: nodes.flatMap(({ broker, observed }) =>
      broker === null || observed === null ? [] : [{ broker, wire: openWire(observed, security) }],
    ),
    quorum:
      controllers.length > 0
        ? controllers.map((address) => openWire(address))
        : nodes.flatMap(({ observed }) => (observed === null ? [] : [openWire(observed, security)])),
  };
}

/** What the lab's clients have to show is for the clients' listener, not for that of the controllers. */
function hasPlainController(node: Node): boolean {
  const named = { service: node.service, properties: node.properties };
  return [...controllerListeners(named)].every((listener) => isPlaintext(node, listener));
}

async function metadataOf(
  wires: Wires,
  wire: Wire,
  topics: readonly string[] | null,
): Promise<MetadataAnswer | undefined> {
  try {
    const answer = await wire.metadata(topics, TIMEOUT_MS);
    wires.hasAnswered = true;
    return answer;
  } catch (error) {
    if (isRefusal(error)) wires.refusal = error;
    return undefined;
  }
}
const quorumOf = (wire: Wire): Promise<QuorumAnswer | undefined> =>
  wire.quorum(TIMEOUT_MS).catch(() => undefined);

async function askAll(wires: Wires, topics: readonly string[] | null): Promise<Answers> {
  const { brokers, quorum } = wires;
  const [metadata, leadership] = await Promise.all([
    Promise.all(
      brokers.map(async ({ broker, wire }) => ({ broker, answer: await metadataOf(wires, wire, topics) })),
    ),
    Promise.all(quorum.map(quorumOf)),
  ]);
  return { metadata, quorum: leadership };
}

interface Polling {
  topics(): readonly string[];
  everyMs(): number;
  /** Called after each answer with the newest answer of every node. */
  onAnswer(answers: Answers): void;
}

/** Polls each node in a loop of its own. */
function pollEach(wires: Wires, { topics, everyMs, onAnswer }: Polling): Watch {
  const { brokers, quorum } = wires;
  const metadata = brokers.map(({ broker }): Answers["metadata"][number] => ({ broker, answer: undefined }));
  const leadership: (QuorumAnswer | undefined)[] = quorum.map(() => undefined);
  const pauses = wakeablePauses(everyMs);
  let isStopped = false;
  const repeat = async (ask: () => Promise<void>): Promise<void> => {
    while (!isStopped) {
      await ask();
      if (isStopped) return;
      onAnswer({ metadata, quorum: leadership });
      await pauses.pause();
    }
  };
  brokers.forEach(
    ({ broker, wire }, index) =>
      void repeat(async () => {
        metadata[index] = { broker, answer: await metadataOf(wires, wire, topics()) };
      }),
  );
  quorum.forEach(
    (wire, index) =>
      void repeat(async () => {
        leadership[index] = await quorumOf(wire);
      }),
  );
  return {
    look: pauses.wakeAll,
    stop() {
      isStopped = true;
      pauses.wakeAll();
    },
  };
}

/** Pauses of `everyMs()` that can all be ended early. */
function wakeablePauses(everyMs: () => number): { pause(): Promise<void>; wakeAll(): void } {
  const pending = new Set<() => void>();
  return {
    pause: () =>
      new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          pending.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, everyMs());
        timer.unref();
        pending.add(wake);
      }),
    wakeAll: () => [...pending].forEach((wake) => wake()),
  };
}
