// From a fault that is about to be injected to what it will do to a consumer group of the lab.
//
//   settings, members, partitions, lag ◀─ the lab        leaders, coordinator, replicas ◀─ the cluster
//   records a second                   ◀─ the history    kind, effect, targets          ◀─ the fault

import { topicSettings } from "../../client/admin.ts";
import { BUILT_IN, type FaultDefinition } from "../../faults/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { FaultSpec, ResolvedFault } from "../../model/fault.ts";
import { describeMembers, isMemberTarget } from "../../model/group-target.ts";
import type { GroupPrediction } from "../../model/group-prediction.ts";
import { partitionName } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import {
  arrivalRate,
  groupCircumstances,
  type GroupCircumstances,
  type MemberFaultFacts,
  OFFSETS_TOPIC,
  predictGroup,
} from "../../analysis/predict/groups/mod.ts";
import type { GroupMember } from "../groups/group-member.ts";
import type { OpenGroup } from "../groups/open-group.ts";
import type { Description } from "./description.ts";
import type { GroupPredictOptions } from "./predict-options.ts";
import { clusterNow, MIN_ISR, ownSettings, type PredictParts, UNCLEAN } from "./predict-parts.ts";

/** Predicts for a group, and records the prediction. @throws as `lab.predict` */
export async function predictForGroup(
  parts: PredictParts,
  spec: FaultSpec,
  { group: asked, lasts, perSecond }: GroupPredictOptions,
): Promise<GroupPrediction> {
  const { run } = parts;
  const group = parts.groups.open(typeof asked === "string" ? asked : asked.name);
  const { settings } = group.parts;
  const wanted = lasts === undefined ? spec : { ...spec, lasts };
  const [{ fault: resolved, asked: change }, description, ...topics] = await Promise.all([
    resolvePredictable(parts, wanted),
    parts.describe(),
    ...[settings.topic, OFFSETS_TOPIC].map((topic) =>
      topicSettings(parts.endpoints, topic, [MIN_ISR, UNCLEAN], parts.security),
    ),
  ]);
  const fault = resolved.members === undefined ? resolved : onOwnMembers(group, resolved);
  const rate = perSecond ?? arrivalRate(run.history, group.name, run.now());
  const [own, offsets] = topics;
  const prediction = predictGroup(
    groupCircumstances({
      ...clusterNow(parts, description),
      ...factsOf(group, description),
      topics: { [settings.topic]: ownSettings(own), [OFFSETS_TOPIC]: ownSettings(offsets) },
      recordsPerSecond: rate,
      fault,
    }),
  );
  run.record({
    kind: "group prediction",
    atMs: run.now(),
    group: group.name,
    topic: settings.topic,
    prediction,
    perSecond: rate,
    ...(resolved.network && { network: resolved.network }),
    ...(resolved.resources && { asked: change }),
  });
  return prediction;
}

/** What the lab knows of the group itself. */
function factsOf(
  { name, members, parts: { settings, pollTimeout } }: OpenGroup,
  { groups }: Description,
): Pick<Parameters<typeof groupCircumstances>[0], "group" | "readers" | "lag"> {
  const running = members.filter(({ state }) => state === "running");
  const seen = groups.find((one) => one.name === name);
  // the coordinator says who reads what; members say it where it does not answer
  const described = seen?.members.map(({ clientId, partitions }) => ({ name: clientId, partitions })) ?? [];
  const assigned = described.some(({ partitions }) => partitions.length > 0) ? described : running;
  const readers = assigned.flatMap((one) =>
    one.partitions.map((partition) => [partitionName(partition), one.name] as const),
  );
  const total = seen?.total ?? null;
  return {
    group: {
      name,
      settings,
      pollTimeout,
      members: running.map((one) => one.name),
      processMs: Math.max(settings.processMs, ...running.map(({ processMs }) => processMs)),
    },
    readers: new Map(readers),
    ...(total === null ? {} : { lag: total }),
  };
}

/**
 * A fault as it hits this group's members.
 *
 * @throws RangeError where it hits none of them; LabError COMMAND_FAILED where one does not run
 */
function onOwnMembers(group: OpenGroup, fault: ResolvedFault): GroupCircumstances["fault"] {
  const names = (fault.members ?? []).flatMap((one) => (one.group === group.name ? one.member : []));
  const hit = names.flatMap((name): GroupMember[] => group.members.filter((one) => one.name === name));
  if (hit.length === 0)
    throw new RangeError(
      printable(`Cannot predict for ${group.name}: the ${fault.kind} hits none of its members`),
    );
  for (const member of hit) member.running(fault.kind);
  const { processMs, factor = 1 } = fault.processing ?? {};
  return {
    kind: fault.kind,
    members: names,
    ...(fault.process && { process: fault.process }),
    ...(fault.processing && {
      processMs: processMs ?? factor * Math.max(...hit.map(({ ownProcessMs }) => ownProcessMs)),
    }),
    ...(fault.lastsMs !== undefined && { lastsMs: fault.lastsMs }),
  } satisfies MemberFaultFacts;
}

/** @throws LabError UNSUPPORTED for a kind whose consequences are not derived */
async function resolvePredictable(
  { resolve }: PredictParts,
  spec: FaultSpec,
): Promise<{ fault: ResolvedFault; asked: string }> {
  const { definition, fault, asked } = await resolve(spec);
  if (!isMemberTarget(spec.target)) assertPredictable(definition);
  else if (fault.process === undefined && fault.processing === undefined && fault.kind !== BUILT_IN.roll.kind)
    throw new LabError(
      "UNSUPPORTED",
      `Cannot predict the ${spec.kind} of ${describeMembers(spec.target)}: what it does to them is not known`,
      { hint: "A kind that is defined with `process` is predicted: shutdown, death or freeze." },
    );
  return { fault, asked };
}

/** @throws LabError UNSUPPORTED for a kind whose consequences for brokers are not derived */
export function assertPredictable({ kind, isPredictable }: FaultDefinition): void {
  if (isPredictable) return;
  const known = Object.values(BUILT_IN).filter((one) => one.isPredictable);
  throw new LabError("UNSUPPORTED", `Cannot predict ${kind}: no prediction is derived for this kind`, {
    hint: `There are predictions for ${known.map((one) => one.kind).join(", ")}.`,
  });
}
