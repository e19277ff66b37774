// Ends what labs left behind on this machine, with either engine.

import process from "node:process";
import { sweep, unrecorded } from "../runtime/sweep.ts";
import { findCli, hasNoProgram, sweepContainers } from "../engine/docker/mod.ts";
import { LabError, stateOf } from "../model/errors.ts";
import { printable } from "../model/printable.ts";

export interface CleanOptions {
  /** Also ends and removes kept labs. @default false */
  kept?: boolean;
  /** Called with a line for each thing that could not be ended or removed. */
  onLeft?: (line: string) => void;
}

/**
 * Removes what labs have left whose owner has exited, and returns a line for each; kept labs stay unless
 * `kept` is set.
 *
 * A process that is only marked as a lab's on its command line is reported, not ended. What cannot be removed
 * is reported with the reason, also to `onLeft`. If docker is installed and its daemon does not answer, a
 * line reports that: labs may have left containers.
 *
 * @throws LabError UNSAFE_FOLDER if other users can access the state folder: nothing is ended or removed then
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
 * What is to be said where Docker was not checked: nothing on a machine without a docker command, so with
 * nothing in Docker.
 */
export function unreached(error: unknown): string[] {
  if (!(error instanceof LabError)) throw error;
  if (hasNoProgram(error)) return [];
  const { stderr } = error.facts;
  const why = printable(
    `Docker was not checked: ${stateOf(error)}` +
      `${error.code === "COMMAND_FAILED" && stderr ? ` (${stderr.trim().split("\n").at(-1)})` : ""}`,
  );
  return [why];
}
