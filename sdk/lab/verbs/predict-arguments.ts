// The forms in which `lab.predict` is called, as one.

import { kindOf, specOf } from "../../faults/mod.ts";
import type { FaultKind, FaultSpec } from "../../model/fault.ts";
import type { MemberTarget } from "../../model/group-target.ts";
import type { ClientPrediction } from "../../model/prediction.ts";
import type { GroupPrediction } from "../../model/group-prediction.ts";
import type { Target } from "../../model/target.ts";
import type { GroupPredictOptions, PredictOptions } from "./predict-options.ts";

/**
 * Predicts what a fault will do to a client, for each partition that it writes to; or with `group` what it
 * will do to a consumer group of the lab. Records the predictions: `conclude()` compares each with the
 * measured outcome.
 *
 * The prediction is based on the cluster's current state, stopped brokers included; other open network faults
 * are ignored.
 *
 * @throws LabError as the fault itself would for its target; NO_SUCH_PARTITION for a topic or a partition
 *   that the cluster does not have; UNSUPPORTED for a kind without a prediction, and for members of groups
 *   where no `group` is given; TypeError, RangeError for a wrong option
 */
export interface Predict {
  (...asked: GroupPredictArguments): Promise<GroupPrediction>;
  (...asked: PredictArguments): Promise<ClientPrediction>;
}

/** A fault as a value; or its kind, its target, and its options beside those of the prediction. */
export type PredictArguments =
  | [fault: FaultSpec, options?: PredictOptions]
  | [
      kind: FaultKind,
      target: Target | MemberTarget,
      options?: PredictOptions & Readonly<Record<string, unknown>>,
    ];

/** The same for a consumer group. */
export type GroupPredictArguments =
  | [fault: FaultSpec, options: GroupPredictOptions]
  | [
      kind: FaultKind,
      target: Target | MemberTarget,
      options: GroupPredictOptions & Readonly<Record<string, unknown>>,
    ];

/** The options of a prediction; where the fault's kind has one of the same name, it is the fault's. */
const OPTIONS: ReadonlySet<string> = new Set([
  "client",
  "topic",
  "partitions",
  "lasts",
  "group",
  "perSecond",
] satisfies (keyof PredictOptions | keyof GroupPredictOptions)[]);

/** The arguments of `lab.predict` with the fault as a value. */
export function asValue([fault, ...others]: PredictArguments | GroupPredictArguments): [
  FaultSpec,
  PredictOptions | GroupPredictOptions,
] {
  if (typeof fault !== "string") return [fault, (others[0] as PredictOptions | undefined) ?? {}];
  const [target, options = {}] = others as [Target | MemberTarget, Record<string, unknown>?];
  const own = kindOf(fault)?.options ?? {};
  const isHow = ([name]: [string, unknown]): boolean => OPTIONS.has(name) && !Object.hasOwn(own, name);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const rest = Object.fromEntries(given.filter((one) => !isHow(one)));
  return [specOf<FaultSpec>({ kind: fault, target, ...rest }), Object.fromEntries(given.filter(isHow))];
}

/** Whether a prediction is asked for a consumer group, not for a client. */
export function isOfGroup(options: unknown): options is GroupPredictOptions {
  return (
    typeof options === "object" &&
    options !== null &&
    "group" in options &&
    (options as { group?: unknown }).group !== undefined
  );
}
