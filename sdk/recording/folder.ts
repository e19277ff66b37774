// Finds the folder of a run, or if there is none, similar runs.

import { type Dirent, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { LabError } from "../model/errors.ts";
import { toReader } from "../runtime/reader-folder.ts";
import { findLines } from "./lines.ts";

/** Returns the run's history file. @throws LabError NO_SUCH_RUN, which names similar runs */
export function historyOf(dir: string): string {
  const file = findLines(dir, "history");
  if (file !== undefined) return file;
  const state = existsSync(dir)
    ? "it has no history.jsonl and no history.jsonl.gz"
    : "there is no such folder";
  const near = nearest(dir);
  throw new LabError("NO_SUCH_RUN", `Cannot open the run ${displayPath(dir)}: ${state}`, {
    file: path.resolve(dir),
    hint:
      near.length === 0
        ? "Runs are in .lab/runs/<scenario>/<time>/, recordings in notebooks/recordings/<scenario>/<number>/."
        : `Did you mean ${near.map(displayPath).join(", or ")}?`,
  });
}

const FEW = 3;
const DEPTH = 2;

/**
 * The newest runs in that folder or beside it, otherwise where runs are kept; folders of runs are named by
 * time.
 */
function nearest(dir: string): string[] {
  for (const at of [
    dir,
    path.dirname(path.resolve(dir)),
    path.join(".lab", "runs"),
    path.join("notebooks", "recordings"),
    "recordings",
  ]) {
    const runs = existsSync(at) ? runsIn(at, DEPTH) : [];
    if (runs.length > 0)
      return runs.sort((a, b) => (path.basename(a) < path.basename(b) ? 1 : -1)).slice(0, FEW);
  }
  return [];
}

/** This folder and those below it that have a history. */
function runsIn(dir: string, depth: number): string[] {
  if (findLines(dir, "history") !== undefined) return [dir];
  return depth === 0 ? [] : foldersIn(dir).flatMap((name) => runsIn(path.join(dir, name), depth - 1));
}

/** The names of the folders in a folder; none if it is not a folder. */
export function foldersIn(dir: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return []; // not a folder, or not readable
  }
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && entry.name !== ".git")
    .map(({ name }) => name);
}

/** The path relative to where the reader stands if it is nearby. */
export function displayPath(dir: string): string {
  const relative = toReader(dir);
  return relative === "" ? "." : relative.startsWith(path.join("..", "..")) ? path.resolve(dir) : relative;
}
