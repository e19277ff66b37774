// Ends what labs left behind on this machine, whichever engine ran them.

import process from "node:process";
import { sweep } from "./engine/claims.ts";
import { findCli, sweepContainers } from "./engine/docker/mod.ts";
import { LabError } from "./errors.ts";

/** Removes what labs whose owner is gone have left, and returns a line for each; those that were to be kept stay unless `kept` is set. */
export async function clean(options: { kept?: boolean } = {}): Promise<string[]> {
  const processes = sweep(options);
  try {
    return [...processes, ...(await sweepContainers(await findCli({ env: process.env }), options))];
  } catch (error) {
    if (error instanceof LabError && (error.code === "NO_ENGINE" || error.code === "UNSUPPORTED")) return processes; // no Docker on this machine, so nothing in it
    throw error;
  }
}
