// From a fault that is about to be injected to what it will do to a client: asks the cluster how it stands,
// and leaves the rest to predict/.
//
//   fault, client ─▶ the partitions that it writes to ─▶ a prediction for each ─▶ one for the client

import { topicSettings } from "../../client/admin.ts";
import type { Description } from "./cluster.ts";
import { LabError } from "../../model/errors.ts";
import type { FaultKind, FaultSpec, ResolvedFault } from "../../model/fault.ts";
import { describeMembers, isMemberTarget, type MemberTarget } from "../../model/group-target.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Broker, PartitionState } from "../../model/history.ts";
import type { ClientPrediction, PartitionPrediction, Prediction } from "../../model/prediction.ts";
import { BUILT_IN, kindOf, specOf } from "../../faults/mod.ts";
import type { Resolution, ResolveFault } from "./inject.ts";
import {
  type Circumstances,
  circumstances,
  clientPrediction,
  nodesAsSeen,
  type NodeConfig,
  predict,
} from "../../analysis/predict/mod.ts";
import type { Target } from "../../model/target.ts";
import type { Run } from "../run.ts";
import type { PredictOptions } from "./predict-options.ts";
import {
  type ClientParts,
  type PredictedClient,
  predictedClient,
  writtenPartitions,
} from "./written-partitions.ts";

export type { PredictOptions } from "./predict-options.ts";

/**
 * Predicts what a fault will do to a client, for each partition that it writes to, and records the
 * predictions: `conclude()` compares each with the measured outcome.
 *
 * The prediction is based on the cluster's current state, stopped brokers included; other open network faults
 * are ignored.
 *
 * @throws LabError as the fault itself would for its target; NO_SUCH_PARTITION for a topic or a partition
 *   that the cluster does not have; UNSUPPORTED for a kind without a prediction, and for members of groups;
 *   TypeError, RangeError for a wrong option
 */
export type Predict = (...asked: PredictArguments) => Promise<ClientPrediction>;

/** A fault as a value; or its kind, its target, and its options beside those of the prediction. */
export type PredictArguments =
  | [fault: FaultSpec, options?: PredictOptions]
  | [
      kind: FaultKind,
      target: Target | MemberTarget,
      options?: PredictOptions & Readonly<Record<string, unknown>>,
    ];

/** The options of a prediction; where the fault's kind has one of the same name, it is the fault's. */
const OPTIONS: readonly (keyof PredictOptions)[] = ["client", "topic", "partitions", "lasts"];

/** The arguments of `lab.predict` with the fault as a value. */
export function asValue([fault, ...others]: PredictArguments): [FaultSpec, PredictOptions] {
  if (typeof fault !== "string") return [fault, (others[0] as PredictOptions | undefined) ?? {}];
  const [target, options = {}] = others as [
    Target | MemberTarget,
    (PredictOptions & Record<string, unknown>)?,
  ];
  const own = kindOf(fault)?.options ?? {};
  const isHow = ([name]: [string, unknown]): boolean =>
    OPTIONS.includes(name as keyof PredictOptions) && !Object.hasOwn(own, name);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const rest = Object.fromEntries(given.filter((one) => !isHow(one)));
  return [specOf<FaultSpec>({ kind: fault, target, ...rest }), Object.fromEntries(given.filter(isHow))];
}

export interface PredictParts extends ClientParts {
  engine: Engine;
  resolve: ResolveFault;
  describe(): Promise<Description>;
  brokerOf(address: string): Broker | null;
  /** Makes a client's topic ready, on a cluster that the lab has not started. */
  ready?(topic: string): Promise<void>;
}

/** The settings of a topic that decide what a fault does to it. */
const [MIN_ISR, UNCLEAN] = ["min.insync.replicas", "unclean.leader.election.enable"] as const;

export function makePredict(parts: PredictParts): Predict {
  return async (...asked) => {
    const [spec, options] = asValue(asked);
    const client = predictedClient(parts, options);
    const { lasts, partitions } = options;
    await parts.ready?.(client.topic);
    const [{ fault }, description, own] = await Promise.all([
      resolvePredictable(parts, lasts === undefined ? spec : { ...spec, lasts }),
      parts.describe(),
      topicSettings(parts.endpoints, client.topic, [MIN_ISR, UNCLEAN], parts.security),
    ]);
    const { states, count } = writtenPartitions(description, client, partitions);
    const known = (state: PartitionState): Prediction =>
      predict(circumstancesOf(parts, { client, description, fault, own, partition: state.partition }));
    const predicted = states.map(
      (state): PartitionPrediction => ({
        topic: state.topic,
        partition: state.partition,
        leader: state.leader,
        prediction: known(state),
      }),
    );
    const whole = clientPrediction(predicted, count === 1);
    for (const one of predicted) record(parts, client.name, fault, one);
    return whole;
  };
}

interface Asked {
  client: PredictedClient;
  description: Description;
  fault: ResolvedFault;
  /** The topic's own settings. */
  own: Readonly<Record<string, string>> | undefined;
  partition: number;
}

function circumstancesOf(
  { run, engine, brokerOf }: PredictParts,
  { client, description, fault, own, partition }: Asked,
): Circumstances {
  return circumstances({
    kafka: engine.kafka,
    // its links are those of the local engine
    engine: engine.kind === "remote" ? "local" : engine.kind,
    nodes: engine.kind === "remote" ? nodesAsSeen(engine.nodes, description) : runningNodes(engine),
    description,
    topic: { topic: client.topic, partition },
    ...(own?.[MIN_ISR] === undefined ? {} : { minIsr: Number(own[MIN_ISR]) }),
    ...(own?.[UNCLEAN] === undefined ? {} : { uncleanElection: own[UNCLEAN] === "true" }),
    client: {
      name: client.name,
      settings: client.settings,
      isWarm: client.isWarm,
      brokerOf: (address) => brokerOf(address),
    },
    fault,
    slower: slowerOf(run),
  });
}

function record(
  { run }: PredictParts,
  client: string,
  { network, lastsMs }: ResolvedFault,
  { topic, partition, prediction }: PartitionPrediction,
): void {
  run.record({
    kind: "prediction",
    atMs: run.now(),
    client,
    topic,
    partition,
    prediction,
    ...(network && { network }),
    ...(lastsMs === undefined ? {} : { lastsMs }),
  });
}

function runningNodes(engine: Engine): readonly NodeConfig[] {
  return engine.nodes.filter(({ service }) => engine.status(service).state === "running");
}

/** @throws LabError UNSUPPORTED for a kind whose consequences are not derived */
async function resolvePredictable({ resolve }: PredictParts, spec: FaultSpec): Promise<Resolution> {
  if (isMemberTarget(spec.target)) throw noMemberPrediction(spec.kind, describeMembers(spec.target));
  const resolution = await resolve(spec);
  if (resolution.fault.disk?.logDir !== undefined) throw noDirectoryPrediction(spec.kind);
  if (resolution.definition.isPredictable) return resolution;
  const known = Object.values(BUILT_IN).filter(({ isPredictable }) => isPredictable);
  throw new LabError("UNSUPPORTED", `Cannot predict ${spec.kind}: no prediction is derived for this kind`, {
    hint: `There are predictions for ${known.map(({ kind }) => kind).join(", ")}.`,
  });
}

function noDirectoryPrediction(kind: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot predict ${kind} of one log directory`, {
    hint: "Without `logDir`, the fault of all of them can be predicted; of one it can be injected.",
  });
}

function noMemberPrediction(kind: string, members: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot predict the ${kind} of ${members}: it is no fault of a broker`, {
    hint: "Faults of brokers can be predicted, also { coordinatorOf: … }; of members they can be injected.",
  });
}

/** How much slower the machine is, as measured while the brokers booted. */
function slowerOf({ history }: Run): number {
  const first = history.find((event) => event.kind === "run");
  return first?.machine?.slower ?? 1;
}
