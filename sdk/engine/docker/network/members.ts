// The nodes of the cluster as the network sees them: each one's namespace, addresses and plan.

import { controllerListeners, type KafkaService, type Listener, listenersOf } from "../../../compose/mod.ts";
import { LabError } from "../../../model/errors.ts";
import type { Broker } from "../../../model/history.ts";
import { type NetFault, sayFault } from "../../../model/traffic.ts";
import type { Cli } from "../cli.ts";
import { inspect } from "../inspect.ts";
import type { Site } from "./effects.ts";
import type { Namespace } from "./namespace.ts";
import { NOTHING, type Plan, planOf } from "./plan.ts";

/** A node of the cluster and its network namespace. */
export interface Member {
  service: KafkaService;
  namespace: Namespace;
  /** Read when the lab needs them, and after every start. */
  addresses: readonly string[];
  /** Whose network it has, where that is not its own. */
  shares: string | undefined;
}

/** All nodes of the cluster. */
export interface Members {
  readonly all: readonly Member[];
  /** Reads the addresses where a container has started since they were read. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** A container has started: its addresses may be others. */
  invalidate(): void;
}

export function makeMembers(cli: Cli, all: readonly Member[]): Members {
  let isStale = true;
  return {
    all,
    async refresh(signal) {
      if (!isStale) return;
      isStale = false; // a start meanwhile makes it stale again
      const ids = all.map(({ namespace }) => namespace.container.id);
      const facts = await inspect(cli, ids, signal).catch((error: unknown) => {
        isStale = true;
        throw error;
      });
      for (const member of all) {
        const own = facts.find(({ id }) => id === member.namespace.container.id);
        // one that is stopped keeps those that it had
        if (own !== undefined && own.addresses.length > 0) member.addresses = own.addresses;
        member.shares = own?.sharesNetwork;
      }
    },
    invalidate: () => void (isStale = true),
  };
}

/** The members whose containers run or are paused. */
export function alive({ all }: Members): Member[] {
  return all.filter(({ namespace }) => namespace.state() !== "stopped");
}

/** @throws LabError NO_SUCH_BROKER */
export function memberOf({ all }: Members, broker: Broker): Member {
  const member = all.find(({ service }) => service.broker === broker);
  if (member !== undefined) return member;
  const brokers = all.flatMap(({ service }) => service.broker ?? []).join(", ");
  throw new LabError("NO_SUCH_BROKER", `Cannot find broker ${broker}: the cluster has ${brokers}`);
}

/** The faults that are made at this member. */
export function faultsAt({ service }: Member, faults: readonly NetFault[]): NetFault[] {
  return faults.filter(({ broker }) => broker === service.broker);
}

/**
 * What the faults make of a member's network.
 *
 * @throws LabError UNSUPPORTED
 */
export async function planFor(
  members: Members,
  member: Member,
  faults: readonly NetFault[],
  signal?: AbortSignal,
): Promise<Plan> {
  const own = faultsAt(member, faults);
  const [first] = own;
  if (first === undefined) return NOTHING;
  const { service } = member.service;
  if (member.shares !== undefined)
    throw unsupported(
      first,
      `${service} shares ${member.shares}`,
      "Has the service `network_mode:`? Without it, it has a network of its own.",
    );
  const { interfaces, kernel, iptables } = await member.namespace.tools(signal);
  const plan = planOf(own, siteOf(members, member, interfaces), kernel);
  if (plan.rules.length > 0 && iptables === undefined)
    throw unsupported(
      first,
      `no iptables that works with this kernel is available to ${service}`,
      "LAB_NET_IMAGE names an image with sh, iproute2 and iptables.",
    );
  return plan;
}

function unsupported(fault: NetFault, why: string, hint: string): LabError {
  const message = `Cannot make a ${sayFault(fault)}: ${why}`;
  return new LabError("UNSUPPORTED", message, { broker: fault.broker, hint });
}

function siteOf({ all }: Members, member: Member, interfaces: readonly string[]): Site {
  return {
    interfaces,
    controllerPorts: controllerPorts(member.service),
    remotes: all
      .filter((one) => one !== member)
      .map(({ service, addresses }) => ({
        broker: service.broker,
        addresses,
        controllerPorts: controllerPorts(service),
      })),
  };
}

/** The ports of its controller listeners. */
export function controllerPorts(service: KafkaService): number[] {
  const names = controllerListeners(service);
  return listenersOf(service, "listeners")
    .filter(({ name }) => names.has(name))
    .map(({ port }) => port);
}

/** The port of the listener by which brokers reach each other. */
export function peerPort(service: KafkaService): number | undefined {
  return listenerForPeers(service)?.port;
}

/** The name of that listener. */
export function peerListener(service: KafkaService): string | undefined {
  return listenerForPeers(service)?.name;
}

function listenerForPeers(service: KafkaService): Listener | undefined {
  const names = controllerListeners(service);
  const others = listenersOf(service, "listeners").filter(({ name }) => !names.has(name));
  return others.find(({ name }) => name === service.properties["inter.broker.listener.name"]) ?? others[0];
}
