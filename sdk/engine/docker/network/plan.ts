// From what is wrong with one broker's network to what is done in its network namespace: pure functions,
// tested as literal tables.

import { LabError } from "../../../model/errors.ts";
import { type NetFault, sayFault } from "../../../model/traffic.ts";
import { type Branch, branchesOf, type Effect, type Site } from "./effects.ts";
import { CHAINS, rulesOf, verdictOf } from "./rules.ts";
import { bandsOf, HANDLE, MOST_BANDS, netemOf, rateOf, treeOf } from "./tree.ts";

/** What the kernel can do; each was tried. */
export interface Kernel {
  netem: boolean;
  prio: boolean;
  htb: boolean;
  ifb: boolean;
}

/** All that is done in one namespace, in the order in which it is done. */
export interface Plan {
  /** Interfaces whose incoming packets are led through a tree of their own. */
  turned: readonly string[];
  /** Lines for `tc`. */
  tc: readonly string[];
  /** Lines for `iptables-restore`. */
  rules: readonly string[];
}

export const NOTHING: Plan = { turned: [], tc: [], rules: [] };

export function isNothing({ tc, rules }: Plan): boolean {
  return tc.length + rules.length === 0;
}

/** The device that an interface's incoming packets are led through; names have 15 characters at most. */
export function ifbOf(device: string): string {
  return `kfl-${device}`.slice(0, 15);
}

/** @throws LabError UNSUPPORTED where this kernel cannot */
export function planOf(faults: readonly NetFault[], site: Site, kernel: Kernel): Plan {
  if (faults.length === 0) return NOTHING;
  const shaping = (effect: Effect): string => (kernel.netem ? netemOf(effect) : rateOf(effect));
  const verdict = (effect: Effect): string => verdictOf(effect, kernel.netem);
  const [out, into] = (["out", "in"] as const).map((direction) =>
    branchesOf(faults, site, direction, shaping),
  ) as [Branch[], Branch[]];
  const isTurned = bandsOf(into, shaping).length > 0;
  assertPossible(faults, kernel, { out, into, isTurned, shaping });
  const common = { keyOf: shaping, kind: kernel.netem ? "netem" : "htb" } as const;
  return {
    turned: isTurned ? site.interfaces : [],
    tc: site.interfaces.flatMap((device) => [
      ...treeOf(out, { ...common, device, remote: "dst" }),
      ...(isTurned
        ? [
            ...treeOf(into, { ...common, device: ifbOf(device), remote: "src" }),
            `qdisc add dev ${device} handle ffff: ingress`,
            `filter add dev ${device} parent ffff: protocol ip prio 1 u32 match u32 0 0 ` +
              `action mirred egress redirect dev ${ifbOf(device)}`,
          ]
        : []),
    ]),
    rules: (["in", "out"] as const).flatMap((direction) =>
      rulesOf(branchesOf(faults, site, direction, verdict), direction, verdict),
    ),
  };
}

const NETEM_ONLY: readonly NetFault["kind"][] = ["delay", "duplicate", "corrupt", "reorder"];
const ADD_NETEM =
  "sudo modprobe sch_netem, on the machine that runs the containers; " +
  "Debian and Ubuntu have it in linux-modules-extra-$(uname -r).";

function assertPossible(
  faults: readonly NetFault[],
  kernel: Kernel,
  {
    out,
    into,
    isTurned,
    shaping,
  }: { out: Branch[]; into: Branch[]; isTurned: boolean; shaping: (effect: Effect) => string },
): void {
  const refuse = (fault: NetFault, why: string, hint: string): never => {
    throw new LabError("UNSUPPORTED", `Cannot make a ${sayFault(fault)}: ${why}`, {
      broker: fault.broker,
      hint,
    });
  };
  const first = (...kinds: readonly NetFault["kind"][]): NetFault | undefined =>
    faults.find(({ kind }) => kinds.includes(kind));
  const needy = first(...NETEM_ONLY);
  if (needy !== undefined && !kernel.netem) {
    const instead = needy.kind === "delay" ? " The local engine delays without it: LAB_ENGINE=local." : "";
    refuse(needy, "the kernel that runs the containers has no sch_netem", `${ADD_NETEM}${instead}`);
  }
  const shaped = first("throttle", "lose", ...NETEM_ONLY);
  if (shaped === undefined) return;
  if (!kernel.netem && !kernel.htb && first("throttle") !== undefined)
    refuse(
      first("throttle")!,
      "the kernel that runs the containers has neither sch_netem nor sch_htb",
      `${ADD_NETEM} The local engine throttles without it: LAB_ENGINE=local.`,
    );
  if (
    kernel.netem &&
    !kernel.prio &&
    [out, into].some((branches) => branches.length > 1 && bandsOf(branches, shaping).length > 0)
  )
    refuse(
      shaped,
      "the kernel that runs the containers has no sch_prio, which limits a fault to one path",
      'sudo modprobe sch_prio, on the machine that runs the containers; path "all" does without.',
    );
  if (isTurned && !kernel.ifb)
    refuse(
      faults.find(({ direction }) => direction !== "out") ?? shaped,
      "the kernel that runs the containers has no ifb, which shapes a broker's incoming packets",
      "sudo modprobe ifb, on the machine that runs the containers; " +
        'or let the senders be slow: direction "out" on the other brokers, path "peers".',
    );
  if ([out, into].some((branches) => bandsOf(branches, shaping).length > MOST_BANDS))
    refuse(
      shaped,
      `its packets would have to be sorted into more than ${MOST_BANDS} bands`,
      "Fewer different faults on one broker, or fewer brokers named by each, would do.",
    );
}

/** One program in the namespace. */
export interface Step {
  argv: readonly string[];
  /** What it reads from its standard input. */
  input?: string;
}

/** The steps from what a namespace has to what it is to have. */
export function stepsOf(has: Plan, wants: Plan, iptables: string): Step[] {
  return [...tcSteps(has, wants), ...ruleSteps(has.rules, wants.rules, iptables)];
}

function tcSteps(has: Plan, wants: Plan): Step[] {
  if (same(has.tc, wants.tc)) return [];
  const changed = changeOf(has.tc, wants.tc);
  if (changed !== undefined) return [tc([changed])];
  const gone = [
    ...devicesOf(has).map((device) => `qdisc del dev ${device} root handle ${HANDLE}`),
    ...has.turned.map((device) => `qdisc del dev ${device} ingress`),
  ];
  return [
    ...ip(
      wants.turned.flatMap((device) =>
        has.turned.includes(device)
          ? []
          : [`link add ${ifbOf(device)} type ifb`, `link set ${ifbOf(device)} up`],
      ),
    ),
    tc([...gone, ...wants.tc]),
    ...ip(
      has.turned.flatMap((device) => (wants.turned.includes(device) ? [] : [`link del ${ifbOf(device)}`])),
    ),
  ];
}

/**
 * Netem that only gets more to do is changed where it is, and what waits in it stays; it never forgets a
 * parameter.
 */
function changeOf(has: readonly string[], wants: readonly string[]): string | undefined {
  const [before, after] = [has, wants].map(([line = "", ...more]) =>
    more.length === 0 ? /^qdisc add (dev \S+ root handle \S+ netem .*)$/.exec(line)?.[1] : undefined,
  );
  if (before === undefined || after === undefined) return undefined;
  const keysOf = (text: string): string[] => text.split(" ").filter((word) => /^[a-z]+$/.test(word));
  return before.split(" ", 2)[1] === after.split(" ", 2)[1] &&
    keysOf(before).every((key) => keysOf(after).includes(key))
    ? `qdisc change ${after}`
    : undefined;
}

/** The devices with a root of the lab's own. */
export function devicesOf({ tc }: Plan): string[] {
  return tc.flatMap((line) => /^qdisc add dev (\S+) root /.exec(line)?.[1] ?? []);
}

function tc(lines: readonly string[]): Step {
  return lines.length === 1
    ? { argv: ["tc", ...lines[0]!.split(" ")] }
    : { argv: ["tc", "-batch", "-"], input: lines.map((line) => `${line}\n`).join("") };
}

function ip(lines: readonly string[]): Step[] {
  return lines.length === 0
    ? []
    : [{ argv: ["ip", "-batch", "-"], input: lines.map((line) => `${line}\n`).join("") }];
}

/** The jumps leave loopback out: a broker talks to itself by it. */
const JUMPS: readonly string[] = [`INPUT ! -i lo -j ${CHAINS.in}`, `OUTPUT ! -o lo -j ${CHAINS.out}`];

/** iptables-restore empties a chain that it is told of, and makes all of a table's changes at one moment. */
function ruleSteps(has: readonly string[], wants: readonly string[], iptables: string): Step[] {
  if (same(has, wants)) return [];
  const names = Object.values(CHAINS);
  const lines = [
    ...names.map((name) => `:${name} - [0:0]`),
    ...wants,
    ...(has.length === 0
      ? JUMPS.map((jump) => `-I ${jump}`)
      : wants.length === 0
        ? [...JUMPS.map((jump) => `-D ${jump}`), ...names.map((name) => `-X ${name}`)]
        : []),
  ];
  return [
    { argv: [`${iptables}-restore`, "--noflush"], input: ["*filter", ...lines, "COMMIT", ""].join("\n") },
  ];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** A shell script that undoes whatever of the lab's own is there, and touches nothing else. */
export function undoScript(interfaces: readonly string[], iptables: string): string {
  return [
    "exec 2>/dev/null",
    ...interfaces.flatMap((device) => [
      `tc qdisc del dev ${device} root handle ${HANDLE}`,
      `ip link show ${ifbOf(device)} >/dev/null && tc qdisc del dev ${device} ingress`,
      `ip link del ${ifbOf(device)}`,
    ]),
    ...JUMPS.map((jump) => `while ${iptables} -D ${jump}; do :; done`),
    ...Object.values(CHAINS).flatMap((name) => [`${iptables} -F ${name}`, `${iptables} -X ${name}`]),
    "exit 0",
  ].join("\n");
}
