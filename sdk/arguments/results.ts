// Schemas of what one function of the face hands to another: histories, events, judgements, explanations.
//
// A result is passed on as it is. Of a history every event is checked once. Of the others only the outermost
// fields are checked: what is wrong deeper inside is reported when the function that takes the result fails
// (guard.ts).

import * as v from "valibot";
import type { GroupPredictionCheck, PredictionCheck, ShownExplanation } from "../analysis/explain/mod.ts";
import type { History, HistoryEvent } from "../model/history.ts";
import { parseEvent } from "../model/history-schema.ts";
import type { Judgement } from "../analysis/check/mod.ts";
import type { Paint, TimelineOptions } from "../report/text/mod.ts";
import { fields, type Parameter, reference, type Schema, WRONG } from "./checked.ts";
import * as is from "./values.ts";

/** Histories that are known to be sound, with how many of their events have been looked at. */
const sound = new WeakMap<object, number>();

/** Says that a history's events are the lab's own: nobody has to look at them again. */
export function trust(history: History): History {
  sound.set(history, Infinity);
  return history;
}

/** An event, by its kind's fields. */
export const event: Schema<HistoryEvent> = v.pipe(
  v.custom<HistoryEvent>((one) => typeof one === "object" && one !== null, "an event of a history"),
  v.rawCheck(({ dataset, addIssue }) => {
    const wrong = dataset.typed ? wrongIn(dataset.value) : undefined;
    if (wrong !== undefined) addIssue({ message: `${WRONG}${wrong}` });
  }),
);

function wrongIn(one: unknown): string | undefined {
  try {
    parseEvent(one);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n", 1)[0]!.replace(/^Cannot [^:]*: /, "");
  }
}

const HISTORY = "a history: `lab.run.history`, or that of `openRun()`";
const events = v.pipe(
  v.custom<History>((list) => Array.isArray(list), HISTORY),
  v.rawCheck(({ dataset, addIssue }) => {
    const list = dataset.value as unknown as History;
    for (let at = sound.get(list) ?? 0; at < list.length; at++) {
      const wrong = wrongIn(list[at]);
      if (wrong !== undefined) return addIssue({ message: `${WRONG}event ${at + 1}: ${wrong}` });
    }
    if (sound.get(list) !== Infinity) sound.set(list, list.length);
  }),
);
export const history: Parameter<History, false> = reference("history", events);

/** A value that another function returned, by the fields that it has at least. */
export function made<T>(by: string, ...names: readonly (keyof T & string)[]): Schema<T> {
  return v.custom<T>(
    (one) => typeof one === "object" && one !== null && names.every((name) => name in one),
    `what ${by} returns`,
  );
}

/** A list of such values. */
export function madeList<T>(by: string, ...names: readonly (keyof T & string)[]): Schema<readonly T[]> {
  const one = made<T>(by, ...names);
  return v.pipe(
    v.custom<readonly T[]>((list) => Array.isArray(list), `what ${by} returns`),
    v.custom<readonly T[]>((list) => (list as T[]).every((each) => v.is(one, each)), `what ${by} returns`),
  );
}

export const judgementOf: Schema<Judgement> = made<Judgement>(
  "check()",
  "verdict",
  "checks",
  "counts",
  "clients",
);
export const judgement: Parameter<Judgement, false> = reference("judgement", judgementOf);
export const explanation: Schema<ShownExplanation> = v.pipe(
  made<ShownExplanation>("explain()", "windows"),
  v.custom<ShownExplanation>((one) => {
    const { windows, groups = [] } = one as ShownExplanation;
    return Array.isArray(windows) && Array.isArray(groups);
  }, "what explain() returns"),
);
/**
 * Compares each prediction of a history with the fault of the same kind and targets that follows it. Pure.
 *
 * @returns one entry per prediction, in their order; `verdict` is unknown if no such fault followed
 */
export const predictionChecks: Schema<readonly PredictionCheck[]> = madeList<PredictionCheck>(
  "predictionChecks()",
  "client",
  "prediction",
  "disagreements",
);
/** What `groupPredictionChecks` returns, by the fields that it has at least. */
export const groupPredictionChecks: Schema<readonly GroupPredictionCheck[]> = madeList<GroupPredictionCheck>(
  "groupPredictionChecks()",
  "group",
  "prediction",
  "disagreements",
);
export const paint: Schema<Paint> = is.verb<Paint>();

/** As wide as a picture or a text may be. */
const MOST_COLUMNS = 100_000;
export const columns: Schema<number> = is.number(
  `a number from 1 to ${MOST_COLUMNS}`,
  (one) => one >= 1 && one <= MOST_COLUMNS,
);
export const timelineOptions: Schema<TimelineOptions> = fields<TimelineOptions>({
  width: columns,
  explanation,
  paint,
});
