// The part of the port that breaks networks: an engine is told all that is wrong, and makes it so.

import type { Broker } from "../model/history.ts";
import type { NetFault, ProbeRoute } from "../model/traffic.ts";

/** What was done to make the network as asked. */
export interface Applied {
  /** When it took effect, by `performance.now()`. */
  effectAt: number;
  tookMs: number;
  /** How it was done: `tc netem`, `iptables`, `TCP link`, … */
  via: string;
  /** In what that differs from the same fault elsewhere. */
  differs: readonly string[];
}

/** A line on which round trips are measured, from outside the broker to it, on one path. */
export interface Line {
  /**
   * One round trip in milliseconds, or null where there was no answer in time. A line that gave none is not
   * to be used again.
   */
  roundTrip(timeoutMs: number, signal?: AbortSignal): Promise<number | null>;
  close(): void;
}

/** What the engine itself counted on one broker since its faults were applied. */
export interface Counts {
  /** For a person: `312 packets, 0 dropped by the limit`. */
  text: string;
  /** Packets or bytes that the fault acted on. */
  acted: number;
  /** Packets that were thrown away because the fault's queue was full: they should be none. */
  dropped: number;
}

/** Commands are bounded by `timeoutMs` and end early with `signal.reason`. */
export interface ApplyOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface Network {
  /**
   * Says which of the faults cannot be done here.
   *
   * @throws LabError UNSUPPORTED naming what can, FOREIGN_QDISC
   */
  check(faults: readonly NetFault[]): Promise<void>;
  /**
   * Makes these faults, and no others, all that is wrong with the cluster's network, and keeps it so when a node starts again.
   * An empty list heals all. @throws LabError COMMAND_FAILED, UNSUPPORTED, FOREIGN_QDISC
   */
  apply(faults: readonly NetFault[], options?: ApplyOptions): Promise<Applied>;
  /**
   * Opens a line to a broker, on a path, from a client or from another broker's place; says in words why it
   * cannot where it cannot.
   */
  line(route: ProbeRoute): Promise<Line | string>;
  /** What the engine counted on a broker; undefined where it counts nothing. */
  counts(broker: Broker): Promise<Counts | undefined>;
}
