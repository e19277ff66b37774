// The folders that are this user's alone: the labs' state, and the cache, whose files are run. It looks only,
// and mends nothing.

import { assertCache, cacheFolder } from "../engine/local/supply/mod.ts";
import { LabError, stateOf } from "../model/errors.ts";
import { openOwn, stateFolder } from "../runtime/state-folder.ts";
import type { MachineCheck, Surroundings } from "./report.ts";

/** Says where the labs' state and the cache are, and whether another user can have made or changed them. */
export function checkFolders({ env }: Surroundings): Promise<MachineCheck[]> {
  return Promise.resolve([
    checked("state folder", "export LAB_STATE=/a/folder/of/your/own", () => {
      const { folder, from } = stateFolder(env);
      openOwn(folder, { make: false, whenOpen: "accept" });
      return `${folder}, by ${from}; this user's alone`;
    }),
    checked("cache folder", "export LAB_CACHE=/a/folder/of/your/own", () => {
      const folder = cacheFolder(env);
      assertCache(folder);
      return `${folder}; no other user can write to it`;
    }),
  ]);
}

function checked(name: string, remedy: string, look: () => string): MachineCheck {
  try {
    return { group: "local", name, state: "ok", found: look() };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { group: "local", name, state: "missing", found: stateOf(error), remedy };
  }
}
