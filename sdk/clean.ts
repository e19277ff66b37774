// Ends what labs left behind on this machine, whichever engine ran them.

import process from "node:process";
import { sweep } from "./engine/claims.ts";
import { findCli, hasNoProgram, sweepContainers } from "./engine/docker/mod.ts";
import { LabError, stateOf } from "./errors.ts";
import { printable } from "./model/printable.ts";

/**
 * Removes what labs whose owner is gone have left, and returns a line for each; those that were to be kept stay unless `kept` is set.
 *
 * Where there is a docker command whose daemon cannot be asked, one more line says so and why: labs may have left something in there.
 */
export async function clean(options: { kept?: boolean } = {}): Promise<string[]> {
  const processes = sweep(options);
  const cli = await findCli({ env: process.env }).catch(unreached);
  const containers = Array.isArray(cli) ? cli : await sweepContainers(cli, options);
  return [...processes, ...containers].map((line) => printable(line));
}

/** What is to be said where Docker was not looked at: nothing on a machine without a docker command, so with nothing in Docker. */
export function unreached(error: unknown): string[] {
  if (!(error instanceof LabError)) throw error;
  if (hasNoProgram(error)) return [];
  const { stderr } = error.facts;
  const why = printable(
    `Docker was not looked at: ${stateOf(error)}${error.code === "COMMAND_FAILED" && stderr ? ` (${stderr.trim().split("\n").at(-1)})` : ""}`,
  );
  return [why];
}
