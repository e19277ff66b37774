// `lab.predict` checks its arguments: the fault as a value or apart, for a client or for a consumer group.

import type { Lab } from "../lab/lab.ts";
import { asValue, isOfGroup } from "../lab/verbs/predict-arguments.ts";
import { guarded, takesOneOf, type Verb } from "./guard.ts";
import type { Parameter } from "./checked.ts";
import * as takes from "./verbs.ts";

/** Whether the options are those of a group; an object that cannot be read is refused later. */
function asksForGroup(options: unknown): boolean {
  try {
    return isOfGroup(options);
  } catch {
    return false;
  }
}

type Row = readonly Parameter<unknown>[];

/** Takes the fault as a value, or its kind, target and options apart; with `group` for a consumer group. */
export function guardedPredict(lab: Lab): Lab["predict"] {
  const real = (...asked: unknown[]): unknown => (lab.predict as Verb)(...asked);
  const checked = (row: Row, act: Verb): Verb => guarded<Verb>("lab.predict", act, row as never, "rejects");
  const forms = {
    client: checked(takes.PREDICT as never, real),
    group: checked(takes.PREDICT_GROUP as never, real),
  };
  const predict: Verb = (...asked) => {
    const options = asked[typeof asked[0] === "string" ? 2 : 1];
    const isGroup = asksForGroup(options);
    const value = isGroup ? forms.group : forms.client;
    if (typeof asked[0] !== "string") return value(...asked);
    const row = isGroup ? takes.predictGroupApart(asked[0]) : takes.predictApart(asked[0]);
    const apart: Verb = (...given) => value(...asValue(given as Parameters<typeof asValue>[0]));
    return checked(row as never, apart)(...asked);
  };
  return takesOneOf(predict, [
    takes.PREDICT,
    takes.predictApart("kill"),
    takes.PREDICT_GROUP,
    takes.predictGroupApart("kill"),
  ] as unknown as readonly Row[]) as unknown as Lab["predict"];
}
