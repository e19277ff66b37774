// What is wrong with a disk.

import { readable } from "./duration.ts";

/**
 * What writes meet: `full` fails them (ENOSPC), `failed` fails writes and fsyncs (EIO), `hung` has both wait
 * until it is healed, `slow` has each of them wait, `forgetful` loses what was not forced when the process is
 * killed.
 */
export type DiskEffect = "full" | "failed" | "hung" | "slow" | "forgetful";

/** What a fault does to the disk under a broker's log directories. */
export interface DiskFault {
  readonly effect: DiskEffect;
  /** How long each write and each fsync waits, in milliseconds; only of a slow disk. */
  readonly addsMs?: number;
  /** Which of the broker's `log.dirs`, from 1. @default all of them, on one disk */
  readonly logDir?: number;
}

/** The fault with its size, as words: `slow disk, 200 ms a write, log.dirs no. 2`. */
export function sayDisk({ effect, addsMs, logDir }: DiskFault): string {
  return [
    `${effect} disk`,
    ...(addsMs === undefined ? [] : [`${readable(addsMs)} a write`]),
    ...(logDir === undefined ? [] : [`log.dirs no. ${logDir}`]),
  ].join(", ");
}

/**
 * Whether a broker ends by it: one without a log directory that works halts, and so does one without its
 * metadata log.
 *
 * @param metadataLogDir which of `log.dirs` has the metadata log; one directory without it ends no broker
 * @default none, or it is not known
 */
export function endsBroker(fault: DiskFault, metadataLogDir?: number): boolean {
  return mayEndBroker(fault) && (fault.logDir === undefined || fault.logDir === metadataLogDir);
}

/** Whether a broker may end by it, depending on which directory has its metadata log. */
export function mayEndBroker({ effect }: DiskFault): boolean {
  return effect === "full" || effect === "failed";
}
