// All kinds of faults by name: the lab's own, and those that programs add.

import { type Duration, toMs } from "../model/duration.ts";
import type { Broker, NodeId } from "../model/broker.ts";
import { LabError } from "../model/errors.ts";
import { describeMembers, isMemberTarget, type MemberName } from "../model/group-target.ts";
import { hitsMembers, namedMembers, othersFields } from "../model/member.ts";
import type { BuiltInFault, FaultEffect, FaultSpec, ProcessEffect, ResolvedFault } from "../model/fault.ts";
import type { FaultEvent } from "../model/history.ts";
import { printable } from "../model/printable.ts";
import { corrupt } from "./corrupt.ts";
import type { FaultDefinition } from "./definition.ts";
import { delay } from "./delay.ts";
import { duplicate } from "./duplicate.ts";
import { elect } from "./elect.ts";
import { failDisk } from "./fail-disk.ts";
import { fillDisk } from "./fill-disk.ts";
import { forgetDisk } from "./forget-disk.ts";
import { hangDisk } from "./hang-disk.ts";
import { isolate } from "./isolate.ts";
import { kill } from "./kill.ts";
import { lose } from "./lose.ts";
import { pause } from "./pause.ts";
import { reconfigure } from "./reconfigure.ts";
import { reorder } from "./reorder.ts";
import { roll } from "./roll.ts";
import { slowDisk } from "./slow-disk.ts";
import { slow } from "./slow.ts";
import { split } from "./split.ts";
import { stop } from "./stop.ts";
import { throttle } from "./throttle.ts";

/** The lab's own. */
export const BUILT_IN: Readonly<Record<BuiltInFault, FaultDefinition>> = Object.freeze({
  stop,
  kill,
  pause,
  delay,
  lose,
  throttle,
  isolate,
  split,
  duplicate,
  reorder,
  corrupt,
  slow,
  roll,
  reconfigure,
  elect,
  "fill-disk": fillDisk,
  "fail-disk": failDisk,
  "hang-disk": hangDisk,
  "slow-disk": slowDisk,
  "forget-disk": forgetDisk,
});

const added = new Map<string, FaultDefinition>();

/** Makes a kind known; one that was added under the same name is replaced. */
export function addKind(definition: FaultDefinition): void {
  added.set(definition.kind, definition);
}

/** The kind of that name, if there is one. */
export function kindOf(name: string): FaultDefinition | undefined {
  return Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name as BuiltInFault] : added.get(name);
}

/** The names of all kinds. */
export function kindNames(): string[] {
  return [...Object.keys(BUILT_IN), ...added.keys()];
}

/** @throws RangeError for a kind that does not exist */
export function definitionOf(name: string): FaultDefinition {
  const definition = kindOf(name);
  if (definition !== undefined) return definition;
  throw new RangeError(
    `Cannot find the fault ${printable(JSON.stringify(name))}: there are ${kindNames().join(", ")}`,
  );
}

/**
 * What a fault does to the brokers or members that it hits.
 *
 * @throws RangeError for a kind that does not exist; TypeError, RangeError for a value of an option that
 *   cannot be
 */
export function effectOf(spec: FaultSpec, targets: readonly Broker[]): FaultEffect {
  const { process, network, processing, disk } = definitionOf(spec.kind);
  return {
    ...(process && { process }),
    ...(network && { network: network(spec, targets) }),
    ...(processing && { processing: processing(spec) }),
    ...(disk && { disk: disk(spec) }),
  };
}

/**
 * The fault as predictions take it, for nodes that are known: `fromCompose(project, { fault: resolveFault(
 * faults.delay("leader", "30s"), [1]) })`.
 *
 * @param controllers nodes that are only controllers, by their `node.id`
 * @param members of consumer groups, in place of nodes
 * @throws as `effectOf`; LabError UNSUPPORTED for what a fault of that kind cannot hit
 */
export function resolveFault(
  spec: FaultSpec,
  targets: readonly Broker[],
  controllers: readonly NodeId[] = [],
  members: readonly MemberName[] = [],
): ResolvedFault {
  assertTakes(spec);
  if (controllers.length > 0) assertProcess(spec.kind, controllers);
  const lasts = (spec.lasts as Duration | undefined) ?? definitionOf(spec.kind).lasts?.(spec);
  const lastsMs = lasts === undefined ? undefined : toMs(lasts);
  return {
    kind: spec.kind,
    targets,
    ...othersFields({ targets, controllers, members }),
    ...resourcesOf(spec),
    ...(members.length === 0 && definitionOf(spec.kind).details?.(spec)),
    ...effectOf(spec, targets),
    ...(lastsMs !== undefined && { lastsMs }),
  };
}

function resourcesOf(spec: FaultSpec): Pick<ResolvedFault, "resources"> {
  const resources = definitionOf(spec.kind).resources?.(spec);
  return resources === undefined ? {} : { resources };
}

/** @throws LabError UNSUPPORTED for members where the fault is of nodes only, and the other way round */
function assertTakes({ kind, target }: FaultSpec): void {
  if (target === undefined || isOfResources(kind)) return;
  const isMember = isMemberTarget(target);
  const { takes = "nodes" } = definitionOf(kind);
  if (takes === "both" || takes === (isMember ? "members" : "nodes")) return;
  throw new LabError(
    "UNSUPPORTED",
    isMember
      ? `Cannot ${printable(kind)} ${describeMembers(target)}: it is a fault of brokers`
      : `Cannot ${printable(kind)} a broker: it is a fault of members of groups`,
    { hint: "stop, kill, pause and roll take brokers and members; slow takes members." },
  );
}

/** Whether a kind hits what `resources` names, and takes no target. */
export function isOfResources(kind: string): boolean {
  return ["settings", "leaders"].includes(definitionOf(kind).takes ?? "nodes");
}

/** What links and programs' own code act on are brokers. */
function assertProcess(kind: string, controllers: readonly NodeId[]): void {
  const isBuiltIn = Object.hasOwn(BUILT_IN, kind);
  if (isBuiltIn && (definitionOf(kind).process !== undefined || kind === "roll")) return;
  throw new LabError(
    "UNSUPPORTED",
    `Cannot ${printable(kind)} ${namedMembers({ targets: [], controllers })}: it is only a controller`,
    { hint: "stop, kill, pause and roll take such nodes; other faults take brokers." },
  );
}

/** All kinds of faults, the lab's own first, with their options and what each is for. */
export function faultKinds(): readonly FaultDefinition[] {
  return [...Object.values(BUILT_IN), ...added.values()];
}

/** What a fault does to a process; of a kind that is known by name it need not be given. */
export function processOf({
  kind,
  process,
}: Pick<ResolvedFault, "kind" | "process">): ProcessEffect | undefined {
  return process ?? kindOf(kind)?.process;
}

/** As `processOf`, of a fault in a history. */
export function processOfEvent({
  fault,
  process,
}: Pick<FaultEvent, "fault" | "process">): ProcessEffect | undefined {
  return processOf({ kind: fault, ...(process && { process }) });
}

/** Whether a fault in a history ended processes of nodes; of members it ends nothing that serves. */
export function endsProcess(
  event: Pick<FaultEvent, "fault" | "process"> & Partial<Pick<FaultEvent, "targets" | "members">>,
): boolean {
  if (hitsMembers({ targets: [], ...event })) return false;
  const process = processOfEvent(event);
  return process === "shutdown" || process === "death";
}

/** The fault as a noun: `isolation`. `noun` is what the history has of a kind that a program added. */
export function nounOf(kind: string, noun?: string): string {
  return noun ?? kindOf(kind)?.noun ?? kind;
}
