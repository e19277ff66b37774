// A schedule: which faults hit a cluster when, and what clients send meanwhile.
//
//   load     ──────────────────────▶
//   faults      |── 1, lastsMs ──|        |── 2 ──|
//            0  atMs                      atMs

import type { FaultSpec } from "../../model/fault.ts";
import type { Target } from "../../model/target.ts";

/** One fault of a schedule. */
export interface ScheduledFault {
  /** When it is injected, in milliseconds after the load's first acknowledgements. */
  readonly atMs: number;
  /** The fault, as `lab.inject` takes it; `"leader"` is the leader of the topic's partition 0. */
  readonly fault: FaultSpec;
  /** How long it lasts from its effect to its heal, in milliseconds. */
  readonly lastsMs: number;
}

/** What clients send, and where to. */
export interface ScheduledLoad {
  /** Clients that send at once, each with a connection and a state of its own. */
  readonly producers: number;
  /** Sends that begin per second, of each client. */
  readonly perSecond: number;
  /** The most sends in flight at once, of each client; absent where it has no such limit (Java's load). */
  readonly inFlight?: number;
  /** Partitions of the topic. */
  readonly partitions: number;
}

/** Faults and a load; plain data. */
export interface Schedule {
  /** In the order of `atMs`. */
  readonly faults: readonly ScheduledFault[];
  readonly load: ScheduledLoad;
}

/** The fault on a topic other than the lab's: `"leader"` becomes the leader of its partition 0. */
export function aimedAt(fault: FaultSpec, topic: string): FaultSpec {
  if (fault.target !== "leader") return fault;
  const target: Target = { leaderOf: `${topic}-0` };
  return { ...fault, target };
}
