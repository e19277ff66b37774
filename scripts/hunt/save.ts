// What a search leaves: a script that replays the schedule, and the data that it was made from.

import { accessSync, constants, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LabError } from "@kafka-failure-lab/sdk";
import { makeFolders, replayScript, type Schedule } from "@kafka-failure-lab/sdk/testing";
import type { HuntOptions } from "./options.ts";

/** Makes the folder before the search, whose time is then not lost. @throws LabError COMMAND_FAILED */
export function prepare(out: string): void {
  try {
    makeFolders(out, 0o755);
    accessSync(out, constants.W_OK);
  } catch (cause) {
    throw cannotWrite(out, cause);
  }
}

/** Removes the folder where nothing was saved in it. */
export function removeIfEmpty(out: string): void {
  try {
    rmdirSync(out);
  } catch {
    // it has files
  }
}

function cannotWrite(out: string, cause: unknown): LabError {
  const why = (cause as Error).message;
  return new LabError("COMMAND_FAILED", `Cannot write what is found: ${why}`, { file: out, cause });
}

export interface Saved {
  /** The script. */
  readonly script: string;
  /** The data. */
  readonly data: string;
}

/** What is saved of a schedule that failed. */
export interface Saving {
  readonly schedule: Schedule;
  readonly seed: number;
  /** How often it failed, and on what: lines at the top of the script. */
  readonly about: readonly string[];
  /** What else goes into the data. */
  readonly more: Readonly<Record<string, unknown>>;
}

/**
 * Writes both files; those of an earlier, larger schedule are replaced.
 *
 * @throws LabError COMMAND_FAILED where the folder cannot be written
 */
export function save(options: HuntOptions, { schedule, seed, about, more }: Saving): Saved {
  const { out, claim, limit, client, lab } = options;
  const [script, data] = [path.join(out, "replay.mts"), path.join(out, "hunt.json")];
  // sources import the SDK by its name in the repository
  const from = import.meta.url.endsWith(".ts") ? "@kafka-failure-lab/sdk" : "kafka-failure-lab";
  const text = replayScript({
    schedule,
    claim,
    ...(limit !== undefined && { limit }),
    client: { ...client },
    lab: { scenario: `hunt-${claim}-${seed}`, ...lab },
    about: [...about, `Found by: ${options.again} ${seed}`],
    from,
  });
  try {
    writeFileSync(script, text);
    writeFileSync(
      data,
      `${JSON.stringify({ claim, seed, schedule, client, lab, limit, ...more }, null, 2)}\n`,
    );
  } catch (cause) {
    throw cannotWrite(out, cause);
  }
  return { script, data };
}
