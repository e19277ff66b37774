// The Network port on containers: from the faults to one docker command for each node whose network changes.
//
//   faults ─▶ plan.ts (pure: tc lines, iptables rules) ─▶ steps from what the node has ─▶ reach.ts ─▶ docker exec, or a helper container
//
// A namespace ends with its container's process. What a node has is forgotten when it starts, and made again.

import { performance } from "node:perf_hooks";
import { controllerListeners, type KafkaService, listenersOf } from "../../../compose/mod.ts";
import { LabError } from "../../../errors.ts";
import type { Guardian } from "../../../guardian/guardian.ts";
import type { Broker } from "../../../history.ts";
import { type NetFault, sayFault } from "../../../traffic.ts";
import { openEcho } from "../../echo.ts";
import type { ActionOptions, Node } from "../../engine.ts";
import type { Applied, Line, Network } from "../../network.ts";
import type { Cli } from "../cli.ts";
import type { Container } from "../container.ts";
import { inspect } from "../inspect.ts";
import { differsOf, explain, viaOf } from "./account.ts";
import type { Site } from "./effects.ts";
import { isNothing, NOTHING, type Plan, planOf, stepsOf, undoScript } from "./plan.ts";
import { hasOwn, readCounts } from "./qdiscs.ts";
import { openPeer } from "./peer.ts";
import { execIn, type Reach } from "./reach.ts";
import { findTools, look, type Tools } from "./tools.ts";

export interface NetworkParts {
  cli: Cli;
  guardian: Guardian;
  services: readonly KafkaService[];
  nodes: readonly Node[];
  containers: ReadonlyMap<string, Container>;
  /** What marks helper containers as this lab's. */
  label: string | undefined;
  onProgress(line: string): void;
}

export interface DockerNetwork extends Network {
  /** A container has started, with a network namespace in which nothing of the lab is. */
  restarted(service: string): void;
  /** Resolves when the faults are made in every namespace that is new. @throws LabError where they cannot */
  settled(): Promise<void>;
  /** Removes what a lab that is gone has left in the containers, and nothing else; returns a line for each. */
  sweep(): Promise<string[]>;
}

/** What the lab knows of one node's namespace. */
interface Spot {
  service: KafkaService;
  container: Container;
  has: Plan;
  tools: Promise<Tools> | undefined;
  addresses: readonly string[];
  /** Why its network cannot be changed. */
  shares: string | undefined;
}

export function makeNetwork({ cli, guardian, services, nodes, containers, label, onProgress }: NetworkParts): DockerNetwork {
  const spots = services.map((service): Spot => ({ service, container: containers.get(service.service)!, has: NOTHING, tools: undefined, addresses: [], shares: undefined }));
  let faults: readonly NetFault[] = [];
  let isStale = true;
  let queue: Promise<unknown> = Promise.resolve();
  let remade: Promise<unknown> = Promise.resolve();

  /** One change at a time: each starts from what the one before has left. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = queue.then(task);
    queue = result.catch(() => {});
    return result;
  }

  const stateOf = ({ container }: Spot): "running" | "paused" | "stopped" => container.status().state;

  function toolsOf(spot: Spot, signal?: AbortSignal): Promise<Tools> {
    if (spot.tools !== undefined) return spot.tools;
    const { service, image } = spot.service;
    const found = findTools({ cli, id: spot.container.id, service, image: spot.container.image || image, label, onProgress, signal });
    // while it is frozen, only a helper gets in
    if (stateOf(spot) === "running") spot.tools = found;
    found.catch(() => (spot.tools = undefined));
    return found;
  }

  /** Addresses change when containers start. */
  async function refresh(signal: AbortSignal | undefined): Promise<void> {
    if (!isStale) return;
    const facts = await inspect(cli, spots.map(({ container }) => container.id), signal);
    for (const spot of spots) {
      const own = facts.find(({ id }) => id === spot.container.id);
      spot.addresses = own?.addresses ?? [];
      spot.shares = own?.sharesNetwork;
    }
    isStale = false;
  }

  const siteOf = (spot: Spot, { interfaces }: Tools): Site => ({
    interfaces,
    controllerPorts: portsOf(spot.service),
    remotes: spots.filter((one) => one !== spot).map(({ service, addresses }) => ({ broker: service.broker, addresses, controllerPorts: portsOf(service) })),
  });
  const ownOf = (spot: Spot, all: readonly NetFault[]): NetFault[] => all.filter(({ broker }) => broker === spot.service.broker);

  async function planFor(spot: Spot, all: readonly NetFault[], signal: AbortSignal | undefined): Promise<Plan> {
    const own = ownOf(spot, all);
    if (own.length === 0) return NOTHING;
    if (spot.shares !== undefined) throw new LabError("UNSUPPORTED", `Cannot make a ${sayFault(own[0]!)}: ${spot.service.service} shares ${spot.shares}`, { broker: own[0]!.broker, hint: `Has the service \`network_mode:\`? Without it, it has a network of its own.` });
    const tools = await toolsOf(spot, signal);
    const plan = planOf(own, siteOf(spot, tools), tools.kernel);
    if (plan.rules.length > 0 && tools.iptables === undefined) throw new LabError("UNSUPPORTED", `Cannot make a ${sayFault(own[0]!)}: no iptables that this kernel answers is in reach of ${spot.service.service}`, { broker: own[0]!.broker, hint: "LAB_NET_IMAGE names an image with sh, iproute2 and iptables." });
    return plan;
  }

  const reachOf = (spot: Spot, tools: Tools): Reach => (stateOf(spot) === "paused" ? tools.whileFrozen : tools.reach);
  const undoOf = (tools: Tools): string => undoScript(tools.interfaces, tools.iptables ?? "iptables");

  /** Changes one namespace. Where it is not as remembered, what is the lab's own there is removed first. */
  async function change(spot: Spot, wants: Plan, what: string, { signal, timeoutMs }: ActionOptions = {}): Promise<void> {
    const tools = await toolsOf(spot, signal);
    const reach = reachOf(spot, tools);
    const id = `net:${spot.service.service}`;
    const options = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    const run = async (from: Plan): Promise<void> => void (await cli.docker(what, reach.argv(stepsOf(from, wants, tools.iptables ?? "iptables")), options));
    if (!isNothing(wants)) guardian.open(id, ["docker", ...reach.script(undoOf(tools))]);
    await run(spot.has).catch(async (error: unknown) => {
      signal?.throwIfAborted();
      if (isGone(error)) return;
      const { qdiscs } = await look(cli, reach, spot.service.service, signal);
      const foreign = explain(error, { what, spot: spot.container.name, broker: spot.service.broker, qdiscs, wants });
      // the undo touches nothing of others'
      await cli.docker(what, reach.script(undoOf(tools)), options);
      spot.has = NOTHING;
      if (foreign !== undefined) throw foreign;
      if (!isNothing(wants)) await run(NOTHING);
    });
    spot.has = wants;
    if (isNothing(wants)) guardian.healed(id);
  }

  /** Its container ended meanwhile, and its namespace with it. */
  function isGone(error: unknown): boolean {
    return error instanceof LabError && /is not running|No such container/i.test(error.facts.stderr ?? "");
  }

  /** Makes it so in every namespace that there is, or in none. */
  async function make(wanted: readonly NetFault[], options: ActionOptions): Promise<Applied> {
    const began = performance.now();
    const { signal } = options;
    await refresh(signal);
    const alive = spots.filter((spot) => stateOf(spot) !== "stopped");
    const plans = new Map(await Promise.all(alive.map(async (spot) => [spot, await planFor(spot, wanted, signal)] as const)));
    const before = new Map(alive.map((spot) => [spot, spot.has]));
    const changed = alive.filter((spot) => JSON.stringify(spot.has) !== JSON.stringify(plans.get(spot)));
    let effectAt = performance.now();
    const results = await Promise.allSettled(changed.map(async (spot) => {
      await change(spot, plans.get(spot)!, sayChange(spot, ownOf(spot, wanted)), options);
      effectAt = performance.now();
    }));
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      await Promise.allSettled(changed.map((spot) => restore(spot, before.get(spot)!)));
      throw failure.reason;
    }
    faults = wanted;
    const tools = await Promise.all(changed.map((spot) => toolsOf(spot)));
    return {
      effectAt,
      tookMs: performance.now() - began,
      via: viaOf(changed.map((spot) => (isNothing(spot.has) ? before.get(spot)! : spot.has)), wanted.length === 0),
      differs: differsOf(wanted, { hasNetem: tools.every(({ kernel }) => kernel.netem), helpers: changed.map((spot, index) => reachOf(spot, tools[index]!).differs) }),
    };
  }

  /** After a command that was given up nobody knows what is there, so that all of the lab's own goes first. */
  async function restore(spot: Spot, plan: Plan): Promise<void> {
    const tools = await toolsOf(spot);
    await cli.docker(`restore the network of ${spot.service.service}`, reachOf(spot, tools).script(undoOf(tools)));
    spot.has = NOTHING;
    if (isNothing(plan)) guardian.healed(`net:${spot.service.service}`);
    else await change(spot, plan, `restore the network of ${spot.service.service}`);
  }

  function spotOf(broker: Broker): Spot {
    const spot = spots.find(({ service }) => service.broker === broker);
    if (spot === undefined) throw new LabError("NO_SUCH_BROKER", `Cannot find broker ${broker}: the cluster has ${spots.flatMap(({ service }) => service.broker ?? []).join(", ")}`);
    return spot;
  }

  /** From the broker that is named, else from any other one. */
  async function peerLine(spot: Spot, path: "peers" | "controllers", from: Broker | undefined): Promise<Line | string> {
    await refresh(undefined);
    const dialer = from === undefined ? spots.find((one) => one !== spot && one.service.broker !== null && stateOf(one) === "running") : spotOf(from);
    if (dialer === undefined || stateOf(dialer) !== "running") return "no other broker runs";
    const port = path === "controllers" ? portsOf(spot.service)[0] : peerPort(spot.service);
    const [host] = spot.addresses;
    if (port === undefined || host === undefined) return `${spot.service.service} has no listener for ${path}`;
    return openPeer({ id: dialer.container.id, host, port, env: cli.env });
  }

  return {
    async check(wanted) {
      await refresh(undefined);
      await Promise.all(spots.filter((spot) => stateOf(spot) !== "stopped").map((spot) => planFor(spot, wanted, undefined)));
    },
    apply: (wanted, options = {}) => inTurn(() => make([...wanted], options)),
    async line({ broker, path, from }) {
      const spot = spotOf(broker);
      if (path !== "clients") return await peerLine(spot, path, from);
      const address = nodes.find(({ service }) => service === spot.service.service)?.client;
      return address ? openEcho(address) : "no port of a client listener is published";
    },
    async counts(broker) {
      const spot = spotOf(broker);
      if (isNothing(spot.has) || stateOf(spot) === "stopped") return undefined;
      const { qdiscs, saved } = await look(cli, reachOf(spot, await toolsOf(spot)), spot.service.service);
      return readCounts(qdiscs, saved);
    },
    restarted(service) {
      isStale = true;
      remade = inTurn(async () => {
        isStale = true;
        const spot = spots.find((one) => one.service.service === service);
        if (spot !== undefined) spot.has = NOTHING;
        if (faults.length > 0) await make(faults, {});
      });
      remade.catch(() => {}); // told of by settled()
    },
    settled: async () => void (await remade),
    async sweep() {
      const said = await Promise.all(spots.filter((spot) => stateOf(spot) === "running").map(async (spot) => {
        const name = spot.service.service;
        const reach = execIn(spot.container.id);
        const seen = await look(cli, reach, name).catch(() => ({ qdiscs: [], saved: "" }));
        if (!hasOwn(seen.qdiscs) && seen.saved === "") return [];
        const tools = await toolsOf(spot);
        await cli.docker(`heal the network of ${name}`, tools.reach.script(undoOf(tools)));
        return [`healed the network of ${name}, which an earlier lab had left broken`];
      }));
      return said.flat();
    },
  };
}

/** Of its controller listeners. */
function portsOf(service: KafkaService): number[] {
  const names = controllerListeners(service);
  return listenersOf(service, "listeners").filter(({ name }) => names.has(name)).map(({ port }) => port);
}

/** Of the listener by which brokers reach each other. */
function peerPort(service: KafkaService): number | undefined {
  const names = controllerListeners(service);
  const others = listenersOf(service, "listeners").filter(({ name }) => !names.has(name));
  return (others.find(({ name }) => name === service.properties["inter.broker.listener.name"]) ?? others[0])?.port;
}

function sayChange(spot: Spot, own: readonly NetFault[]): string {
  return own.length === 0 ? `heal the network of ${spot.service.service}` : `make a ${own.map(sayFault).join(", and a ")}`;
}
