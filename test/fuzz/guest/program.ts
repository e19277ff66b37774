// Whole scripts, in this process: a fresh import runs one as `node scripts/NAME.ts` would.

import process from "node:process";
import { readSettings } from "../../../scripts/app/settings.ts";
import { delayOptions } from "../../../scripts/delay/options.ts";
import { huntOptions } from "../../../scripts/hunt/options.ts";
import { matrixOptions } from "../../../scripts/matrix/options.ts";
import { notebooksOptions } from "../../../scripts/notebook/options.ts";
import { tableOptions } from "../../../scripts/table/options.ts";
import { testOptions } from "../../../scripts/test/options.ts";
import { scenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import type { Job, Problem } from "../job.ts";
import { judgeError, judgeMessage, judgeText, masked, problem } from "./oracle.ts";
import { type Shown, shownBy } from "./shown.ts";

let count = 0;

/** Runs the script that argv[0] names. What it throws, Node would tell with a stack trace. */
export async function script({ argv: [name = "", ...argv] = [], ...job }: Job): Promise<readonly Problem[]> {
  const given = JSON.stringify({ ...job, argv });
  process.argv = [process.execPath, `scripts/${name}.ts`, ...argv];
  const known = process.listeners("uncaughtException");
  try {
    const shown = await shownBy(() =>
      import(`../../../scripts/${name}.ts?${++count}`).catch((error: unknown) => caught(error)),
    );
    return judgeShown(shown, given);
  } catch (error) {
    const { name: is, message } = error as Error;
    const where = `${is} ${masked(message.split("\n", 1)[0]!)}`;
    return [problem("stack trace", `${name}.ts: ${where}`, message), ...judgeError(error, given)];
  } finally {
    for (const one of process.listeners("uncaughtException"))
      if (!known.includes(one)) process.off("uncaughtException", one);
  }
}

/** What hears of errors in this process for the lane itself. */
export const OURS: Set<unknown> = new Set<unknown>();

/**
 * What is uncaught is heard as in a process of the script alone, where the lane does not listen.
 *
 * A LabError is told in lines, and ends the process; anything else Node would tell with a stack trace.
 */
function caught(error: unknown): void {
  const lanes = process.listeners("uncaughtException").filter((one) => OURS.has(one));
  for (const one of lanes) process.off("uncaughtException", one);
  try {
    process.listeners("uncaughtExceptionMonitor").forEach((one) => one(error as Error, "uncaughtException"));
    const own = process.listeners("uncaughtException");
    if (own.length === 0) throw error;
    for (const one of own) one(error as Error, "uncaughtException");
  } finally {
    for (const one of lanes) process.on("uncaughtException", one);
  }
}

const READERS: Readonly<Record<string, (argv: readonly string[]) => unknown>> = {
  app: readSettings,
  delay: delayOptions,
  hunt: (argv) => huntOptions(argv, 0),
  matrix: (argv) => matrixOptions(argv, {}),
  notebooks: notebooksOptions,
  scenario: (argv) => scenarioOptions({ scenario: "fuzz", about: "nothing" }, argv),
  table: (argv) => tableOptions(argv, {}),
  test: (argv) => testOptions(argv, {}),
};

/** Reads options as the script that argv[0] names does. */
export async function options({ argv: [name = "", ...argv] = [], ...job }: Job): Promise<readonly Problem[]> {
  const given = JSON.stringify({ ...job, argv });
  let read: unknown;
  try {
    const shown = await shownBy(() => (read = READERS[name]!(argv)));
    const wrong = notANumber(read);
    return [
      ...judgeShown(shown, given),
      ...(wrong === undefined ? [] : [problem("takes no number", `${name} ${wrong}`, JSON.stringify(argv))]),
    ];
  } catch (error) {
    return judgeError(error, given);
  }
}

/** An option that was read as NaN or without bound is told of nowhere, and breaks something later. */
function notANumber(read: unknown): string | undefined {
  if (typeof read !== "object" || read === null) return undefined;
  for (const [name, value] of Object.entries(read)) {
    if (typeof value === "number" && !Number.isFinite(value)) return name;
    const inside = notANumber(value);
    if (inside !== undefined) return `${name}.${inside}`;
  }
  return undefined;
}

function judgeShown({ out, err, exitCode }: Shown, given: string): readonly Problem[] {
  const problems = [...judgeText(out, given), ...judgeMessage(err, given)];
  if (exitCode === 1 && err.split("\n", 1)[0]!.trim() === "")
    problems.push(problem("fails without a first line", "", `exit ${exitCode}`));
  return problems;
}
