// The effect of all faults together on each kind of a broker's packets: pure values.
//
//   packet of the broker ─┬─ with a node's address ─┬─ on a controller listener of either side ─▶ controllers
//                         │                         └─ otherwise ─────────────────────────────▶ peers
//                         └─ with any other (docker-proxy, the bridge, other containers) ─────▶ clients

import type { Broker } from "../../../model/history.ts";
import type { Direction, NetFault } from "../../../model/traffic.ts";

/** All that happens to packets of one kind; nothing where every number is 0. */
export interface Effect {
  delayMs: number;
  jitterMs: number;
  /** Percent, as the others. */
  loss: number;
  duplicate: number;
  corrupt: number;
  reorder: number;
  /** 0 for no limit. */
  bytesPerSecond: number;
  isolate: "" | "drop" | "reset" | "refuse";
}

/** Another node of the cluster, as the broker sees it. */
export interface Remote {
  broker: Broker | null;
  /** None while it is stopped. */
  addresses: readonly string[];
  controllerPorts: readonly number[];
}

/** A broker's container. */
export interface Site {
  /** All that are no loopback. */
  interfaces: readonly string[];
  controllerPorts: readonly number[];
  remotes: readonly Remote[];
}

/** Which packets: of one address, perhaps of one port; null for all others. */
export interface Match {
  address: string;
  /** TCP only; `own` is the broker's side. */
  port?: { side: "own" | "remote"; port: number };
}

/** The first branch that matches a packet counts; the last one matches all. */
export interface Branch {
  match: Match | null;
  effect: Effect;
}

const NOTHING: Effect = {
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  duplicate: 0,
  corrupt: 0,
  reorder: 0,
  bytesPerSecond: 0,
  isolate: "",
};

/**
 * Sorts a broker's packets of one direction by what happens to them; branches that would change nothing are
 * left out.
 */
export function branchesOf(
  faults: readonly NetFault[],
  site: Site,
  direction: Exclude<Direction, "both">,
  keyOf: (effect: Effect) => string,
): Branch[] {
  const effect = (path: "clients" | "peers" | "controllers", broker: Broker | null): Effect =>
    faults
      .filter(
        (fault) =>
          (fault.direction === direction || fault.direction === "both") &&
          (fault.path === "all" || fault.path === path) &&
          (fault.between === undefined || (broker !== null && fault.between.includes(broker))),
      )
      .reduce(add, NOTHING);
  const isSame = (a: Effect, b: Effect): boolean => keyOf(a) === keyOf(b);
  const clients = effect("clients", null);
  const branches = site.remotes.flatMap(({ broker, addresses, controllerPorts }) =>
    addresses.flatMap((address): Branch[] => {
      const [peers, controllers] = [effect("peers", broker), effect("controllers", broker)];
      const whole = isSame(peers, clients) ? [] : [{ match: { address }, effect: peers }];
      if (isSame(controllers, peers)) return whole;
      const ports = [
        ...site.controllerPorts.map((port) => ({ side: "own" as const, port })),
        ...controllerPorts.map((port) => ({ side: "remote" as const, port })),
      ];
      return [...ports.map((port) => ({ match: { address, port }, effect: controllers })), ...whole];
    }),
  );
  // ports come first: an address of a later node never matches them, and every address's own branch comes
  // after its ports
  return [...branches, { match: null, effect: clients }];
}

/** Times add up, chances are independent, the lowest rate and the hardest isolation count. */
function add(one: Effect, fault: NetFault): Effect {
  switch (fault.kind) {
    case "delay":
      return { ...one, delayMs: one.delayMs + fault.delayMs, jitterMs: one.jitterMs + fault.jitterMs };
    case "lose":
      return { ...one, loss: either(one.loss, fault.percent) };
    case "throttle":
      return {
        ...one,
        bytesPerSecond:
          one.bytesPerSecond === 0
            ? fault.bytesPerSecond
            : Math.min(one.bytesPerSecond, fault.bytesPerSecond),
      };
    case "isolate":
      return { ...one, isolate: HARDEST.find((how) => how === one.isolate || how === fault.how)! };
    case "duplicate":
    case "corrupt":
    case "reorder":
      return { ...one, [fault.kind]: either(one[fault.kind], fault.percent) };
  }
}

const HARDEST = ["drop", "reset", "refuse"] as const;

function either(a: number, b: number): number {
  return Number((100 - ((100 - a) * (100 - b)) / 100).toFixed(4));
}
