// Schemas of rolling restarts, and of settings that are changed while brokers run.

import * as v from "valibot";
import { type LastingOptions, ROLL_WAITS, type RollSpec, type SettingsOf } from "../faults/mod.ts";
import type { FaultOptions } from "../lab/verbs/cluster.ts";
import type { RollOptions } from "../lab/verbs/roll.ts";
import { fields, type Schema } from "./checked.ts";
import type { Entries } from "./options.ts";
import * as is from "./values.ts";

/** Of a rolling restart. */
export const rolled: Entries<Pick<RollSpec, "timeout" | "wait" | "how">> = {
  timeout: is.duration,
  wait: is.word(...ROLL_WAITS),
  how: is.word("stop", "kill"),
};
export const rollOptions: Schema<RollOptions> = fields<RollOptions>({
  ...rolled,
  signal: is.signal,
  order: v.lazy(
    (one): Schema<NonNullable<RollOptions["order"]>> =>
      typeof one === "string"
        ? is.word("controller last")
        : is.listOf(is.broker, '"controller last" or a list of broker numbers'),
  ),
});

type ReconfigureOptions = FaultOptions & LastingOptions;
export const reconfigureOptions: Schema<ReconfigureOptions> = fields<ReconfigureOptions>({
  signal: is.signal,
  lasts: is.durationOf(1),
});

const OF = '{ topic: "orders" }, { broker: 1 } or "brokers"';
type OfTopic = Extract<SettingsOf, { topic: string }>;
type OfBroker = Extract<SettingsOf, { broker: number }>;
const ofTopic: Schema<OfTopic> = fields<OfTopic>({ topic: is.topicName }, ["topic"]);
const ofBroker: Schema<OfBroker> = fields<OfBroker>({ broker: is.broker }, ["broker"]);

/** What has settings. */
export const settingsOf: Schema<SettingsOf> = v.lazy((one): Schema<SettingsOf> => {
  if (typeof one !== "object" || one === null || Array.isArray(one)) return v.picklist(["brokers"], OF);
  return Object.hasOwn(one, "broker") ? ofBroker : ofTopic;
});

const SETTINGS = "an object of at least one setting's name and its value as text, or null";
/** Settings by name; whether Kafka takes them is for a broker to say. */
export const settingsByName: Schema<Readonly<Record<string, string | null>>> = v.pipe(
  v.record(v.string(), v.nullable(v.string("text or null")), SETTINGS),
  v.check(
    (all) => Object.keys(all).length > 0 && Object.keys(all).every((name) => /^[\w.-]{1,200}$/.test(name)),
    SETTINGS,
  ),
  v.check((all) => Object.values(all).every((one) => one === null || one.length <= 10_000), SETTINGS),
);
