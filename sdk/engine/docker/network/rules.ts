// What iptables does: isolation, and loss where there is no netem. Lines for the lab's own two chains.

import type { Branch, Effect, Match } from "./effects.ts";

/** Both are reached from INPUT and OUTPUT, loopback left out. */
export const CHAINS = { in: "KFL-IN", out: "KFL-OUT" } as const;

/** The part of an effect that iptables makes; empty where there is nothing to make. */
export function verdictOf({ isolate, loss }: Effect, hasNetem: boolean): string {
  return `${isolate}${hasNetem || loss === 0 ? "" : ` ${Number((loss / 100).toFixed(6))}`}`;
}

/** Writes a chain's rules; none where no branch has a verdict. */
export function rulesOf(
  branches: readonly Branch[],
  direction: "in" | "out",
  keyOf: (effect: Effect) => string,
): string[] {
  if (branches.every(({ effect }) => keyOf(effect) === "")) return [];
  return branches.flatMap(({ match, effect }, index) => {
    const verdicts = targets(keyOf(effect), match?.port !== undefined).map((target) =>
      words(CHAINS[direction], match, direction, target),
    );
    // what the verdict lets through must not come to the rules of wider branches
    const goesOn =
      !keyOf(effect).startsWith("drop") &&
      match !== null &&
      branches.slice(index + 1).some((wider) => isWithin(match, wider.match) && keyOf(wider.effect) !== "");
    return [...verdicts, ...(goesOn ? [words(CHAINS[direction], match, direction, "-j RETURN")] : [])];
  });
}

function isWithin({ address }: Match, wider: Match | null): boolean {
  return wider === null || (wider.port === undefined && wider.address === address);
}

/**
 * A reset lets resets through: else the one that answers a rejected packet would itself be rejected on its
 * way out.
 */
function targets(key: string, isTcp: boolean): string[] {
  const [isolate = "", probability] = key.split(" ");
  const tcp = isTcp ? "" : "-p tcp ";
  const isolating: Record<string, string[]> = {
    drop: ["-j DROP"],
    reset: [
      `${tcp}--tcp-flags RST NONE -j REJECT --reject-with tcp-reset`,
      ...(isTcp ? [] : ["! -p tcp -j DROP"]),
    ],
    refuse: [`${tcp}--syn -j REJECT --reject-with tcp-reset`],
  };
  return [
    ...(isolating[isolate] ?? []),
    ...(probability === undefined || isolate === "drop"
      ? []
      : [`-m statistic --mode random --probability ${probability} -j DROP`]),
  ];
}

function words(chain: string, match: Match | null, direction: "in" | "out", target: string): string {
  const parts = match === null ? [] : [direction === "in" ? `-s ${match.address}` : `-d ${match.address}`];
  if (match?.port !== undefined) {
    const { side, port } = match.port;
    const isSource = (side === "remote") === (direction === "in");
    parts.push(`-p tcp ${isSource ? "--sport" : "--dport"} ${port}`);
  }
  return [`-A ${chain}`, ...parts, target].join(" ");
}
