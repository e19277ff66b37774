// From a fault that is about to be injected to what it will do to a client or a group: asks the cluster how
// it stands, and leaves the rest to predict/.
//
//   fault, client ─▶ the partitions that it writes to ─▶ a prediction for each ─▶ one for the client
//   fault, group  ─▶ predict-group.ts

import { topicSettings, type TopicSetting } from "../../client/admin.ts";
import type { Description } from "./cluster.ts";
import { LabError } from "../../model/errors.ts";
import type { FaultSpec, ResolvedFault } from "../../model/fault.ts";
import { describeMembers, isMemberTarget } from "../../model/group-target.ts";
import type { PartitionState } from "../../model/history.ts";
import type { ClientPrediction, PartitionPrediction, Prediction } from "../../model/prediction.ts";
import {
  type Circumstances,
  circumstances,
  clientPrediction,
  type KnownDirectory,
  predict,
} from "../../analysis/predict/mod.ts";
import { faultyDirectories } from "./log-directories.ts";
import { asValue, isOfGroup, type Predict } from "./predict-arguments.ts";
import { assertPredictable, predictForGroup } from "./predict-group.ts";
import type { PredictOptions } from "./predict-options.ts";
import {
  clusterNow,
  FLUSH,
  MIN_ISR,
  ownSettings,
  type PredictParts,
  UNCLEAN,
  withForgetfulDisks,
} from "./predict-parts.ts";
import { type PredictedClient, predictedClient, writtenPartitions } from "./written-partitions.ts";

export { asValue, type Predict, type PredictArguments } from "./predict-arguments.ts";
export type { GroupPredictOptions, PredictOptions } from "./predict-options.ts";

/** Makes `lab.predict`. */
export function makePredict(parts: PredictParts): Predict {
  const any = async (...asked: Parameters<typeof asValue>[0]): Promise<unknown> => {
    const [spec, options] = asValue(asked);
    return isOfGroup(options)
      ? await predictForGroup(parts, spec, options)
      : await predictForClient(parts, spec, options);
  };
  return any as Predict;
}

async function predictForClient(
  parts: PredictParts,
  spec: FaultSpec,
  options: PredictOptions,
): Promise<ClientPrediction> {
  const client = predictedClient(parts, options);
  const { lasts, partitions } = options;
  await parts.ready?.(client.topic);
  const [{ fault, asked }, description, own] = await Promise.all([
    resolvePredictable(parts, lasts === undefined ? spec : { ...spec, lasts }),
    parts.describe(),
    topicSettings(parts.endpoints, client.topic, [MIN_ISR, UNCLEAN, FLUSH], parts.security),
  ]);
  const directories = await faultyDirectories(parts, fault);
  const { states, count } = writtenPartitions(description, client, partitions);
  const common = { client, description, fault, own, directories };
  const known = (state: PartitionState): Prediction => {
    const besides = states.filter((one) => one !== state);
    return predict(circumstancesOf(parts, { ...common, besides, partition: state.partition }));
  };
  const predicted = states.map(
    (state): PartitionPrediction => ({
      topic: state.topic,
      partition: state.partition,
      leader: state.leader,
      prediction: known(state),
    }),
  );
  const whole = clientPrediction(predicted, count === 1);
  for (const one of predicted) record(parts, client.name, { fault, asked }, one);
  return whole;
}

interface Asked {
  client: PredictedClient;
  description: Description;
  fault: ResolvedFault;
  /** The topic's settings. */
  own: Readonly<Record<string, TopicSetting>> | undefined;
  directories: readonly KnownDirectory[] | undefined;
  partition: number;
  /** The other partitions that the client writes to. */
  besides: readonly PartitionState[];
}

function circumstancesOf(
  parts: PredictParts,
  { client, description, fault, own, directories, partition, besides }: Asked,
): Circumstances {
  return circumstances({
    ...clusterNow(parts, description),
    ...ownSettings(own),
    topic: { topic: client.topic, partition },
    client: {
      name: client.name,
      settings: client.settings,
      isWarm: client.isWarm,
      brokerOf: (address) => parts.brokerOf(address),
    },
    fault,
    ...(directories && { directories }),
    besides,
  });
}

function record(
  { run }: PredictParts,
  client: string,
  { fault: { network, lastsMs, resources }, asked }: { fault: ResolvedFault; asked: string },
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
    ...(resources && { asked }),
    ...(lastsMs === undefined ? {} : { lastsMs }),
  });
}

/** @throws LabError UNSUPPORTED for a kind whose consequences are not derived, and for members of groups */
async function resolvePredictable(
  { resolve, run }: PredictParts,
  spec: FaultSpec,
): Promise<{ fault: ResolvedFault; asked: string }> {
  if (isMemberTarget(spec.target)) throw noMemberPrediction(spec.kind, describeMembers(spec.target));
  const { definition, fault, asked } = await resolve(spec);
  assertPredictable(definition);
  return { fault: withForgetfulDisks(fault, run), asked };
}

function noMemberPrediction(kind: string, members: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot predict the ${kind} of ${members}: it is no fault of a broker`, {
    hint: "Name the group: `lab.predict(fault, { group })` predicts what it does to the group.",
  });
}
