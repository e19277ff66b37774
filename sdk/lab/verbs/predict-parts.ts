// What a prediction asks of a lab.

import type { TopicSetting } from "../../client/admin.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ResolvedFault } from "../../model/fault.ts";
import type { Broker } from "../../model/history.ts";
import { type NodeConfig, nodesAsSeen } from "../../analysis/predict/mod.ts";
import type { Groups } from "../groups/groups.ts";
import type { Run } from "../run.ts";
import type { Description } from "./description.ts";
import type { ResolveFault } from "./inject.ts";
import type { ClientParts } from "./written-partitions.ts";

/** The parts of a lab that predictions are made of. */
export interface PredictParts extends ClientParts {
  engine: Engine;
  resolve: ResolveFault;
  describe(): Promise<Description>;
  brokerOf(address: string): Broker | null;
  /** Makes a client's topic ready, on a cluster that the lab has not started. */
  ready?(topic: string): Promise<void>;
  groups: Pick<Groups, "open">;
}

/** The settings of a topic that decide what a fault does to it. */
export const MIN_ISR = "min.insync.replicas";
/** Whether a replica may become the leader that is not in sync. */
export const UNCLEAN = "unclean.leader.election.enable";

/** After how many records a log is forced to the disk. */
export const FLUSH = "flush.messages";

/** The cluster as a prediction takes it. */
export function clusterNow(
  { run, engine }: Pick<PredictParts, "run" | "engine">,
  description: Description,
): {
  kafka: string;
  engine: "local" | "docker";
  nodes: readonly NodeConfig[];
  description: Description;
  slower: number;
} {
  return {
    kafka: engine.kafka,
    // its links are those of the local engine
    engine: engine.kind === "remote" ? "local" : engine.kind,
    nodes: engine.kind === "remote" ? nodesAsSeen(engine.nodes, description) : runningNodes(engine),
    description,
    slower: slowerOf(run),
  };
}

/** What is in force for a topic, of what its broker answered, and what of it the topic sets itself. */
export function ownSettings(found: Readonly<Record<string, TopicSetting>> | undefined): {
  minIsr?: number;
  uncleanElection?: boolean;
  isForced?: boolean;
  own?: readonly string[];
} {
  const [minIsr, unclean, flush] = [MIN_ISR, UNCLEAN, FLUSH].map((name) => found?.[name]);
  const own = Object.entries(found ?? {}).flatMap(([name, { isOwn }]) => (isOwn ? name : []));
  return {
    ...(minIsr && { minIsr: Number(minIsr.value) }),
    ...(unclean && { uncleanElection: unclean.value === "true" }),
    ...(flush && { isForced: flush.value === "1" }),
    ...(own.length > 0 && { own }),
  };
}

function runningNodes(engine: Engine): readonly NodeConfig[] {
  return engine.nodes.filter(({ service }) => engine.status(service).state === "running");
}

/**
 * The fault as it meets brokers whose disks forget now: a kill is a power cut, where it hits no other.
 */
export function withForgetfulDisks(fault: ResolvedFault, { history }: Pick<Run, "history">): ResolvedFault {
  if (fault.process !== "death" || fault.targets.length === 0) return fault;
  const healed = new Set(history.flatMap((event) => (event.kind === "heal" ? event.id : [])));
  const forgetful = history.flatMap((event) =>
    event.kind === "fault" && event.disk?.effect === "forgetful" && !healed.has(event.id)
      ? event.targets
      : [],
  );
  const isCut = fault.targets.every((broker) => forgetful.includes(broker));
  return isCut ? { ...fault, disk: { effect: "forgetful" } } : fault;
}

/** How much slower the machine is, as measured while the brokers booted. */
function slowerOf({ history }: Run): number {
  const first = history.find((event) => event.kind === "run");
  return first?.machine?.slower ?? 1;
}
