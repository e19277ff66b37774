// Published ports in compose's short form, `[[ip:]published:]target[/protocol]`, and in its long form.

import { LabError } from "../model/errors.ts";
import type { Budget } from "../runtime/limits.ts";
import type { SourceLocation, PublishedPort } from "./project.ts";
import { type Mapping, type Scalar, shownIn, textOf, type Tree } from "./tree.ts";

/**
 * Reads a service's merged `ports`; of equal ones the last counts, and each is taken from the budget.
 *
 * @throws LabError `BAD_COMPOSE` for what is no port, `UNSUPPORTED` for a range of published ports with one
 *   target.
 */
export function portsOf(tree: Tree | undefined, budget: Budget): PublishedPort[] {
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return [];
  if (tree.kind !== "list") throw noPort(tree.location, "`ports` is not a list");
  const unique = new Map<string, PublishedPort>();
  for (const item of tree.items) {
    const ports = item.kind === "map" ? longForm(item) : shortForm(item);
    budget.spend(ports.length);
    for (const port of ports)
      unique.set(`${port.hostIp}|${port.published}|${port.target}|${port.protocol}`, port);
  }
  return [...unique.values()];
}

/**
 * Makes sure that a service's merged `expose` names ports, which nothing here depends on.
 *
 * @throws LabError `BAD_COMPOSE` with file and line
 */
export function assertExposed(tree: Tree | undefined): void {
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return;
  if (tree.kind !== "list") throw noPort(tree.location, "`expose` is not a list");
  for (const item of tree.items) {
    const [, target] = /^(\d{1,5}(?:-\d{1,5})?)(?:\/(?:tcp|udp))?$/.exec(textOf(item) ?? "") ?? [];
    if (target === undefined) throw noPort(item.location, `${shownIn(item)} is not port[-port][/protocol]`);
    rangeOf(target, 1, item.location);
  }
}

const SHORT =
  /^(?:(?<ip>\[[^\]]+\]|[^:[\]]*):(?=[^:]*:))?(?:(?<published>(?:\d+(?:-\d+)?)?):)?(?<target>\d+(?:-\d+)?)(?:\/(?<protocol>tcp|udp))?$/;

function shortForm(tree: Tree): PublishedPort[] {
  const text = textOf(tree) ?? "";
  const groups = text.length > LONGEST ? undefined : SHORT.exec(text)?.groups;
  const hostIp = groups?.["ip"]?.replace(/^\[|\]$/g, "") || null;
  if (groups === undefined || !isAddress(hostIp))
    throw noPort(tree.location, `${shownIn(tree)} is not [[ip:]published:]target[/protocol]`);
  return spread(
    groups["published"] || null,
    groups["target"] ?? "",
    { hostIp, protocol: groups["protocol"] === "udp" ? "udp" : "tcp" },
    tree.location,
  );
}

/** An address of IPv6 and two ranges of ports. */
const LONGEST = 100;

function isAddress(hostIp: string | null): boolean {
  return hostIp === null || /^[\dA-Fa-f.:]+(%\w+)?$/.test(hostIp);
}

function longForm(tree: Mapping): PublishedPort[] {
  const [target, published, host_ip] = ["target", "published", "host_ip"].map((key) => valueAt(tree, key));
  const protocol = valueAt(tree, "protocol") ?? "tcp";
  if (!/^\d{1,9}$/.test(String(target))) throw noPort(tree.location, "`target` is not a port number");
  if (protocol !== "tcp" && protocol !== "udp")
    throw noPort(tree.location, `the protocol ${shown(String(protocol))} is neither tcp nor udp`);
  const from = published === null || published === undefined || published === "" ? null : String(published);
  if (from !== null && !/^\d{1,9}(-\d{1,9})?$/.test(from))
    throw noPort(tree.location, "`published` is not a port number");
  const hostIp = typeof host_ip === "string" && host_ip !== "" ? host_ip : null;
  if (!isAddress(hostIp)) throw noPort(tree.location, `${shown(String(hostIp))} is no address`);
  return spread(from, String(target), { hostIp, protocol }, tree.location);
}

function valueAt(tree: Mapping, key: string): Scalar["value"] {
  const value = tree.entries.get(key);
  if (value === undefined) return null;
  if (value.kind !== "scalar") throw noPort(value.location, `\`${key}\` is ${shownIn(value)}`);
  return value.value;
}

// Ranges of the same length are pairs, port by port.
function spread(
  published: string | null,
  target: string,
  rest: Pick<PublishedPort, "hostIp" | "protocol">,
  at: SourceLocation,
): PublishedPort[] {
  const [first, last] = rangeOf(target, 1, at);
  const [low, high] = published === null ? [null, null] : rangeOf(published, 0, at);
  if (low !== null && high !== null && high - low !== last - first) {
    throw new LabError(
      "UNSUPPORTED",
      `Cannot read the compose file: the ranges ${published}:${target} differ in length`,
      {
        ...at,
        hint: "Which host port belongs to which broker? Write the ports one by one.",
      },
    );
  }
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    published: low === null ? null : low + i,
    target: first + i,
    ...rest,
  }));
}

// A published port may be 0: the engine chooses.
function rangeOf(text: string, lowest: number, at: SourceLocation): readonly [first: number, last: number] {
  const [first = 0, last = first] = text.split("-").map(Number);
  for (const port of [first, last]) {
    if (port > 65535) throw noPort(at, `${port} is above 65535`);
    if (port < lowest) throw noPort(at, `${port} is no port of a container`);
  }
  if (last < first) throw noPort(at, "the range runs backwards");
  return [first, last];
}

function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

function noPort(at: SourceLocation, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...at });
}
