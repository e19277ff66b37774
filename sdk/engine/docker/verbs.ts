// The Engine port on containers: passes each verb to its container, and registers with the guardian what it
// would have to undo.

import { LabError } from "../../model/errors.ts";
import { guarded, type Guardian } from "../../runtime/guardian/guardian.ts";
import type { Action, Engine, Node } from "../engine.ts";
import { tail } from "../../runtime/tail.ts";
import type { Cli } from "./cli.ts";
import type { Container } from "./container.ts";
import type { DockerDisk } from "./disk.ts";
import { keptLogs } from "./logs.ts";
import type { DockerNetwork } from "./network/mod.ts";

/** What a cluster in containers consists of. */
export interface Made {
  nodes: readonly Node[];
  addresses: ReadonlyMap<string, string>;
  differs: readonly string[];
  cli: Cli;
  containers: ReadonlyMap<string, Container>;
  network: DockerNetwork;
  disk: DockerDisk;
  /** Where it comes from, for a person. */
  from: string;
  /** Whether the containers stay when the lab closes. */
  keep: boolean;
  /** The version that the containers' logs name. */
  version(): string;
  logFile(service: string): string;
  close(options: { keep: boolean }): Promise<void>;
}

/** The port, on containers; every state that has to be undone is registered with the guardian. */
export function makeEngine(made: Made, guardian: Guardian): Engine {
  const { cli, containers, network, disk, keep: stays, version, logFile, close } = made;
  const { from, differs, nodes, addresses } = made;
  const container = (service: string): Container => containerOf(containers, service);
  const injected = async (
    service: string,
    undo: string | undefined,
    act: (one: Container) => Promise<Action>,
  ): Promise<Action> => {
    const one = container(service);
    return undo === undefined
      ? await act(one)
      : await guarded(guardian, { id: service, undo: ["docker", undo, one.id] }, () => act(one));
  };
  // unlike a start, a restart waits for the end of a stop that is under way
  const undoOfEnd = stays ? "restart" : undefined;
  const startInTurn = inTurn(
    (service) =>
      undone(service, async (one) => {
        const lost = await disk.starts(service);
        const action = await one.start();
        await network.settled();
        return lost === undefined ? action : { ...action, via: `${action.via}; ${lost}` };
      }),
    (service) => container(service).address,
  );
  const undone = async (service: string, act: (one: Container) => Promise<Action>): Promise<Action> => {
    const action = await act(container(service));
    guardian.healed(service);
    return action;
  };
  return {
    kind: "docker",
    get kafka() {
      return version();
    },
    from,
    differs,
    nodes,
    addresses,
    network,
    disk,
    // what waits for a broker's JVM does not keep the next one from being started
    start: (service) => afterwards(startInTurn(service), () => disk.started(service)),
    stop: (service, options) => injected(service, undoOfEnd, (one) => one.stop(options)),
    kill: (service) => injected(service, undoOfEnd, (one) => one.kill()),
    pause: (service) => injected(service, "unpause", (one) => one.pause()),
    resume: (service) => undone(service, (one) => one.resume()),
    status: (service) => container(service).status(),
    followLogs() {
      for (const one of containers.values()) one.follow();
    },
    logFile,
    keptLogs: (service) => keptLogs(cli, container(service), logFile(service)),
    lastWords: (service) => tail(logFile(service)),
    close: ({ keep = stays } = {}) => close({ keep }),
  };
}

async function afterwards(acting: Promise<Action>, next: () => Promise<void>): Promise<Action> {
  const action = await acting;
  await next();
  return action;
}

/** @throws LabError NO_SUCH_BROKER */
function containerOf(containers: Made["containers"], service: string): Container {
  const one = containers.get(service);
  if (one !== undefined) return one;
  throw new LabError(
    "NO_SUCH_BROKER",
    `Cannot find the service ${service}: the cluster has ${[...containers.keys()].join(", ")}`,
  );
}

/**
 * Starts what is asked for at one moment one by one, lowest address first. Docker gives the lowest free
 * address to whoever starts; two brokers that swapped theirs would stay cut off: a follower that has resolved
 * its leader's name goes on asking the other one, which answers.
 */
function inTurn(
  start: (service: string) => Promise<Action>,
  addressOf: (service: string) => string,
): (service: string) => Promise<Action> {
  let asked: { service: string; begin(): Promise<unknown> }[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const flush = (): void => {
    const batch = asked.sort((a, b) =>
      addressOf(a.service).localeCompare(addressOf(b.service), "en", { numeric: true }),
    );
    asked = [];
    for (const { begin } of batch) last = last.then(begin);
  };
  return (service) =>
    new Promise((resolve, reject) => {
      if (asked.length === 0) setImmediate(flush);
      asked.push({ service, begin: () => start(service).then(resolve, reject) });
    });
}
