// From containers that run to an engine: follows their events, finds out where they are reached, and undoes
// everything where that fails.

import { existsSync, readFileSync } from "node:fs";
import type { KafkaService } from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { type Claim, release } from "../../runtime/claims.ts";
import { inside } from "../../runtime/inside.ts";
import type { Security } from "../../model/security.ts";
import type { Engine, Exit, Node } from "../engine.ts";
import type { Secrets } from "../secrets.ts";
import type { Cli } from "./cli.ts";
import { type Container, makeContainer } from "./container.ts";
import { makeDockerDisk } from "./disk.ts";
import { type FollowedCluster, followCluster } from "./following.ts";
import { type ContainerFacts, containersOf } from "./inspect.ts";
import { type DockerNetwork, makeNetwork } from "./network/mod.ts";
import { placeNodes } from "./nodes.ts";
import { isGone, OWNER_LABEL, readOwner } from "./owner.ts";
import { isReachable } from "./reachable.ts";
import { makeEngine } from "./verbs.ts";
import type { OnProgress } from "../../runtime/progress.ts";

/** What starting a cluster and taking one over have in common. */
export interface Common {
  /** Unique on this machine. */
  lab: string;
  cli: Cli;
  /** The folder for the brokers' logs. */
  logDir: string;
  /** Called for brokers that ended without being asked to. */
  onDeath?(service: string, exit: Exit): void;
  onProgress: OnProgress;
  signal?: AbortSignal | undefined;
  /** What the lab's own connections to encrypted listeners use. */
  security?: Security | undefined;
}

export interface Opening extends Common {
  /** `key=value`: what all of the cluster's containers carry. */
  label: string;
  guardian: Guardian;
  claim: Claim;
  /**
   * Removes the cluster, `wasEnded` in the middle of its start; does nothing to one that is somebody else's.
   */
  remove(how: { wasEnded: boolean }): Promise<void>;
  /** What the containers mount from the lab's folder: a kept cluster keeps that. */
  secrets?: Secrets | undefined;
}

export interface Started {
  services: readonly KafkaService[];
  /** What the image's tag says of Kafka's version. */
  version: string;
  from: string;
  keep: boolean;
  /** Was up before: a lab that is gone may have left its network broken. @default false */
  isFound?: boolean;
}

/** What is open of a cluster while it starts and runs. */
interface OpenCluster {
  readonly parts: Opening;
  readonly followed: FollowedCluster;
  network: DockerNetwork | undefined;
  isClosed: boolean;
}

/**
 * Follows the events from before the start, so that none is missed, and undoes everything where the start
 * fails.
 */
export async function opened(parts: Opening, start: () => Promise<Started>): Promise<Engine> {
  const cluster: OpenCluster = {
    parts,
    followed: followCluster(parts),
    network: undefined,
    isClosed: false,
  };
  try {
    return await takeUp(cluster, await start());
  } catch (error) {
    await close(cluster, { keep: false, wasEnded: true }).catch(() => {}); // the first failure is reported
    throw error;
  }
}

/** Makes the engine of a cluster whose containers have started. */
async function takeUp(cluster: OpenCluster, started: Started): Promise<Engine> {
  const { cli, label, guardian, claim, logDir, signal, security, onProgress } = cluster.parts;
  const { containers } = cluster.followed;
  const { services } = started;
  const facts = await containersOf(cli, label, signal);
  const placed = placeNodes(services, facts);
  assertReached(placed.nodes);
  const logFile = (service: string): string => inside(logDir, `${service}.log`);
  for (const { service } of services)
    containers.set(service, containerOf(cluster, factsOf(service, facts), logFile(service)));
  cluster.followed.passOnEarly();
  await Promise.all([...containers.values()].map((one) => one.settled()));
  signal?.throwIfAborted();
  const nodes = await Promise.all(placed.nodes.map(withController));
  const network = (cluster.network = makeNetwork({
    cli,
    guardian,
    services,
    nodes,
    containers,
    label: started.isFound ? undefined : label,
    security,
    onProgress,
  }));
  if (started.isFound && !facts.some(isAnothers)) for (const line of await network.sweep()) onProgress(line);
  const files = services.map(({ service }) => logFile(service));
  return makeEngine(
    {
      cli,
      nodes,
      addresses: placed.addresses,
      differs: placed.notes,
      containers,
      network,
      disk: makeDockerDisk({ cli, services, containers, guardian, folder: claim.dir, onProgress }),
      from: started.from,
      keep: started.keep,
      version: versionIn(files, started.version),
      logFile,
      close: (how) => close(cluster, how),
    },
    guardian,
  );
}

/** @throws LabError UNSUPPORTED for a broker that this machine's clients have no port of */
function assertReached(nodes: readonly Node[]): void {
  const broker = nodes.find((node) => node.broker !== null && node.client === null);
  if (broker !== undefined)
    throw new LabError(
      "UNSUPPORTED",
      `Cannot reach ${broker.service}: no port of a client listener is published`,
      { hint: "Has the service `ports:` for the listener that its clients use?" },
    );
}

function containerOf(cluster: OpenCluster, facts: ContainerFacts, logFile: string): Container {
  const { cli, guardian, onDeath } = cluster.parts;
  const { service } = facts;
  return makeContainer({
    cli,
    facts,
    logFile,
    onExit: (exit, asked) => void (asked || onDeath?.(service, exit)),
    onStart: () => cluster.network?.restarted(service),
    onHelper: (pid) => guardian.helper(pid),
  });
}

/** The node, without its controller listener where this machine does not reach that. */
async function withController(node: Node): Promise<Node> {
  const { controller } = node;
  return { ...node, controller: controller !== null && (await isReachable(controller)) ? controller : null };
}

async function close(
  cluster: OpenCluster,
  { keep, wasEnded = false }: { keep: boolean; wasEnded?: boolean },
): Promise<void> {
  if (cluster.isClosed) return;
  cluster.isClosed = true;
  const { remove, claim, guardian, secrets, onProgress } = cluster.parts;
  await cluster.followed.close();
  try {
    if (!keep) await remove({ wasEnded });
  } finally {
    if (!keep || secrets === undefined) for (const line of release(claim)) onProgress(line);
    await guardian.dismiss();
  }
}

/** Whether the container belongs to a lab that runs, which may have faults of its own there. */
function isAnothers({ labels }: ContainerFacts): boolean {
  const owner = readOwner(labels[OWNER_LABEL] ?? "");
  return owner !== undefined && !isGone(owner, { kept: true });
}

function factsOf(service: string, facts: readonly ContainerFacts[]): ContainerFacts {
  const own = facts.find((one) => one.service === service);
  if (own === undefined)
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot find the container of ${service}: docker lists ${namesOf(facts)}`,
    );
  return own;
}

function namesOf(facts: readonly ContainerFacts[]): string {
  return facts.map(({ service }) => service).join(", ") || "none";
}

/** The version that AppInfoParser logs at the start of every broker; until then, that of the image's tag. */
function versionIn(files: readonly string[], otherwise: string): () => string {
  let found: string | undefined;
  return () => {
    for (const file of files) {
      found ??= /Kafka version: (\d\S*)/.exec(existsSync(file) ? readFileSync(file, "utf8") : "")?.[1];
    }
    return found ?? otherwise;
  };
}
