// The Network port on containers: from the faults to one docker command for each node whose network changes.
//
//   faults ─▶ plan.ts (pure: tc lines, iptables rules) ─▶ namespace.ts (what it has, what it is to have) ─▶ reach.ts (docker exec, or a helper container)

import { performance } from "node:perf_hooks";
import { controllerListeners, type KafkaService, listenersOf } from "../../../compose/mod.ts";
import { LabError } from "../../../model/errors.ts";
import type { Guardian } from "../../../runtime/guardian/guardian.ts";
import type { Broker } from "../../../model/history.ts";
import { type NetFault, sayFault } from "../../../model/traffic.ts";
import { openEcho } from "../../echo.ts";
import type { Node } from "../../engine.ts";
import type { Applied, ApplyOptions, Line, Network } from "../../network.ts";
import type { Cli } from "../cli.ts";
import type { Container } from "../container.ts";
import { inspect } from "../inspect.ts";
import { differsOf, viaOf } from "./account.ts";
import type { Site } from "./effects.ts";
import { makeNamespace, type Namespace } from "./namespace.ts";
import { openPeer } from "./peer.ts";
import { isNothing, NOTHING, type Plan, planOf } from "./plan.ts";

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
  /**
   * Removes what a lab that is gone has left in the containers, and nothing else; returns a line for each.
   */
  sweep(): Promise<string[]>;
}

interface Spot {
  service: KafkaService;
  namespace: Namespace;
  /** Read when the lab needs them, and after every start. */
  addresses: readonly string[];
  /** Whose network it has, where that is not its own. */
  shares: string | undefined;
}

export function makeNetwork({
  cli,
  guardian,
  services,
  nodes,
  containers,
  label,
  onProgress,
}: NetworkParts): DockerNetwork {
  const spots = services.map(
    (service): Spot => ({
      service,
      namespace: makeNamespace({
        cli,
        guardian,
        container: containers.get(service.service)!,
        service: service.service,
        broker: service.broker,
        label,
        onProgress,
      }),
      addresses: [],
      shares: undefined,
    }),
  );
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

  async function refresh(signal?: AbortSignal): Promise<void> {
    if (!isStale) return;
    isStale = false; // a start meanwhile makes it stale again
    const facts = await inspect(
      cli,
      spots.map(({ namespace }) => namespace.container.id),
      signal,
    ).catch((error: unknown) => {
      isStale = true;
      throw error;
    });
    for (const spot of spots) {
      const own = facts.find(({ id }) => id === spot.namespace.container.id);
      // one that is stopped keeps those that it had
      if (own !== undefined && own.addresses.length > 0) spot.addresses = own.addresses;
      spot.shares = own?.sharesNetwork;
    }
  }

  const ownOf = ({ service }: Spot, all: readonly NetFault[]): NetFault[] =>
    all.filter(({ broker }) => broker === service.broker);
  const siteOf = (spot: Spot, interfaces: readonly string[]): Site => ({
    interfaces,
    controllerPorts: controllerPorts(spot.service),
    remotes: spots
      .filter((one) => one !== spot)
      .map(({ service, addresses }) => ({
        broker: service.broker,
        addresses,
        controllerPorts: controllerPorts(service),
      })),
  });

  async function planFor(spot: Spot, all: readonly NetFault[], signal?: AbortSignal): Promise<Plan> {
    const own = ownOf(spot, all);
    const [first] = own;
    if (first === undefined) return NOTHING;
    const refuse = (why: string, hint: string): never => {
      throw new LabError("UNSUPPORTED", `Cannot make a ${sayFault(first)}: ${why}`, {
        broker: first.broker,
        hint,
      });
    };
    if (spot.shares !== undefined)
      refuse(
        `${spot.service.service} shares ${spot.shares}`,
        "Has the service `network_mode:`? Without it, it has a network of its own.",
      );
    const { interfaces, kernel, iptables } = await spot.namespace.tools(signal);
    const plan = planOf(own, siteOf(spot, interfaces), kernel);
    if (plan.rules.length > 0 && iptables === undefined)
      refuse(
        `no iptables that this kernel answers is in reach of ${spot.service.service}`,
        "LAB_NET_IMAGE names an image with sh, iproute2 and iptables.",
      );
    return plan;
  }

  const alive = (): Spot[] => spots.filter(({ namespace }) => namespace.state() !== "stopped");

  /** Makes it so in every namespace that there is, or in none. */
  async function make(wanted: readonly NetFault[], options: ApplyOptions = {}): Promise<Applied> {
    const began = performance.now();
    await refresh(options.signal);
    const plans = await Promise.all(
      alive().map(async (spot) => ({
        spot,
        before: spot.namespace.has(),
        wants: await planFor(spot, wanted, options.signal),
      })),
    );
    const changes = plans.filter(({ before, wants }) => JSON.stringify(before) !== JSON.stringify(wants));
    let effectAt = performance.now();
    const results = await Promise.allSettled(
      changes.map(async ({ spot, wants }) => {
        await spot.namespace.change(wants, sayChange(spot, ownOf(spot, wanted)), options);
        effectAt = performance.now();
      }),
    );
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      await Promise.allSettled(changes.map(({ spot, before }) => spot.namespace.restore(before)));
      throw failure.reason;
    }
    faults = wanted;
    for (const { namespace } of spots) if (namespace.state() === "stopped") namespace.forget();
    const tools = await Promise.all(changes.map(({ spot }) => spot.namespace.tools()));
    return {
      effectAt,
      tookMs: performance.now() - began,
      via: viaOf(
        changes.map(({ before, wants }) => (isNothing(wants) ? before : wants)),
        wanted.length === 0,
      ),
      differs: differsOf(wanted, {
        hasNetem: tools.every(({ kernel }) => kernel.netem),
        helpers: await Promise.all(changes.map(({ spot }) => spot.namespace.differs())),
      }),
    };
  }

  function spotOf(broker: Broker): Spot {
    const spot = spots.find(({ service }) => service.broker === broker);
    if (spot === undefined)
      throw new LabError(
        "NO_SUCH_BROKER",
        `Cannot find broker ${broker}: the cluster has ${spots.flatMap(({ service }) => service.broker ?? []).join(", ")}`,
      );
    return spot;
  }

  async function peerLine(
    spot: Spot,
    path: "peers" | "controllers",
    from: Broker | undefined,
  ): Promise<Line | string> {
    await refresh();
    const dialer =
      from === undefined
        ? spots.find(
            (one) => one !== spot && one.service.broker !== null && one.namespace.state() === "running",
          )
        : spotOf(from);
    if (dialer?.namespace.state() !== "running") return "no other broker runs";
    const port = path === "controllers" ? controllerPorts(spot.service)[0] : peerPort(spot.service);
    const [host] = spot.addresses;
    if (port === undefined || host === undefined)
      return `${spot.service.service} has no listener for ${path}`;
    return openPeer({ id: dialer.namespace.container.id, host, port, env: cli.env });
  }

  return {
    async check(wanted) {
      await refresh();
      await Promise.all(alive().map((spot) => planFor(spot, wanted)));
    },
    apply: (wanted, options) => inTurn(() => make([...wanted], options)),
    async line({ broker, path, from }) {
      const spot = spotOf(broker);
      if (path !== "clients") return await peerLine(spot, path, from);
      const address = nodes.find(({ service }) => service === spot.service.service)?.client;
      return address ? openEcho(address) : "no port of a client listener is published";
    },
    async counts(broker) {
      const { namespace } = spotOf(broker);
      return isNothing(namespace.has()) || namespace.state() === "stopped"
        ? undefined
        : await namespace.counts();
    },
    restarted(service) {
      isStale = true;
      remade = inTurn(async () => {
        spots.find((one) => one.service.service === service)?.namespace.forget();
        if (faults.length > 0) await make(faults);
      });
      remade.catch(() => {}); // told of by settled()
    },
    settled: async () => void (await remade),
    async sweep() {
      const healed = await Promise.all(
        spots.map(async ({ service, namespace }) =>
          (await namespace.sweep())
            ? [`healed the network of ${service.service}, which an earlier lab had left broken`]
            : [],
        ),
      );
      return healed.flat();
    },
  };
}

function controllerPorts(service: KafkaService): number[] {
  const names = controllerListeners(service);
  return listenersOf(service, "listeners")
    .filter(({ name }) => names.has(name))
    .map(({ port }) => port);
}

/** Of the listener by which brokers reach each other. */
function peerPort(service: KafkaService): number | undefined {
  const names = controllerListeners(service);
  const others = listenersOf(service, "listeners").filter(({ name }) => !names.has(name));
  return (others.find(({ name }) => name === service.properties["inter.broker.listener.name"]) ?? others[0])
    ?.port;
}

function sayChange({ service }: Spot, own: readonly NetFault[]): string {
  return own.length === 0
    ? `heal the network of ${service.service}`
    : `make a ${own.map(sayFault).join(", and a ")}`;
}
