// Schemas of the options of a consumer group and its members.

import * as v from "valibot";
import type { GroupOptions, MemberSettings, TransformOptions } from "../client/member/options.ts";
import type { SlowSpec } from "../faults/mod.ts";
import type { Duration } from "../model/duration.ts";
import type { WaitOptions } from "../lab/verbs/waiting.ts";
import { fields, fieldsOf, type Schema } from "./checked.ts";
import type { Group } from "../lab/groups/group.ts";
import type { GroupPredictOptions } from "../lab/verbs/predict-options.ts";
import type { Entries, Own } from "./options.ts";
import * as is from "./values.ts";

/** More processes than this are no experiment but a mistake. */
const MOST_MEMBERS = 100;

/** At least a millisecond: with 0 a session would be over before it has begun. */
const limit = is.durationOf(1);

const settings: Schema<MemberSettings> = fields<MemberSettings>({
  sessionTimeout: limit,
  heartbeatInterval: limit,
  rebalanceTimeout: limit,
  autoCommitInterval: limit,
  maxWait: is.duration,
  requestTimeout: limit,
});

const transactional: Schema<boolean | string> = v.lazy(
  (one): Schema<boolean | string> =>
    typeof one === "boolean" ? is.flag : is.text("a transactional.id", 200),
);
const transformOptions: Schema<TransformOptions> = fields<TransformOptions>(
  { topic: is.topicName, transactional, transactionTimeout: limit },
  ["topic"],
);
const transform: Schema<false | TransformOptions> = v.lazy(
  (one): Schema<false | TransformOptions> => (one === false ? (is.flag as Schema<false>) : transformOptions),
);

const ids = is.listOf(is.text("an instance id", 249), "true, false or a list of instance ids");
const instanceIds: Schema<boolean | readonly string[]> = v.lazy(
  (one): Schema<boolean | readonly string[]> => (typeof one === "boolean" ? is.flag : ids),
);

/** Those that a prediction depends on. */
export const groupEntries: Entries<
  Pick<
    GroupOptions,
    | "members"
    | "client"
    | "commit"
    | "process"
    | "assignor"
    | "instanceIds"
    | "protocol"
    | "settings"
    | "properties"
  >
> = {
  members: is.whole(1, MOST_MEMBERS),
  client: is.word("kafkajs", "java"),
  commit: is.word("auto", "after", "before", "never", "application"),
  process: is.duration,
  assignor: is.word("range", "roundrobin", "sticky", "cooperative-sticky"),
  instanceIds,
  protocol: is.word("classic", "consumer"),
  settings,
  properties: is.properties,
};
export const groupOptions: Schema<GroupOptions> = fields<GroupOptions>({
  ...groupEntries,
  topic: is.topicName,
  failAt: is.whole(1, is.MOST),
  transform,
  reset: is.word("earliest", "latest"),
  isolation: is.word("read_committed", "read_uncommitted"),
});

type LagOptions = WaitOptions & { atMost?: number };
export const lagOptions: Schema<LagOptions> = fields<LagOptions>({
  timeout: is.duration,
  signal: is.signal,
  atMost: is.whole(0, Number.MAX_SAFE_INTEGER),
});

type StopOptions = { timeout?: Duration };
export const stopMemberOptions: Schema<StopOptions> = fields<StopOptions>({ timeout: is.duration });

/** How many times as long processing takes. */
export const factor: Schema<number> = is.number("a number above 1", (one) => one > 1 && Number.isFinite(one));
type SlowOptions = Pick<SlowSpec, "process" | "factor">;
export const slowMemberOptions: Schema<SlowOptions> = fields<SlowOptions>({ process: limit, factor });

const groupItself: Schema<Group> = v.custom<Group>(
  (one) => typeof one === "object" && one !== null && "settled" in one && "name" in one,
  "a group of the lab, or its name",
);
const prediction: Entries<GroupPredictOptions> = {
  group: v.lazy((one): Schema<string | Group> => (typeof one === "string" ? is.probeName : groupItself)),
  lasts: is.durationOf(1),
  perSecond: is.number("a number of records, 0 or more", (one) => one >= 0 && Number.isFinite(one)),
};

/** Options of `lab.predict` for a group. */
export const groupPredictOptions: Schema<GroupPredictOptions> = fields<GroupPredictOptions>(prediction, [
  "group",
]);
/** Beside them the options of a fault whose kind, target and options are given apart. */
export function groupPredictOptionsApart(own: Own): Schema<GroupPredictOptions> {
  return fieldsOf<GroupPredictOptions>({ ...prediction, ...own.entries }, ["group", ...own.required]);
}
