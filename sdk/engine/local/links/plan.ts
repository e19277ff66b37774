// From the faults of brokers' networks to the fault of each link: a pure function.
//
// A link is known by the node that it leads to, by whether to its controller listener, and by who dials; `up`
// is towards that node. What the broker sends is `down` where it was dialled and `up` where it dials.

import type { Broker } from "../../../model/history.ts";
import type { NetFault, Path } from "../../../model/traffic.ts";

/** A node, as far as links go; `broker` is null for one that is only a controller. */
export interface LinkedNode {
  service: string;
  broker: Broker | null;
}

export interface SideState {
  delayMs: number;
  jitterMs: number;
  /** Limits, each shared by all links that name its id. */
  rates: { id: string; bytesPerSecond: number }[];
  hole: boolean;
}

export interface LinkState {
  up: SideState;
  down: SideState;
  reset: boolean;
  refuse: boolean;
}

export type LinkKind = "data" | "controller";

/** Names a link; the dialer that is no node of the cluster has the empty name. */
export function linkKey(node: string, kind: LinkKind, dialer: string): string {
  return `${node}|${kind}|${dialer}`;
}

/** Returns why links cannot make the fault, or undefined where they can. */
export function cannotDo(fault: NetFault): string | undefined {
  switch (fault.kind) {
    case "lose":
    case "duplicate":
    case "corrupt":
    case "reorder":
      return (
        "a TCP link passes on streams, not packets: leaving out, doubling, damaging or swapping pieces of " +
        "a stream would be a fault that no network makes"
      );
    case "delay":
    case "throttle":
    case "isolate":
      return undefined;
  }
}

/** Returns the state of every link that has a fault. */
export function linkStates(
  faults: readonly NetFault[],
  nodes: readonly LinkedNode[],
): Record<string, LinkState> {
  const states: Record<string, LinkState> = {};
  for (const node of nodes) {
    for (const kind of ["data", "controller"] as const) {
      for (const dialer of [undefined, ...nodes.filter((one) => one !== node)]) {
        // a node that dials itself does not use the network
        const state = stateOf(faults, node, kind, dialer);
        if (state !== undefined) states[linkKey(node.service, kind, dialer?.service ?? "")] = state;
      }
    }
  }
  return states;
}

function stateOf(
  faults: readonly NetFault[],
  node: LinkedNode,
  kind: LinkKind,
  dialer: LinkedNode | undefined,
): LinkState | undefined {
  const path: Path = dialer === undefined ? "clients" : kind === "controller" ? "controllers" : "peers";
  const state: LinkState = { up: sound(), down: sound(), reset: false, refuse: false };
  let isSound = true;
  faults.forEach((fault, index) => {
    const isDialled = node.broker === fault.broker;
    if (!isDialled && dialer?.broker !== fault.broker) return;
    if (fault.path !== "all" && fault.path !== path) return;
    const remote = isDialled ? dialer : node;
    if (fault.between !== undefined && !fault.between.some((broker) => broker === remote?.broker)) return;
    isSound = false;
    const own = isDialled ? { out: state.down, in: state.up } : { out: state.up, in: state.down };
    for (const side of fault.direction === "both" ? (["out", "in"] as const) : [fault.direction])
      act(fault, own[side], `${index}/${side}`, state);
  });
  return isSound ? undefined : state;
}

function act(fault: NetFault, side: SideState, id: string, state: LinkState): void {
  switch (fault.kind) {
    case "delay":
      side.delayMs += fault.delayMs;
      side.jitterMs += fault.jitterMs;
      return;
    case "throttle":
      side.rates.push({ id, bytesPerSecond: fault.bytesPerSecond });
      return;
    case "isolate":
      if (fault.how === "drop") side.hole = true;
      else state[fault.how] = true;
      return;
    case "lose":
    case "duplicate":
    case "corrupt":
    case "reorder":
      throw new TypeError(`Cannot put ${fault.kind} on a link: ${cannotDo(fault)}`);
  }
}

function sound(): SideState {
  return { delayMs: 0, jitterMs: 0, rates: [], hole: false };
}
