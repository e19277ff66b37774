// From containers that run to an engine: follows what the daemon tells of them, finds out where they are
// reached, and undoes everything where that fails.

import { existsSync, readFileSync } from "node:fs";
import net from "node:net";
import type { KafkaService } from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { type Claim, release } from "../../runtime/claims.ts";
import { inside } from "../../runtime/inside.ts";
import type { Engine, Exit, Node } from "../engine.ts";
import type { Cli } from "./cli.ts";
import { type Container, makeContainer } from "./container.ts";
import { type ContainerEvent, type EventStream, followEvents } from "./events.ts";
import { type ContainerFacts, containersOf } from "./inspect.ts";
import { type DockerNetwork, makeNetwork } from "./network/mod.ts";
import { placeNodes } from "./nodes.ts";
import { isGone, OWNER_LABEL, readOwner } from "./owner.ts";
import { makeEngine } from "./verbs.ts";

/** What starting a cluster and taking one over have in common. */
export interface Common {
  /** Unique on this machine. */
  lab: string;
  cli: Cli;
  /** The folder for the brokers' logs. */
  logDir: string;
  /** Hears of brokers that ended without being asked to. */
  onDeath?(service: string, exit: Exit): void;
  onProgress(line: string): void;
  signal?: AbortSignal | undefined;
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

const AGAIN_MS = 500;

/**
 * Follows the events from before the start, so that none is missed, and undoes everything where the start
 * fails.
 */
export async function opened(parts: Opening, start: () => Promise<Started>): Promise<Engine> {
  const { cli, label, guardian, claim, logDir, signal } = parts;
  const containers = new Map<string, Container>();
  let isClosed = false;
  let network: DockerNetwork | undefined;
  /** What the daemon told before the containers were looked at. */
  const early: ContainerEvent[] = [];
  let lastNano = 0;
  const follow = (sinceNano?: number): EventStream => {
    const followed = followEvents({
      label,
      env: cli.env,
      sinceMs: sinceNano === undefined ? undefined : sinceNano / 1e6,
      onEvent(event) {
        if (event.timeNano < (sinceNano ?? 0)) return; // told before the stream was lost
        lastNano = Math.max(lastNano, event.timeNano);
        if (containers.size === 0) early.push(event);
        hear(event);
      },
      onLost() {
        // the daemon was restarted, or somebody ended the command: what happened meanwhile is told again, and looked up
        const lostAt = lastNano === 0 ? (Date.now() - AGAIN_MS) * 1e6 : lastNano;
        setTimeout(() => {
          if (isClosed) return;
          stream = follow(lostAt);
          for (const one of containers.values()) void one.look().catch(() => {});
        }, AGAIN_MS).unref();
      },
    });
    if (followed.pid !== undefined) guardian.helper(followed.pid);
    return followed;
  };
  const hear = (event: ContainerEvent): void =>
    [...containers.values()].find(({ id }) => id === event.id)?.hear(event);
  let stream = follow();

  async function close({ keep, wasEnded = false }: { keep: boolean; wasEnded?: boolean }): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    await Promise.all([stream.close(), ...[...containers.values()].map((one) => one.close())]);
    try {
      if (!keep) await parts.remove({ wasEnded });
    } finally {
      for (const line of release(claim)) parts.onProgress(line);
      await guardian.dismiss();
    }
  }

  try {
    const started = await start();
    const facts = await containersOf(cli, label, signal);
    const placed = placeNodes(started.services, facts);
    const broker = placed.nodes.find((node) => node.broker !== null && node.client === null);
    if (broker !== undefined)
      throw new LabError(
        "UNSUPPORTED",
        `Cannot reach ${broker.service}: no port of a client listener is published`,
        { hint: "Has the service `ports:` for the listener that its clients use?" },
      );
    const logFile = (service: string): string => inside(logDir, `${service}.log`);
    for (const { service } of started.services) {
      const onExit = (exit: Exit, asked: boolean): void => void (asked || parts.onDeath?.(service, exit));
      containers.set(
        service,
        makeContainer({
          cli,
          facts: factsOf(service, facts),
          logFile: logFile(service),
          onExit,
          onStart: () => network?.restarted(service),
          onHelper: (pid) => guardian.helper(pid),
        }),
      );
    }
    early.forEach(hear);
    await Promise.all([...containers.values()].map((one) => one.settled()));
    signal?.throwIfAborted();
    const nodes = await Promise.all(
      placed.nodes.map(
        async (node): Promise<Node> => ({
          ...node,
          controller: node.controller !== null && (await answers(node.controller)) ? node.controller : null,
        }),
      ),
    );
    network = makeNetwork({
      cli,
      guardian,
      services: started.services,
      nodes,
      containers,
      label: started.isFound ? undefined : label,
      onProgress: parts.onProgress,
    });
    if (started.isFound && !facts.some(isAnothers))
      for (const line of await network.sweep()) parts.onProgress(line);
    const version = versionIn(
      started.services.map(({ service }) => logFile(service)),
      started.version,
    );
    return makeEngine(
      {
        cli,
        nodes,
        addresses: placed.addresses,
        differs: placed.notes,
        containers,
        network,
        from: started.from,
        keep: started.keep,
        version,
        logFile,
        close,
      },
      guardian,
    );
  } catch (error) {
    await close({ keep: false, wasEnded: true }).catch(() => {}); // the first failure is the one to be told
    throw error;
  }
}

/** A lab that lives has its own faults there. */
function isAnothers({ labels }: ContainerFacts): boolean {
  const owner = readOwner(labels[OWNER_LABEL] ?? "");
  return owner !== undefined && !isGone(owner, { kept: true });
}

function factsOf(service: string, facts: readonly ContainerFacts[]): ContainerFacts {
  const own = facts.find((one) => one.service === service);
  if (own === undefined)
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot find the container of ${service}: docker lists ${facts.map((one) => one.service).join(", ") || "none"}`,
    );
  return own;
}

/** Reads what AppInfoParser says at the start of every broker; until it has said it, the image's tag. */
function versionIn(files: readonly string[], otherwise: string): () => string {
  let found: string | undefined;
  return () => {
    for (const file of files) {
      found ??= /Kafka version: (\d\S*)/.exec(existsSync(file) ? readFileSync(file, "utf8") : "")?.[1];
    }
    return found ?? otherwise;
  };
}

const REACH_MS = 300;

/**
 * Says whether this machine reaches an address within the containers' network, as Linux does and Docker
 * Desktop does not.
 */
function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(":");
  return new Promise((resolve) => {
    const socket = net.connect({
      host: address.slice(0, at),
      port: Number(address.slice(at + 1)),
      timeout: REACH_MS,
    });
    const settle = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    // refused is reached: the broker has not bound its port yet
    socket
      .once("connect", settle(true))
      .once("timeout", settle(false))
      .once("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED")());
  });
}
