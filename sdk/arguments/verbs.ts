// What every verb of a lab takes, as tables that the compiler compares with the interfaces: a verb without a
// row does not compile.

import * as v from "valibot";
import type { ShellCommand } from "../lab/capture.ts";
import type { Cluster, Condition } from "../lab/verbs/cluster.ts";
import type { Fault } from "../lab/faults/fault.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Lab, LabRun } from "../lab/lab.ts";
import type { Load } from "../lab/workload/load.ts";
import type { Disk } from "../lab/verbs/disk.ts";
import type { Net } from "../lab/verbs/network.ts";
import type { GroupPredictOptions, PredictOptions } from "../lab/verbs/predict-options.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import { isOfResources, kindNames, kindOf } from "../faults/mod.ts";
import { faultSpec, optionsOfKind } from "./fault-values.ts";
import type { Probe } from "../lab/workload/probe.ts";
import type { Group } from "../lab/groups/group.ts";
import type { Member } from "../lab/groups/member.ts";
import type { TopicWatch, WatchOptions } from "../lab/workload/topic-watch.ts";
import type { RecordedRun } from "../recording/mod.ts";
import {
  groupOptions,
  groupPredictOptions,
  groupPredictOptionsApart,
  lagOptions,
  slowMemberOptions,
  stopMemberOptions,
} from "./groups.ts";
import { diskOptions } from "./disks.ts";
import { fields, maybe, needed, type ParametersOf, type Schema } from "./checked.ts";
import * as options from "./options.ts";
import { reconfigureOptions, rollOptions, settingsByName, settingsOf } from "./changing.ts";
import { electionTarget } from "./elections.ts";
import { quickSend } from "./quick.ts";
import { event, judgement, timelineOptions } from "./results.ts";
import * as is from "./values.ts";

/** The parameters of each verb of T. */
export type Takes<T> = {
  readonly [Name in keyof T as Name extends string
    ? T[Name] extends (...args: never[]) => unknown
      ? Name
      : never
    : never]-?: ParametersOf<T[Name]>;
};

const CONDITION = '"all alive", "full isr" or a function of the description';
const condition: Schema<Condition> = v.lazy(
  (one): Schema<Condition> =>
    typeof one === "function"
      ? is.verb<Extract<Condition, (...args: never[]) => unknown>>()
      : v.picklist(["all alive", "full isr"], CONDITION),
);
const target = needed("target", is.target);
const wait = maybe("options", options.waitOptions);
const lasting = maybe("options", options.faultOptions);

export const CLUSTER: Takes<Cluster> = {
  describe: [],
  stop: [target, maybe("options", options.stopOptions)],
  kill: [target, lasting],
  pause: [target, lasting],
  start: [target, wait],
  restart: [target, maybe("options", options.restartOptions)],
  roll: [maybe("options", rollOptions)],
  elect: [needed("election", is.word("preferred", "unclean")), maybe("target", electionTarget), wait],
  reconfigure: [
    needed("of", settingsOf),
    needed("settings", settingsByName),
    maybe("options", reconfigureOptions),
  ],
  createTopic: [needed("topic", is.topicName), maybe("options", options.topicOptions)],
  waitFor: [needed("condition", condition), wait],
};

const percent = needed("percent", is.percent);
const net = maybe("options", options.netOptions);

export const NET: Takes<Net> = {
  delay: [target, needed("duration", is.durationOf(0)), maybe("options", options.delayOptions)],
  lose: [target, percent, net],
  throttle: [target, needed("rate", is.rate), net],
  isolate: [target, maybe("options", options.isolateOptions)],
  split: [needed("groups", is.groups), maybe("options", options.injectOptions)],
  duplicate: [target, percent, net],
  corrupt: [target, percent, net],
  reorder: [target, percent, net],
  heal: [],
};

const disk = maybe("options", diskOptions);

export const DISK: Takes<Disk> = {
  fill: [target, disk],
  hang: [target, disk],
  forget: [target, disk],
  slow: [target, needed("delay", is.durationOf(1)), disk],
  fail: [target, disk],
  heal: [],
};

export const FAULT: Takes<Fault> = { heal: [] };

export const PROBE: Takes<Probe> = {
  connect: [],
  send: [{ ...maybe("options", options.sendOptions), quick: quickSend }],
  read: [maybe("options", options.readOptions)],
  start: [maybe("options", options.loadOptions)],
  close: [],
};

export const LOAD: Takes<Load> = {
  acknowledged: [needed("count", is.whole(0, Number.MAX_SAFE_INTEGER)), wait],
  stop: [maybe("options", options.giveUpOptions)],
};

export const WATCH: Takes<TopicWatch> = {
  summary: [],
  arrived: [needed("count", is.whole(0, Number.MAX_SAFE_INTEGER)), wait],
  stop: [],
};

export const GROUP: Takes<Group> = {
  member: [needed("member", is.memberNumber)],
  add: [],
  settled: [wait],
  processed: [needed("count", is.whole(0, Number.MAX_SAFE_INTEGER)), wait],
  lag: [maybe("options", lagOptions)],
  commit: [],
  roll: [wait],
  describe: [],
  close: [],
};

export const GROUP_MEMBER: Takes<Member> = {
  stop: [maybe("options", stopMemberOptions)],
  kill: [],
  pause: [],
  slow: [needed("options", slowMemberOptions)],
  start: [],
};

const watchOptions: Schema<WatchOptions> = fields<WatchOptions>({
  topic: is.topicName,
  by: is.word("value", "key"),
  timeout: is.duration,
});

const sentence = (name: string): Schema<string> => is.text(name, 10_000);

const questions = {
  recordTrace: [needed("value", v.string("the value of a record"))],
  anomalies: [maybe("options", options.anomalyOptions)],
  explain: [maybe("options", options.explainOptions)],
  predictionChecks: [],
  groupPredictionChecks: [],
} as const;

export const RUN: Takes<LabRun> = {
  now: [],
  at: [needed("performanceNow", is.number("a finite number", Number.isFinite))],
  record: [needed<HistoryEvent>("event", event)],
  close: [],
  ...questions,
};

const fault = needed("fault", faultSpec);
const predictOptions = maybe("options", options.predictOptions);

/** `lab.predict` with the fault as a value. */
export const PREDICT: ParametersOf<PredictValue> = [fault, predictOptions];
type PredictValue = (fault: FaultSpec, options?: PredictOptions) => unknown;

/** `lab.predict` with the kind, target and options of the fault apart: the options are those of the kind. */
export function predictApart(kind: string): ParametersOf<PredictApart> {
  return [
    needed("fault", is.word(...kindNames().filter(isPredictedApart))),
    needed("target", is.anyTarget),
    maybe("options", options.predictOptionsApart(optionsOfKind(kind))),
  ];
}
/** Settings and leaders have no target: they are predicted as values. */
function isPredictedApart(name: string): boolean {
  return kindOf(name)!.isPredictable && !isOfResources(name);
}

export type PredictApart = (
  kind: string,
  target: Target | MemberTarget,
  options?: options.OptionsApart,
) => unknown;

/** `lab.predict` for a consumer group, with the fault as a value. */
export const PREDICT_GROUP: ParametersOf<PredictGroupValue> = [fault, needed("options", groupPredictOptions)];
type PredictGroupValue = (fault: FaultSpec, options: GroupPredictOptions) => unknown;

/** The same with the kind, target and options of the fault apart; faults on members are predicted, too. */
export function predictGroupApart(kind: string): ParametersOf<PredictGroupApart> {
  const isKnown = (name: string): boolean =>
    isPredictedApart(name) || ["members", "both"].includes(kindOf(name)!.takes ?? "");
  return [
    needed("fault", is.word(...kindNames().filter(isKnown))),
    needed("target", is.anyTarget),
    needed("options", groupPredictOptionsApart(optionsOfKind(kind))),
  ];
}
type PredictGroupApart = (
  kind: string,
  target: Target | MemberTarget,
  options: GroupPredictOptions,
) => unknown;

export const LAB: Omit<Takes<Lab>, "predict"> = {
  inject: [fault, maybe("options", options.injectOptions)],
  probe: [maybe("options", options.probeOptions)],
  watch: [maybe("options", watchOptions)],
  group: [needed("name", is.probeName), maybe("options", groupOptions)],
  step: [needed("name", is.text("a step's name"))],
  note: [needed("text", sentence("a note"))],
  capture: [needed("command", is.verb<() => ShellCommand>())],
  conclude: [maybe("options", options.concludeOptions)],
  close: [],
};

export const RECORDED_RUN: Takes<RecordedRun> = {
  judge: [maybe("options", options.checkOptions)],
  verdictWith: [judgement],
  differences: [judgement],
  timeline: [maybe("options", timelineOptions, ["explanation"])],
  ...questions,
};
