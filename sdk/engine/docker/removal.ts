// Removes everything that carries a label: containers, networks, volumes. By label and not by `compose down`, so that one way serves the
// lab that closes, its guardian, and the next lab, which no longer has the compose files.

import { type Removal, REMOVALS } from "../../guardian/containers.mjs";
import type { Cli } from "./cli.ts";
import { isGone, OWNER_LABEL, readOwner } from "./owner.ts";

const PATIENCE = 20;

/** Removes until nothing is left: a daemon may still be making what a command that was ended had asked for. @throws LabError COMMAND_FAILED */
export async function removeAll(cli: Cli, label: string): Promise<void> {
  for (let round = 0; ; round++) {
    let seen = 0;
    for (const removal of REMOVALS) seen += await removeOnce(cli, label, removal, round === PATIENCE);
    if (seen === 0 || round === PATIENCE) return;
  }
}

async function removeOnce(cli: Cli, label: string, { list, remove, what }: Removal, isLast: boolean): Promise<number> {
  const { stdout } = await cli.docker(`list ${what}`, list(label));
  const ids = stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return 0;
  await cli.docker(`remove ${what}`, [...remove, ...ids]).catch((error: unknown) => {
    if (isLast) throw error; // until then: it may be in removal already, or still be in use by what is being removed
  });
  return ids.length;
}

/** Removes what labs whose owner is gone have left, and returns a line for each; kept labs stay unless `kept` is set. */
export async function sweepContainers(cli: Cli, options: { kept?: boolean } = {}): Promise<string[]> {
  const format = `{{.Label "${OWNER_LABEL}"}}`;
  const lists = await Promise.all([["ps", "--all"], ["network", "ls"], ["volume", "ls"]].map((list) => cli.docker("look for what labs left", [...list, "--filter", `label=${OWNER_LABEL}`, "--format", format])));
  const values = new Set(lists.flatMap(({ stdout }) => stdout.split("\n")).filter((value) => value !== ""));
  const said: string[] = [];
  for (const value of values) {
    const owner = readOwner(value);
    if (owner === undefined || !isGone(owner, options)) continue;
    await removeAll(cli, `${OWNER_LABEL}=${value}`);
    said.push(`removed the containers that lab ${owner.lab} left`);
  }
  return said;
}
