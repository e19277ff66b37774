// What scenarios that measure a cluster have in common: it has to have served once, and what comes too late
// afterwards is data.

import { LabError, type Probe } from "@kafka-failure-lab/sdk";

/**
 * Sends once, which also makes the topic where nobody else is to.
 *
 * @throws LabError NOT_READY where that is not acknowledged
 */
export async function serveOnce(probe: Pick<Probe, "send">): Promise<void> {
  const { outcome, tookMs, error } = await probe.send();
  if (outcome !== "ok")
    throw new LabError(
      "NOT_READY",
      `Cannot measure a cluster that never served: the first send ended as ${outcome}: ${error ?? ""}`,
      { tookMs },
    );
}

/** What does not come in time is data; a port that another program took meanwhile is not. */
export function passOver(error: unknown): void {
  if (!(error instanceof LabError && error.code === "NOT_READY")) throw error;
}
