// Ends what labs left behind on this machine, whichever engine ran them.

import process from "node:process";
import { sweep, unrecorded } from "./engine/claims.ts";
import { findCli, hasNoProgram, sweepContainers } from "./engine/docker/mod.ts";
import { LabError, stateOf } from "./errors.ts";

/**
 * Removes what labs whose owner is gone have left, and returns a line for each; those that were to be kept stay unless `kept` is set.
 *
 * A process that only says on its command line that it is a lab's is told of and left alone.
 *
 * Where there is a docker command whose daemon cannot be asked, one more line says so and why: labs may have left something in there.
 */
export async function clean(options: { kept?: boolean } = {}): Promise<string[]> {
  const processes = [...sweep(options), ...unrecorded()];
  const cli = await findCli({ env: process.env }).catch(unreached);
  return [...processes, ...(Array.isArray(cli) ? cli : await sweepContainers(cli, options))];
}

/** What is to be said where Docker was not looked at: nothing on a machine without a docker command, so with nothing in Docker. */
export function unreached(error: unknown): string[] {
  if (!(error instanceof LabError)) throw error;
  if (hasNoProgram(error)) return [];
  const { stderr } = error.facts;
  return [
    `Docker was not looked at: ${stateOf(error)}${error.code === "COMMAND_FAILED" && stderr ? ` (${stderr.trim().split("\n").at(-1)})` : ""}`,
  ];
}
