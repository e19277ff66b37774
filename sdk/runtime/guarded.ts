// A lab's folder, and the guardian that removes it where the lab cannot.

import path from "node:path";
import { type Claim, claimFolder } from "./claims.ts";
import { type Guardian, type GuardianOrder, startGuardian } from "./guardian/guardian.ts";

export interface GuardedOptions extends Partial<Pick<GuardianOrder, "keepDirs" | "label">> {
  /** Whether the folder belongs to a cluster that outlives its owner. */
  keep: boolean;
  /** Whether the cluster itself does. @default as the folder */
  keepCluster?: boolean;
  /** Where the guardian writes its log. */
  logDir: string;
}

/**
 * Makes a lab's folder and starts its guardian.
 *
 * @throws LabError UNSAFE_FOLDER, DISK_FULL, COMMAND_FAILED
 */
export function claimGuarded(
  lab: string,
  { keep, keepCluster = keep, logDir, ...order }: GuardedOptions,
): { claim: Claim; guardian: Guardian } {
  const claim = claimFolder(lab, keep);
  const guardian = startGuardian({
    ...order,
    processes: claim.record.folder,
    keep: keepCluster,
    root: claim.root,
    dirs: claim.paths,
    log: path.join(logDir, "guardian.log"),
  });
  return { claim, guardian };
}
