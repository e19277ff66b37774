// Where a lab's brokers are dialled, in its folder, for programs of this user that look for a lab.

import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Claim } from "../../runtime/claims.ts";
import { cannotWrite } from "../../runtime/disk.ts";
import type { Moved } from "./rewrite.ts";

/** In a lab's folder; no service can be called so. */
export const CLIENTS_FILE = "@clients";

/** Writes where clients dial. @throws LabError DISK_FULL, UNSAFE_FOLDER */
export function writeClients({ dir }: Claim, moved: readonly Moved[]): void {
  const addresses = moved.flatMap(({ client }) => client ?? []);
  try {
    writeFileSync(path.join(dir, CLIENTS_FILE), addresses.join(","), { mode: 0o600 });
  } catch (cause) {
    throw cannotWrite("write the addresses of the brokers", cause, { file: dir, remedy: "lab" });
  }
}
