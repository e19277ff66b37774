// What can be done in a container's network namespace, and by which way in: tried, not guessed, and asked
// once for each container.

import { LabError } from "../../../model/errors.ts";
import type { Cli } from "../cli.ts";
import { ensureImages } from "../images.ts";
import type { Kernel } from "./plan.ts";
import { execIn, helperOf, type Reach } from "./reach.ts";
import type { OnProgress } from "../../../runtime/progress.ts";

export interface Tools {
  reach: Reach;
  /** While the container is frozen nothing can be run in it. */
  whileFrozen: Reach;
  kernel: Kernel;
  /** The interfaces that have an address, loopback left out. */
  interfaces: readonly string[];
  /** `iptables` or `iptables-legacy`, whichever this kernel answers; undefined where there is neither. */
  iptables: string | undefined;
}

/** Has tc, ip and iptables. */
const PUBLISHED = "nicolaka/netshoot:v0.13";

/** netem, prio and htb are tried on an interface that is made for it and thrown away. */
const PROBE = [
  "exec 2>/dev/null",
  "grep CapEff /proc/self/status",
  "tc -V | grep -q iproute2 && echo has tc",
  "ip -V | grep -q iproute2 && echo has ip",
  "for name in iptables iptables-legacy; do " +
    '$name -S OUTPUT >/dev/null && echo "iptables $name" && break; done',
  "ip -o -4 addr show scope global",
  "ip link add kfl-try type ifb && echo has ifb || ip link add kfl-try type dummy",
  "ip link show kfl-try >/dev/null && echo has try",
  'for kind in "netem delay 1ms" prio htb; do tc qdisc add dev kfl-try root $kind ' +
    '&& echo "has ${kind%% *}" && tc qdisc del dev kfl-try root; done',
  "ip link del kfl-try",
  "exit 0",
].join("\n");

interface Probed extends Omit<Tools, "reach" | "whileFrozen"> {
  hasTools: boolean;
  isAdmin: boolean;
}

const NET_ADMIN = 12n; // linux/capability.h

/**
 * Reads what the probe says: the words of somebody's image, of which what is not a plain name reaches no
 * script.
 */
export function readProbe(text: string): Probed {
  const has = (name: string): boolean => new RegExp(`^has ${name}$`, "m").test(text);
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(text)?.[1];
  // where no interface could be made to try them on, the attempt itself will show it
  const works = (kind: string): boolean => has(kind) || !has("try");
  return {
    hasTools: has("tc") && has("ip"),
    isAdmin: mask !== undefined && ((BigInt(`0x${mask}`) >> NET_ADMIN) & 1n) === 1n,
    kernel: { netem: works("netem"), prio: works("prio"), htb: works("htb"), ifb: has("ifb") },
    interfaces: [
      ...new Set([...text.matchAll(/^\d+: ([\w.-]+)(?:@\S+)?\s+inet /gm)].map(([, name]) => name!)),
    ],
    iptables: /^iptables (iptables(?:-legacy)?)$/m.exec(text)?.[1],
  };
}

export interface ToolsOptions {
  cli: Cli;
  id: string;
  service: string;
  image: string;
  label: string | undefined;
  /** Whether a helper's image may be pulled. */
  pulls: boolean;
  onProgress: OnProgress;
  signal?: AbortSignal | undefined;
}

/** @throws LabError NO_IMAGE, UNSUPPORTED where there is no way in */
export async function findTools({
  cli,
  id,
  service,
  image,
  label,
  pulls,
  onProgress,
  signal,
}: ToolsOptions): Promise<Tools> {
  const ask = async (reach: Reach): Promise<Probed> =>
    readProbe(
      (await cli.docker(`look into the network of ${service}`, reach.script(PROBE), { signal })).stdout,
    );
  const own = helperOf(id, image, label);
  const refused = (error: unknown): undefined => {
    if (signal?.aborted || !(error instanceof LabError) || error.code !== "COMMAND_FAILED") throw error;
    return undefined; // no shell in the image, or the container is frozen
  };
  const inside = await ask(execIn(id)).catch(refused);
  const given = cli.env["LAB_NET_IMAGE"];
  if (inside?.hasTools && inside.isAdmin && (inside.iptables !== undefined || !given))
    return { ...inside, reach: execIn(id), whileFrozen: own };
  if (!given && inside?.hasTools !== false) {
    const beside = await ask(own).catch(refused);
    if (beside?.hasTools && beside.isAdmin) return { ...beside, reach: own, whileFrozen: own };
  }
  const wanted = given || PUBLISHED;
  const provided = pulls
    ? ensureImages(cli, [wanted], { onProgress, signal })
    : cli.docker(`inspect ${wanted}`, ["image", "inspect", wanted], { signal });
  await provided.catch((error: unknown) => {
    if (!(error instanceof LabError) || error.code !== "NO_IMAGE") throw error;
    throw new LabError(
      "NO_IMAGE",
      `Cannot change the network of ${service}: its image has no tc, and ${wanted}, ` +
        "which would help, is neither here nor can it be pulled",
      { cause: error, hint: ANOTHER },
    );
  });
  const helper = helperOf(id, wanted, label);
  const beside = await ask(helper).catch(refused);
  if (beside?.hasTools && beside.isAdmin) return { ...beside, reach: helper, whileFrozen: helper };
  const why = beside?.hasTools
    ? "a helper container gets no NET_ADMIN from this daemon"
    : `the image ${wanted} has no tc and ip of iproute2`;
  throw new LabError("UNSUPPORTED", `Cannot change the network of ${service}: ${why}`, { hint: ANOTHER });
}

const ANOTHER = "LAB_NET_IMAGE names another image with sh, iproute2 and iptables.";
