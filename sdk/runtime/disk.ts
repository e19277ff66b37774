// The errors for what cannot be written. A full disk is an error of its own, since there is a remedy.

import { LabError } from "../model/errors.ts";

/** What helps where no space is left, by whose folder it is. */
export const REMEDIES = {
  /** The run's folder. */
  run: "Free some space there, or set the option `runs` to a folder on another disk.",
  /** What a lab holds while it lives: its folder, the brokers' data. */
  lab: "Free some space, or set LAB_STATE to a folder on a larger disk.",
} as const;

/** Whether that is why the system did not write: no space is left, or none of the user's share. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

/**
 * Makes the error for what could not be written: DISK_FULL with the remedy, COMMAND_FAILED for any other
 * reason.
 */
export function cannotWrite(
  what: string,
  cause: unknown,
  { file, remedy }: { file: string; remedy: keyof typeof REMEDIES },
): LabError {
  if (isDiskFull(cause))
    return new LabError("DISK_FULL", `Cannot ${what}: no space is left`, {
      file,
      cause,
      hint: REMEDIES[remedy],
    });
  return new LabError("COMMAND_FAILED", `Cannot ${what}: ${(cause as Error).message}`, {
    file,
    cause,
    hint: "Is its folder there, and may this user write to it?",
  });
}
