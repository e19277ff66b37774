// Published ports in compose's short form, `[[ip:]published:]target[/protocol]`, and in its long form.

import { LabError } from "../errors.ts";
import type { Place, PublishedPort } from "./project.ts";
import { plain, type Tree } from "./tree.ts";

/**
 * Reads a service's merged `ports`; of equal ones the last counts.
 *
 * @throws LabError `BAD_COMPOSE` for what is no port, `UNSUPPORTED` for a range of published ports with one target.
 */
export function portsOf(tree: Tree | undefined): PublishedPort[] {
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return [];
  if (tree.kind !== "list") throw noPort(tree.at, "`ports` is not a list");
  const unique = new Map<string, PublishedPort>();
  for (const port of tree.items.flatMap((item) => (item.kind === "map" ? longForm(item) : shortForm(item)))) {
    unique.set(`${port.hostIp}|${port.published}|${port.target}|${port.protocol}`, port);
  }
  return [...unique.values()];
}

const SHORT =
  /^(?:(?<ip>\[[^\]]+\]|[^:[\]]*):(?=[^:]*:))?(?:(?<published>\d*(?:-\d+)?):)?(?<target>\d+(?:-\d+)?)(?:\/(?<protocol>tcp|udp))?$/;

function shortForm(tree: Tree): PublishedPort[] {
  const text = String(plain(tree));
  const groups = SHORT.exec(text)?.groups;
  if (groups === undefined)
    throw noPort(tree.at, `${JSON.stringify(text)} is not [[ip:]published:]target[/protocol]`);
  const hostIp = groups["ip"]?.replace(/^\[|\]$/g, "") || null;
  return spread(
    groups["published"] || null,
    groups["target"] ?? "",
    { hostIp, protocol: groups["protocol"] === "udp" ? "udp" : "tcp" },
    tree.at,
  );
}

function longForm(tree: Tree): PublishedPort[] {
  const { target, published, host_ip, protocol = "tcp" } = plain(tree) as Record<string, unknown>;
  if (!/^\d+$/.test(String(target))) throw noPort(tree.at, "`target` is not a port number");
  if (protocol !== "tcp" && protocol !== "udp")
    throw noPort(tree.at, `the protocol ${JSON.stringify(protocol)} is neither tcp nor udp`);
  const from = published === undefined || published === null || published === "" ? null : String(published);
  if (from !== null && !/^\d+(-\d+)?$/.test(from)) throw noPort(tree.at, "`published` is not a port number");
  return spread(
    from,
    String(target),
    { hostIp: typeof host_ip === "string" && host_ip !== "" ? host_ip : null, protocol },
    tree.at,
  );
}

// Ranges of the same length are pairs, port by port.
function spread(
  published: string | null,
  target: string,
  rest: Pick<PublishedPort, "hostIp" | "protocol">,
  at: Place,
): PublishedPort[] {
  const [first = 0, last = first] = target.split("-").map(Number);
  const [low, high = low] = published === null ? [null] : published.split("-").map(Number);
  for (const port of [first, last, low, high])
    if (port != null && port > 65535) throw noPort(at, `${port} is above 65535`);
  if (last < first || (low != null && high != null && high < low))
    throw noPort(at, "the range runs backwards");
  if (low != null && high != null && high - low !== last - first) {
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
    published: low == null ? null : low + i,
    target: first + i,
    ...rest,
  }));
}

function noPort(at: Place, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...at });
}
