// Around `startLab`: a real lab, recorded if LAB_RECORD is set, or a replay instead.

import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { doctor } from "../doctor/mod.ts";
import { LabError } from "../model/errors.ts";
import type { Lab, LabOptions } from "../lab/lab.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { print, printError } from "../runtime/print.ts";
import { fromReader } from "../runtime/reader-folder.ts";
import { chooseRecording } from "./choose.ts";
import { recordLab } from "./record.ts";
import { day, replayLab } from "./replay.ts";
import { askedToReplay, lacking, type ReplayReason } from "./why.ts";

/** How many labs this program has recorded: each gets a folder of its own. */
let count = 0;

/** Starts a lab with `start`, or replays a recording. */
export async function recorded(options: LabOptions, start: () => Promise<Lab>): Promise<Lab> {
  if (options.recording === false) return await start();
  const asked = askedToReplay();
  if (asked !== undefined) return replay(asked.dir, options, asked);
  const lab = await start().catch(async (error: unknown) => {
    const instead = await replayInstead(options, error);
    if (instead === undefined) throw error;
    return instead;
  });
  const dir = process.env["LAB_RECORD"];
  return lab.isReplay || dir === undefined || dir === ""
    ? lab
    : recordLab(lab, options, path.resolve(fromReader(dir), String(++count)));
}

/** For a notebook on a machine where no engine works, if the scenario has a recording. */
async function replayInstead(options: LabOptions, error: unknown): Promise<Lab | undefined> {
  if (!isNotebook() || !(error instanceof LabError)) return undefined;
  const dir = ["recordings", path.join("notebooks", "recordings")]
    .map((folder) => path.resolve(folder, options.scenario ?? "ad-hoc"))
    .find((one) => existsSync(one));
  if (dir === undefined) return undefined;
  const reason = lacking(await doctor());
  return reason === undefined ? undefined : replay(dir, options, reason);
}

function replay(dir: string, options: LabOptions, reason: ReplayReason): Lab {
  const { dir: one, facts } = chooseRecording(dir, options, reason.remedy);
  const lab = replayLab({ dir: one, facts, remedy: reason.remedy });
  // in a notebook it is part of the cell's output; a script's standard output has results only
  const say = isNotebook() ? print : printError;
  const { kafka, kind } = facts.engine;
  const run = `the run recorded on ${day(new Date(facts.startedAt))} with Kafka ${kafka}, ${kind} engine`;
  say(`${reason.why}: this replays ${run}. Edits have no effect during replay.`);
  return lab;
}
