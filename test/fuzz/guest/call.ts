// An exported function of the SDK with arguments that nobody has checked.

import process from "node:process";
import { inspect } from "node:util";
import * as sdk from "../../faces.ts";
import type { Job, Problem } from "../job.ts";
import { givenArgs } from "./given.ts";
import { judgeError, judgeText, problem } from "./oracle.ts";
import { shownBy } from "./shown.ts";

/** Calls `name`; what it throws has to say what was wrong with the arguments. */
export async function call({ name = "", args = [], isWrong = false }: Job): Promise<readonly Problem[]> {
  const given = inspect(args, { depth: 9, maxStringLength: null });
  const called = (sdk as unknown as Record<string, (...all: unknown[]) => unknown>)[name]!;
  process.argv = [process.execPath, "fuzz.ts"];
  try {
    let returned: unknown;
    const { out, err } = await shownBy(async () => (returned = await called(...givenArgs(args))));
    return named(name, [
      ...judgeText([out, err, ...textsIn(returned)].join("\n"), given),
      ...(isWrong ? [problem("takes what is wrong", "", given)] : []),
    ]);
  } catch (error) {
    return named(name, judgeError(error, given));
  }
}

/** Text that is returned is there to be read. */
function textsIn(returned: unknown): string[] {
  if (typeof returned === "string") return [returned];
  return Array.isArray(returned) ? returned.filter((one) => typeof one === "string") : [];
}

function named(name: string, problems: readonly Problem[]): Problem[] {
  const of = (kind: string): string => (kind.startsWith("raw error") ? "raw error" : kind);
  return problems.map(({ kind, detail }) => ({
    kind: `${name}(): ${of(kind)}`,
    detail: `${kind}\n${detail}`,
  }));
}
