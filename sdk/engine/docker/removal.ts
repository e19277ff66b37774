// Removes everything that carries a label: containers, networks, volumes. By label and not by `compose down`,
// so that one way serves the lab that closes, its guardian, and the next lab, which no longer has the compose
// files.

import { type Removal, REMOVALS } from "../../runtime/guardian/containers.mjs";
import type { Swept } from "../../runtime/sweep.ts";
import type { Cli } from "./cli.ts";
import { isGone, OWNER_LABEL, readOwner } from "./owner.ts";

const PATIENCE = 20;
const PAUSE_MS = 100;

/**
 * Removes until nothing is left. After a command that was ended (`wasEnded`) it looks several times: the
 * daemon may still be making what that command had asked for.
 *
 * @throws LabError COMMAND_FAILED where something is still in use
 */
export async function removeAll(
  cli: Cli,
  label: string,
  { wasEnded = false }: { wasEnded?: boolean } = {},
): Promise<void> {
  let quiet = 0;
  for (let round = 0; quiet < (wasEnded ? 5 : 1) && round <= PATIENCE; round++) {
    let seen = 0;
    for (const removal of REMOVALS) seen += await removeOnce(cli, label, removal, round === PATIENCE);
    quiet = seen === 0 ? quiet + 1 : 0;
    if (wasEnded || seen > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function removeOnce(
  cli: Cli,
  label: string,
  { list, remove, what }: Removal,
  isLast: boolean,
): Promise<number> {
  const { stdout } = await cli.docker(`list ${what}`, list(label));
  const ids = stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return 0;
  await cli.docker(`remove ${what}`, [...remove, ...ids]).catch((error: unknown) => {
    // before the last try: it may be in removal already, or still be used by what is being removed
    if (isLast) throw error;
  });
  return ids.length;
}

/**
 * Removes what labs whose owner is gone have left, and returns a line for each lab; kept labs stay unless
 * `kept` is set.
 */
export async function sweepContainers(cli: Cli, options: { kept?: boolean } = {}): Promise<Swept> {
  const format = `{{.Label "${OWNER_LABEL}"}}`;
  const lists = await Promise.all(
    [
      ["ps", "--all"],
      ["network", "ls"],
      ["volume", "ls"],
    ].map((list) =>
      cli.docker("look for what labs left", [
        ...list,
        "--filter",
        `label=${OWNER_LABEL}`,
        "--format",
        format,
      ]),
    ),
  );
  const values = new Set(lists.flatMap(({ stdout }) => stdout.split("\n")).filter((value) => value !== ""));
  const swept: Swept = { done: [], left: [] };
  for (const value of values) {
    const owner = readOwner(value);
    if (owner === undefined || !isGone(owner, options)) continue;
    // what somebody else still uses is reported, and keeps nobody from working
    const failure = await removeAll(cli, `${OWNER_LABEL}=${value}`).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined) swept.done.push(`removed the containers that lab ${owner.lab} left`);
    else
      swept.left.push(
        `could not remove all that lab ${owner.lab} left in Docker: ${failure.message.split("\n", 1)[0]}`,
      );
  }
  return swept;
}
