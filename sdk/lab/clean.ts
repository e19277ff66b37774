// Ends what labs left behind on this machine, whichever engine ran them.

import process from "node:process";
import { sweep, unrecorded } from "../runtime/claims.ts";
import { findCli, hasNoProgram, sweepContainers } from "../engine/docker/mod.ts";
import { LabError, stateOf } from "../model/errors.ts";
import { printable } from "../model/printable.ts";

export interface CleanOptions {
  /** Ends and removes labs that were to be kept as well. @default false */
  kept?: boolean;
  /** Called with a line for each thing that could not be ended or removed. */
  onLeft?: (line: string) => void;
}

/**
 * Removes what labs whose owner is gone have left, and returns a line for each; those that were to be kept
 * stay unless `kept` is set.
 *
 * A process that only says on its command line that it is a lab's is named and left alone. What cannot be
 * removed stays, and keeps nothing else there: its line says why, and `onLeft` hears of it. Where there is a
 * docker command whose daemon cannot be asked, one more line says so and why: labs may have left something in
 * there.
 *
 * @throws LabError UNSAFE_FOLDER where the state folder is not this user's alone: nothing is ended or removed
 * then
 */
export async function clean(options: CleanOptions = {}): Promise<string[]> {
  const { done, left } = sweep(options);
  const named = unrecorded();
  const cli = await findCli({ env: process.env }).catch(unreached);
  const containers = Array.isArray(cli) ? { done: cli, left: [] } : await sweepContainers(cli, options);
  const stayed = [...left, ...containers.left].map((line) => printable(line));
  for (const line of stayed) options.onLeft?.(line);
  return [...[...done, ...named, ...containers.done].map((line) => printable(line)), ...stayed];
}

/**
 * What is to be said where Docker was not looked at: nothing on a machine without a docker command, so with
 * nothing in Docker.
 */
export function unreached(error: unknown): string[] {
  if (!(error instanceof LabError)) throw error;
  if (hasNoProgram(error)) return [];
  const { stderr } = error.facts;
  const why = printable(
    `Docker was not looked at: ${stateOf(error)}` +
      `${error.code === "COMMAND_FAILED" && stderr ? ` (${stderr.trim().split("\n").at(-1)})` : ""}`,
  );
  return [why];
}
