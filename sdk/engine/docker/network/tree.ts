// The tree of queueing disciplines that does what netem can: lines for `tc`.
//
//   all packets alike    dev eth0 root 7ab: netem …                         as the posted command
//   else                 dev eth0 root 7ab: prio ─┬─ 7ab:1 untouched
//                                                 ├─ 7ab:2 ── 7ab2: netem …    u32 filters by address, port
//                                                 └─ 7ab:3 ── 7ab3: netem …
//   without netem        dev eth0 root 7ab: htb  ─┬─ 7ab:0 untouched              rates only
//                                                 └─ 7ab:2 rate … ── 7ab2: pfifo

import type { Branch, Effect, Match } from "./effects.ts";

/** The lab's own; whatever else is at a root is not. */
export const HANDLE = "7ab:";

/** Class ids and handles of one hexadecimal digit, 1 being the untouched band's. */
export const MOST_BANDS = 14;

const FEWEST_PACKETS = 100_000;
/**
 * Full packets of 240 Mbit/s: more than TCP's windows let two brokers and some clients have under way through
 * a long delay.
 */
const PACKETS_PER_SECOND = 20_000;
/** Netem reorders by letting some packets overtake others, which therefore have to wait. */
export const REORDER_MS = 10;

/**
 * The part of an effect that a queueing discipline makes, as netem's parameters; empty where there is nothing
 * to make.
 */
export function netemOf({
  delayMs,
  jitterMs,
  loss,
  duplicate,
  corrupt,
  reorder,
  bytesPerSecond,
}: Effect): string {
  const waitMs = reorder > 0 && delayMs === 0 ? REORDER_MS : delayMs;
  const words = [
    waitMs > 0 || jitterMs > 0 ? `delay ${waitMs}ms${jitterMs > 0 ? ` ${jitterMs}ms` : ""}` : "",
    reorder > 0 ? `reorder ${reorder}%` : "",
    loss > 0 ? `loss ${loss}%` : "",
    duplicate > 0 ? `duplicate ${duplicate}%` : "",
    corrupt > 0 ? `corrupt ${corrupt}%` : "",
    // with a rate, netem lets no packet leave before the one ahead of it: jitter alone would reorder
    bytesPerSecond > 0
      ? `rate ${Math.ceil(bytesPerSecond * 8)}bit`
      : jitterMs > 0 && reorder === 0
        ? "rate 10gbit"
        : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? "" : `${words.join(" ")} limit ${limitOf(waitMs + jitterMs)}`;
}

/** Netem throws away what exceeds its limit, by default 1000 packets: 30 s at 33 packets a second. */
function limitOf(waitMs: number): number {
  return Math.max(FEWEST_PACKETS, Math.ceil((waitMs / 1000) * PACKETS_PER_SECOND));
}

/** The part of an effect that can be made without netem. */
export function rateOf({ bytesPerSecond }: Effect): string {
  return bytesPerSecond === 0 ? "" : `${Math.ceil(bytesPerSecond * 8)}bit`;
}

export interface TreeOptions {
  device: string;
  /** The address of a packet that is not the broker's. */
  remote: "src" | "dst";
  keyOf: (effect: Effect) => string;
  kind: "netem" | "htb";
}

/** Writes the tree; nothing where no branch has an effect. */
export function treeOf(branches: readonly Branch[], { device, remote, keyOf, kind }: TreeOptions): string[] {
  const bands = bandsOf(branches, keyOf);
  if (bands.length === 0) return [];
  if (kind === "netem" && branches.length === 1)
    return [`qdisc add dev ${device} root handle ${HANDLE} netem ${bands[0]}`];
  const bandOf = (effect: Effect): number => bands.indexOf(keyOf(effect)) + 2; // 1 where it has none
  const root =
    kind === "netem" ? `prio bands ${bands.length + 1} priomap${" 0".repeat(16)}` : "htb default 0";
  return [
    `qdisc add dev ${device} root handle ${HANDLE} ${root}`,
    ...bands.flatMap((key, index) => {
      const id = (index + 2).toString(16);
      if (kind === "netem")
        return [`qdisc add dev ${device} parent ${HANDLE}${id} handle 7ab${id}: netem ${key}`];
      return [
        `class add dev ${device} parent ${HANDLE} classid ${HANDLE}${id} htb rate ${key} quantum 60000`,
        `qdisc add dev ${device} parent ${HANDLE}${id} handle 7ab${id}: pfifo limit ${FEWEST_PACKETS}`,
      ];
    }),
    ...branches.flatMap(({ match, effect }) => {
      const to = keyOf(effect) === "" ? 1 : bandOf(effect);
      if (match === null && to === 1) return [];
      const priority = match === null ? 3 : match.port === undefined ? 2 : 1;
      const flow = `${HANDLE}${kind === "htb" && to === 1 ? "0" : to.toString(16)}`;
      return [
        `filter add dev ${device} parent ${HANDLE} protocol ip prio ${priority} ` +
          `u32 ${matchOf(match, remote)} flowid ${flow}`,
      ];
    }),
  ];
}

export function bandsOf(branches: readonly Branch[], keyOf: (effect: Effect) => string): string[] {
  return [...new Set(branches.map(({ effect }) => keyOf(effect)))].filter((key) => key !== "");
}

const TCP = 6;

function matchOf(match: Match | null, remote: "src" | "dst"): string {
  if (match === null) return "match u32 0 0";
  const { address, port } = match;
  if (port === undefined) return `match ip ${remote} ${address}/32`;
  const isSource = (port.side === "remote") === (remote === "src");
  return [
    `match ip ${remote} ${address}/32`,
    `match ip protocol ${TCP} 0xff`,
    `match ip ${isSource ? "sport" : "dport"} ${port.port} 0xffff`,
  ].join(" ");
}
