// Waits for a state of the cluster, for a number of its sessions.

import { performance } from "node:perf_hooks";
import type { Description, Lab } from "@kafka-failure-lab/sdk";
import { comesInTime } from "../../consumers/until.ts";

/** Of the fast timers. */
const SESSION_MS = 1_500;

/** How long until it was so, in milliseconds; undefined where it was not so within so many sessions. */
export async function within(
  lab: Lab,
  holds: (now: Description) => boolean,
  sessions: number,
): Promise<number | undefined> {
  const began = performance.now();
  const isSo = await comesInTime(lab.cluster.waitFor(holds, { timeout: sessions * SESSION_MS }));
  return isSo ? performance.now() - began : undefined;
}
