// What scenarios begin and end with: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as results from "../cli/result.ts";
import type { Result } from "../cli/result.ts";
import * as scenarios from "../cli/scenario.ts";
import type { ScenarioDefaults } from "../cli/scenario.ts";
import { fields, maybe, needed, noNearMiss, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as options from "./options.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

const how = is.word("stop", "kill", "pause");
const argv: Schema<readonly string[]> = v.array(v.string("text"), "a list of arguments");
/**
 * Reads a scenario's command line. `--help` prints the options and ends the program; a wrong option prints
 * what was expected and ends it with exit code 1.
 *
 * @param argv @default the program's arguments, none in a notebook
 */
export const scenarioOptions: typeof scenarios.scenarioOptions = guarded(
  "scenarioOptions",
  scenarios.scenarioOptions,
  [
    needed(
      "defaults",
      fields<ScenarioDefaults>(
        {
          scenario: is.text("a scenario's name"),
          about: v.string("text"),
          cluster: is.path,
          how,
          window: is.flag,
          client: is.word("kafkajs", "java"),
        },
        ["scenario", "about"],
      ),
    ),
    maybe("argv", argv),
  ],
);
/**
 * Returns the program's arguments; in a notebook, which has none, those of the cell.
 *
 * @param inNotebook written as on a command line: `"--how kill --timers fast"`
 */
export const ownArguments: typeof scenarios.ownArguments = guarded("ownArguments", scenarios.ownArguments, [
  maybe("inNotebook", v.string("text")),
]);

/** The options of a scenario, which has more of them than concern what is printed. */
export const withJson: Schema<{ json?: boolean }> = v.pipe(
  v.looseObject({ json: v.optional(is.flag) }, "an object with options"),
  noNearMiss(["json"]),
) as Schema<{ json?: boolean }>;

type Figures = Pick<Result, "verdict" | "figures">;
const figures = made<Figures>("a scenario", "verdict", "figures");
/**
 * Compares the behaviour of two results of a scenario: one line per difference, none if they agree. Times
 * are compared with the bounds in the first result.
 */
export const compareResults: typeof results.compareResults = guarded(
  "compareResults",
  results.compareResults,
  [needed("captured", figures), needed("now", figures)],
);
type Finished = Parameters<typeof results.finish>[1];
/**
 * Ends a scenario: sets the exit code (not in a notebook), prints the result as one line of JSON with `json:
 * true`, and writes it to the file named by the environment variable `LAB_RESULT`.
 */
export const finish: typeof results.finish = guarded("finish", results.finish, [
  needed("options", withJson),
  needed("result", resultOf()),
]);
function resultOf(): Schema<Finished> {
  const texts = { scenario: v.string("text"), claim: v.string("text") };
  return v.looseObject(
    {
      ...texts,
      verdict: options.verdict,
      exitCode: is.word<0 | 2 | 3>(0, 2, 3),
      figures: v.record(
        v.string(),
        v.custom<Result["figures"][string]>((one) => typeof one === "object" && one !== null, "a figure"),
      ),
    },
    "a scenario's result",
  ) as unknown as Schema<Finished>;
}
