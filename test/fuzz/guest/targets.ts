// What an input is given to, and how what comes of it is judged: a function for each target.

import process from "node:process";
import { traceCommand } from "../../../scripts/trace/command.ts";
import { diagnoseCommand } from "../../../scripts/diagnose/command.ts";
import { explainErrorCommand } from "../../../scripts/explain-error/command.ts";
import { predictCommand } from "../../../scripts/predict/command.ts";
import type { Job, Problem, TargetName } from "../job.ts";
import { call } from "./call.ts";
import type { Effects } from "./effects.ts";
import { judgeError, judgeMessage, judgeText, problem } from "./oracle.ts";
import { options, script } from "./program.ts";
import { run } from "./run.ts";
import { start } from "./start.ts";
import { verb } from "./verb.ts";
import type { World } from "./world.ts";

/** Never rejects: what is thrown is judged. */
export type Target = (job: Job, world: World, effects: Effects) => Promise<readonly Problem[]>;

interface Printed {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export const TARGETS: Readonly<Record<TargetName, Target>> = {
  predict: command((argv, cwd) => predictCommand(argv, { cwd, env: process.env })),
  diagnose: command((argv, cwd) => diagnoseCommand(argv, { cwd, env: process.env })),
  "explain-error": command((argv, cwd) =>
    explainErrorCommand(argv, { cwd, env: process.env, input: undefined }),
  ),
  trace: command(traceCommand),
  script,
  options,
  start,
  run,
  call,
  verb,
};

/** A command that returns what it would print. */
function command(run: (argv: readonly string[], cwd: string) => Printed | Promise<Printed>): Target {
  return async (job, { cwd }) => {
    const given = JSON.stringify(job);
    try {
      const printed = await run(job.argv ?? [], cwd);
      return [...judgePrinted(printed, given), ...judgeSilence(printed, job.mentions)];
    } catch (error) {
      return judgeError(error, given);
    }
  };
}

/** What a program prints, and how it ends. */
function judgePrinted({ exitCode, out, err }: Printed, given: string): readonly Problem[] {
  const problems = [...judgeText(out, given), ...judgeMessage(err, given)];
  if (exitCode === 1 && err.split("\n", 1)[0]!.trim() === "")
    problems.push(problem("fails without a first line", "", `exit ${exitCode}`));
  return problems;
}

/** A value that Kafka would refuse is told of. */
function judgeSilence({ out, err }: Printed, words: readonly string[] = []): readonly Problem[] {
  if (words.length === 0 || words.some((word) => out.includes(word) || err.includes(word))) return [];
  return [problem("is silent about", words[0]!, out.slice(0, 300))];
}
