// What can be wrong with a broker's network: values, understood by every engine.
//
//                    ┌────────── broker ──────────┐
//   clients ◀──────▶ │ client listener            │
//   peers   ◀──────▶ │ any but the controller's   │
//   quorum  ◀──────▶ │ controller listener        │
//                    └────────────────────────────┘
//                      out ──▶        ◀── in
//
//   path          whose traffic it is
//   clients       with anybody who is no node of the cluster
//   peers         with other nodes: replication, forwarding
//   controllers   with other nodes on a controller listener, of either side
//   all           all of it, as `tc qdisc add dev eth0 root netem` has it
//
// A direction is the broker's own: `out` is what it sends, answers and requests alike; netem acts on that
// side only.

import { printable } from "./printable.ts";

/** Which of a broker's traffic a network fault affects. */
export type Path = "all" | "clients" | "peers" | "controllers";
/** The direction of the affected traffic, seen from the broker. */
export type Direction = "out" | "in" | "both";

/** Which of a broker's traffic is hit. */
export interface Scope {
  /** Its number, from 1. */
  broker: number;
  path: Path;
  direction: Direction;
  /** Only what is exchanged with these brokers' nodes; absent: with anybody. */
  between?: readonly number[];
}

/**
 * Every packet, or piece of a stream, arrives later: by `delayMs` give or take up to `jitterMs`, evenly
 * distributed; order is kept.
 */
export interface Delay extends Scope {
  kind: "delay";
  delayMs: number;
  jitterMs: number;
}

/** Packets are lost, and TCP sends them again. */
export interface Loss extends Scope {
  kind: "lose";
  percent: number;
}

/** What does not fit waits. */
export interface Throttle extends Scope {
  kind: "throttle";
  bytesPerSecond: number;
}

/**
 * Nothing gets through: `drop` leaves connections hanging, `reset` ends them and every new one, `refuse` only
 * refuses new ones.
 */
export interface Isolation extends Scope {
  kind: "isolate";
  how: "drop" | "reset" | "refuse";
}

/**
 * Packets arrive twice, damaged (and are thrown away by their checksum), or before others; TCP mends all
 * three, at a price.
 */
export interface Disorder extends Scope {
  kind: "duplicate" | "corrupt" | "reorder";
  percent: number;
}

/** One thing that is wrong with one broker's network. Several at once add up. */
export type NetFault = Delay | Loss | Throttle | Isolation | Disorder;

/** Where something is measured: what `from`, or a client where there is none, exchanges with a broker. */
export interface ProbeRoute {
  broker: number;
  path: Exclude<Path, "all">;
  from?: number;
}

/**
 * Says what a fault does to a round trip at a place: by how much it becomes longer, and whether it is cut
 * off.
 */
export function effectOn(
  fault: NetFault,
  { broker, path, from }: ProbeRoute,
): { addsMs: number; jitterMs: number; isCut: boolean; isHit: boolean } {
  const none = { addsMs: 0, jitterMs: 0, isCut: false, isHit: false };
  if (fault.path !== "all" && fault.path !== path) return none;
  const remote = fault.broker === broker ? from : fault.broker === from ? broker : null;
  if (
    remote === null ||
    (fault.between !== undefined && (remote === undefined || !fault.between.includes(remote)))
  )
    return none;
  const times = fault.direction === "both" ? 2 : 1;
  if (fault.kind === "delay")
    return { addsMs: times * fault.delayMs, jitterMs: times * fault.jitterMs, isCut: false, isHit: true };
  return {
    ...none,
    isCut: fault.kind === "isolate" || (fault.kind === "lose" && fault.percent === 100),
    isHit: true,
  };
}

/** Writes a fault as a person would say it: `delay of 30.0 s ± 1.0 s on what broker 1 sends to clients`. */
export function sayFault(fault: NetFault): string {
  return `${what(fault)} on ${scope(fault)}`;
}

function what(fault: NetFault): string {
  switch (fault.kind) {
    case "delay":
      return `delay of ${fault.delayMs} ms${fault.jitterMs > 0 ? ` ± ${fault.jitterMs} ms` : ""}`;
    case "lose":
      return `loss of ${fault.percent} %`;
    case "throttle":
      return `limit of ${fault.bytesPerSecond} bytes/s`;
    case "isolate":
      return { drop: "black hole", reset: "reset", refuse: "refusal of new connections" }[fault.how];
    case "duplicate":
      return `duplication of ${fault.percent} %`;
    case "corrupt":
      return `corruption of ${fault.percent} %`;
    case "reorder":
      return `reordering of ${fault.percent} %`;
  }
}

function scope({ broker, path, direction, between }: Scope): string {
  const side = {
    out: `what broker ${broker} sends`,
    in: `what broker ${broker} receives`,
    both: `what broker ${broker} sends and receives`,
  }[direction];
  const who = between !== undefined ? ` (broker ${between.join(", ")} only)` : "";
  return `${side}${path === "all" ? "" : `, ${path}`}${who}`;
}

/** A rate: `"1MB/s"`, `"10Mbit/s"`, or a number of bytes per second. k, M and G are powers of 1000. */
export type Rate = number | `${number}${"bit" | "kbit" | "Mbit" | "Gbit" | "B" | "kB" | "MB"}/s`;

const UNITS: Readonly<Record<string, number>> = {
  bit: 1 / 8,
  kbit: 125,
  Mbit: 125_000,
  Gbit: 125_000_000,
  B: 1,
  kB: 1000,
  MB: 1_000_000,
};

/**
 * Returns a rate in bytes a second; a bare number is that already.
 *
 * @throws RangeError where it is not above 0 or not written as a rate
 */
export function toBytesPerSecond(rate: Rate | string): number {
  const parts =
    typeof rate === "string" ? /^(\d+(?:\.\d+)?)(bit|kbit|Mbit|Gbit|B|kB|MB)\/s$/.exec(rate) : null;
  const bytes = typeof rate === "number" ? rate : parts === null ? NaN : Number(parts[1]) * UNITS[parts[2]!]!;
  if (Number.isFinite(bytes) && bytes > 0) return bytes;
  throw new RangeError(
    `Cannot use ${printable(JSON.stringify(rate))} as a rate: ` +
      'expected bytes a second, above 0, or text such as "1MB/s" or "10Mbit/s"',
  );
}

/** @throws RangeError where it is not above 0 and up to 100 */
export function toPercent(percent: number, what: string): number {
  if (Number.isFinite(percent) && percent > 0 && percent <= 100) return percent;
  throw new RangeError(`Cannot ${what} ${String(percent)} %: expected a number above 0, up to 100`);
}
