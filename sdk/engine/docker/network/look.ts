// A look into a container's network namespace: its queueing disciplines and the lab's own rules. What could
// not be looked at is known to be unseen; nothing follows from it.

import { printable } from "../../../model/printable.ts";
import type { Cli } from "../cli.ts";
import { hasOwn, type Qdisc, readQdiscs } from "./qdiscs.ts";
import type { Reach } from "./reach.ts";

/** What a look saw. */
export interface Sight {
  /** Undefined where they could not be listed. */
  readonly qdiscs: readonly Qdisc[] | undefined;
  /** The lab's own rules as `iptables-save -c` writes them; undefined where they could not be listed. */
  readonly saved: string | undefined;
  /** Why something could not be listed, such as `tc: RTNETLINK answers: Operation not permitted`. */
  readonly unseen: readonly string[];
}

/**
 * Writes the script of a look. Each part says by its first line whether it was listed; the reason follows
 * where it was not.
 */
export function lookScript(iptables: string | undefined): string {
  const names = iptables === undefined ? ["iptables-save", "iptables-legacy-save"] : [`${iptables}-save`];
  return [
    "if said=$(tc -s -j qdisc show 2>/dev/null)",
    `then printf 'qdiscs\\n%s\\n' "$said"`,
    "else echo 'no qdiscs'; tc -s -j qdisc show 2>&1 >/dev/null",
    "fi",
    `for name in ${names.join(" ")}; do`,
    "if said=$($name -c 2>/dev/null)",
    `then echo rules; printf '%s\\n' "$said" | grep KFL; exit 0`,
    "fi",
    "done",
    `echo 'no rules'; ${names[0]} -c 2>&1 >/dev/null`,
    "exit 0",
  ].join("\n");
}

/** Reads what the script of a look printed. */
export function readSight(text: string): Sight {
  const [, before = "", hasRules, after = ""] = /^([^]*?)^(rules|no rules)$\n?([^]*)/m.exec(text) ?? [];
  const [, hasQdiscs, listed = ""] = /^(qdiscs|no qdiscs)$\n?([^]*)/m.exec(before) ?? [];
  const qdiscs = hasQdiscs === "qdiscs" ? readQdiscs(listed.trim()) : undefined;
  const saved = hasRules === "rules" ? after.trim() : undefined;
  return {
    qdiscs,
    saved,
    unseen: [
      ...(qdiscs === undefined ? [`tc: ${reason(hasQdiscs === undefined ? "" : listed)}`] : []),
      ...(saved === undefined ? [`iptables: ${reason(after)}`] : []),
    ],
  };
}

/** A program's last word, or that it had none. */
function reason(text: string): string {
  return printable(text.trim().split("\n").at(-1) || "it said nothing", { limit: 200 });
}

/** Says whether something was seen that a lab made. */
export function sawOwn({ qdiscs = [], saved = "" }: Sight): boolean {
  return hasOwn(qdiscs) || saved !== "";
}

/**
 * Looks at what is there, as far as it can be seen without pulling anything. @throws LabError COMMAND_FAILED
 */
export async function look(
  cli: Cli,
  { reach, iptables, service }: { reach: Reach; iptables: string | undefined; service: string },
  signal?: AbortSignal,
): Promise<Sight> {
  const script = reach.script(lookScript(iptables));
  return readSight((await cli.docker(`look at the network of ${service}`, script, { signal })).stdout);
}
