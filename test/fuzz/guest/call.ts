// An exported function of the SDK with arguments that nobody has checked.

import { inspect } from "node:util";
import * as sdk from "../../../sdk/index.ts";
import type { Job, Problem } from "../job.ts";
import { givenArgs } from "./given.ts";
import { judgeError, judgeText, problem } from "./oracle.ts";
import { shownBy } from "./shown.ts";

/** Calls `name`; what it throws has to say what was wrong with the arguments. */
export async function call({ name = "", args = [] }: Job): Promise<readonly Problem[]> {
  const given = inspect(args, { depth: 9, maxStringLength: null });
  const called = (sdk as unknown as Record<string, (...all: unknown[]) => unknown>)[name]!;
  try {
    let returned: unknown;
    const { out, err } = await shownBy(async () => (returned = await called(...givenArgs(args))));
    return named(name, [
      ...judgeText([out, err, ...textsIn(returned)].join("\n"), given),
      ...(name === "startLab" || name === "attachLab" ? [problem("starts", "", given)] : []),
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
  return problems.map(({ kind, detail }) => ({ kind: `${name}(): ${kind}`, detail }));
}
