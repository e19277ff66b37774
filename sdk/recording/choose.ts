// Chooses the recorded lab for a call of `startLab`: the first with the same options that this program has
// not replayed yet.

import { existsSync } from "node:fs";
import path from "node:path";
import { LabError } from "../model/errors.ts";
import type { LabOptions } from "../lab/lab.ts";
import { askedOf, differentOptions, type LabFacts, readFacts } from "./facts.ts";
import { foldersIn, displayPath } from "./folder.ts";

/** One recorded lab of a scenario. */
export interface Chosen {
  dir: string;
  facts: LabFacts;
}

/**
 * The recordings that this program has replayed: a scenario with two clusters calls `startLab` twice, and a
 * notebook's first cell may run again.
 */
const played = new Set<string>();

/**
 * Chooses among a scenario's recordings (`<dir>/1`, `<dir>/2`, …). When all with these options have been
 * replayed, starts again with the first.
 *
 * @throws LabError NO_SUCH_RUN; NOT_RECORDED if none has these options
 */
export function chooseRecording(
  dir: string,
  options: LabOptions,
  remedy: string,
  used: Set<string> = played,
): Chosen {
  const all = recordingsIn(dir).map((one): Chosen => ({ dir: one, facts: readFacts(one) }));
  if (all.length === 0)
    throw new LabError("NO_SUCH_RUN", `Cannot replay ${displayPath(dir)}: it has no recording`, {
      file: path.resolve(dir),
      hint: "Expected folders 1, 2, … with run.json and calls.jsonl.gz, as LAB_RECORD makes them.",
    });
  const asked = askedOf(options);
  const fitting = all.filter(({ facts }) => differentOptions(asked, facts).length === 0);
  if (fitting.length === 0) {
    const closest = all
      .map(({ facts }) => differentOptions(asked, facts))
      .sort((a, b) => a.length - b.length)[0]!;
    throw new LabError("NOT_RECORDED", `Cannot replay startLab with these options: ${closest.join("; ")}`, {
      file: displayPath(dir),
      hint: `Other options need a real cluster: ${remedy}`,
    });
  }
  if (fitting.every((one) => used.has(one.dir))) for (const one of fitting) used.delete(one.dir);
  const chosen = fitting.find((one) => !used.has(one.dir))!;
  used.add(chosen.dir);
  return chosen;
}

/** The folders of single labs, in order; or the folder itself if it is one. */
function recordingsIn(dir: string): string[] {
  if (existsSync(path.join(dir, "run.json"))) return [path.resolve(dir)];
  return foldersIn(dir)
    .filter((name) => /^\d+$/.test(name) && existsSync(path.join(dir, name, "run.json")))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => path.resolve(dir, name));
}
