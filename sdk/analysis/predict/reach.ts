// Who can still talk to whom while a fault lasts.
//
//   a process that was killed or has stopped   refuses: its peers hear at once that it is gone
//   one that was paused, a link that drops     is silent: its peers wait for their own timeouts
//   a link that resets                         refuses, though both processes run
//   a link that delays                         works, later
//
// It is only ever asked about pairs, so a fault of any kind and on any path is one function from a pair to a
// way.

import { processOf } from "../../faults/mod.ts";
import type { NodeId } from "../../model/history.ts";
import type { NetFault, Path } from "../../model/traffic.ts";
import { effectOn } from "../../model/traffic.ts";
import { isTarget, type KnownNode } from "./circumstances.ts";
import { type DiskScope, endsNode } from "./disk-scope.ts";

/** How one party reaches another. */
export interface Way {
  readonly state: "open" | "silent" | "refusing";
  /** By how much a round trip becomes longer. */
  readonly addsMs: number;
}

export interface Reach {
  /** Whether a node's process works. */
  runs(node: KnownNode): boolean;
  /** From one node to another, and back. */
  between(a: KnownNode, b: KnownNode, path: Exclude<Path, "all" | "clients">): Way;
  /** From a client to a broker; a client that is `cold` has to connect first. */
  fromClient(node: KnownNode, isCold?: boolean): Way;
}

const OPEN: Way = { state: "open", addsMs: 0 };
const SILENT: Way = { state: "silent", addsMs: 0 };
const REFUSING: Way = { state: "refusing", addsMs: 0 };

/**
 * Reads the fault. A full disk ends a broker, a hung one leaves its connections as they are: what it does to
 * them is in leader-change.ts. `frozen` is a node whose hung disk has it do nothing.
 */
export function reachOf(scope: DiskScope & { readonly frozen?: NodeId }): Reach {
  const { fault, frozen } = scope;
  const network = fault.network ?? [];
  const process = (node: KnownNode): Way => {
    if (!isTarget(scope, node)) return OPEN;
    if (node.nodeId === frozen) return SILENT;
    if (isEnded(scope, node)) return REFUSING;
    return processOf(fault) === "freeze" ? SILENT : OPEN;
  };
  return {
    runs: (node) => process(node) === OPEN,
    between: (a, b, path) =>
      a === b ? process(a) : worst(process(a), process(b), linked(network, a, b, path)),
    fromClient: (node, isCold = false) =>
      worst(
        process(node),
        node.broker === null
          ? REFUSING
          : combined(network, isCold, (one) => effectOn(one, { broker: node.broker!, path: "clients" })),
      ),
  };
}

/** Whether a node's process ends: one without its disk ends itself, as after a SIGKILL. */
export function isEnded(scope: DiskScope, node: KnownNode): boolean {
  const effect = processOf(scope.fault);
  return isTarget(scope, node) && (effect === "shutdown" || effect === "death" || endsNode(scope, node));
}

function linked(
  network: readonly NetFault[],
  a: KnownNode,
  b: KnownNode,
  path: "peers" | "controllers",
): Way {
  const [here, there] = a.broker === null ? [b.broker, a.broker] : [a.broker, b.broker];
  if (here === null) return OPEN;
  return combined(network, false, (one) =>
    effectOn(one, { broker: here, path, ...(there !== null && { from: there }) }),
  );
}

function combined(
  network: readonly NetFault[],
  isCold: boolean,
  effect: (fault: NetFault) => ReturnType<typeof effectOn>,
): Way {
  return worst(
    ...network.map((one): Way => {
      const { addsMs, isCut } = effect(one);
      if (!isCut) return { state: "open", addsMs };
      // what refuses new connections lets the open ones be
      if (one.kind === "isolate" && one.how === "refuse") return isCold ? REFUSING : OPEN;
      return one.kind === "isolate" && one.how === "reset" ? REFUSING : SILENT;
    }),
  );
}

/** Whatever is refused is not silent: the end of a connection is heard. */
function worst(...ways: readonly Way[]): Way {
  const state = ways.some((way) => way.state === "refusing")
    ? "refusing"
    : ways.some((way) => way.state === "silent")
      ? "silent"
      : "open";
  return { state, addsMs: ways.reduce((sum, { addsMs }) => sum + addsMs, 0) };
}
