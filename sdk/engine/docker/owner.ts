// Whose a container, network or volume is: one label says all that ending it needs.
//
//   kafka-failure-lab = <lab>/<owner pid>/<owner start>/<end|keep>/<user id>@<host>

import os from "node:os";
import process from "node:process";
import { startOf } from "../../runtime/guardian/processes.mjs";

export const OWNER_LABEL = "kafka-failure-lab";

export interface Owner {
  readonly lab: string;
  readonly pid: number;
  readonly start: string;
  readonly keep: boolean;
  /**
   * A daemon may serve several machines, and several users of one, who need not see each other's processes.
   */
  readonly host: string;
}

export function ownerOf(lab: string, keep: boolean): Owner {
  return { lab, pid: process.pid, start: startOf(process.pid) ?? "", keep, host: userAndHost() };
}

/** On macOS the name changes with the network, and the daemon is this machine's own. */
function userAndHost(): string {
  const user = process.getuid?.() ?? os.userInfo().username;
  return `${user}@${process.platform === "darwin" ? "" : os.hostname()}`;
}

/** Writes the label's value. */
export function writeOwner({ lab, pid, start, keep, host }: Owner): string {
  return [lab, pid, start, keep ? "keep" : "end", host].join("/");
}

/** Reads the label's value; undefined for what the lab did not write. */
export function readOwner(value: string): Owner | undefined {
  const [lab, pid, start, keep, host, ...more] = value.split("/");
  if (!lab || !Number(pid) || start === undefined || host === undefined || more.length > 0) return undefined;
  return { lab, pid: Number(pid), start, keep: keep === "keep", host };
}

/**
 * Says whether the owner is gone, so that what it left may be removed: never said of another machine's or
 * user's.
 */
export function isGone({ pid, start, keep, host }: Owner, options: { kept?: boolean } = {}): boolean {
  return host === userAndHost() && startOf(pid) !== start && (!keep || options.kept === true);
}
