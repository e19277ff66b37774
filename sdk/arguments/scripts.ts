// What scenarios begin and end with: each function with what it takes.
// What a function does is documented where it is made.

import * as v from "valibot";
import * as results from "../cli/result.ts";
import type { Result } from "../cli/result.ts";
import * as scenarios from "../cli/scenario.ts";
import type { ScenarioDefaults } from "../cli/scenario.ts";
import { fields, maybe, needed, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as options from "./options.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

const how = is.word("stop", "kill", "pause");
const argv: Schema<readonly string[]> = v.array(v.string("text"), "a list of arguments");
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
        },
        ["scenario", "about"],
      ),
    ),
    maybe("argv", argv),
  ],
);
export const ownArguments: typeof scenarios.ownArguments = guarded("ownArguments", scenarios.ownArguments, [
  maybe("inNotebook", v.string("text")),
]);

/** The options of a scenario, which has more of them than concern what is printed. */
export const withJson: Schema<{ json?: boolean }> = v.looseObject(
  { json: v.optional(is.flag) },
  "an object with options",
) as Schema<{ json?: boolean }>;

type Figures = Pick<Result, "verdict" | "figures">;
const figures = made<Figures>("a scenario", "verdict", "figures");
export const compareResults: typeof results.compareResults = guarded(
  "compareResults",
  results.compareResults,
  [needed("captured", figures), needed("now", figures)],
);
type Finished = Parameters<typeof results.finish>[1];
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
