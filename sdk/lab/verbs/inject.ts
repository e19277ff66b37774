// From a fault as a value to a fault in the cluster.
//
//   FaultSpec ──▶ resolve: which brokers, what effect ──▶ driver: how ──▶ OpenFaults: act, record, undo
//                                                          ├─ processes: the engine's stop, kill, pause
//                                                          ├─ disks: the engine's agent
//                                                          ├─ networks: the engine's network
//                                                          ├─ members of groups: their processes
//                                                          ├─ settings, leaders: an admin client's requests
//                                                          ├─ roll: a fault of a process for each in turn
//                                                          └─ defined by the program

import {
  definitionOf,
  type FaultDefinition,
  isOfResources,
  type ReconfigureSpec,
  resolveFault,
} from "../../faults/mod.ts";
import type { FaultSpec, ResolvedFault } from "../../model/fault.ts";
import type { Broker } from "../../model/history.ts";
import { describeMembers, isMemberTarget, type MemberTarget } from "../../model/group-target.ts";
import { describeTarget, resolveTarget as findTarget, type Target } from "../../model/target.ts";
import { isNotebook } from "../../notebook/notebook.ts";
import { assertNoJava } from "../attachment.ts";
import { configDriver, type ConfigDriverParts } from "../faults/config-driver.ts";
import { driverOf, type FaultParts } from "../faults/define.ts";
import { prepareDefined } from "../faults/defined-driver.ts";
import type { Acts, Order } from "../faults/driver.ts";
import { diskDriver } from "../faults/disk-driver.ts";
import { electDriver, type ElectLeaders } from "../faults/elect-driver.ts";
import type { Fault } from "../faults/fault.ts";
import { type MemberAccess, memberDriver } from "../faults/member-driver.ts";
import { NetworkDriver } from "../faults/network-driver.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import { processDriver } from "../faults/process-driver.ts";
import { rollDriver, type RollOne } from "../faults/roll-driver.ts";
import type { GroupMember } from "../groups/group-member.ts";
import type { TargetResolver } from "./target-resolver.ts";

/** Options of an injection. */
export interface InjectOptions {
  /**
   * Whether to measure the fault's effect before returning; without effect it is rolled back and rejected
   * with NOT_EFFECTIVE. The effect of faults on processes is always known.
   *
   * @default true
   */
  prove?: boolean;
  /** Aborts the injection: it is completed and then healed, and the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Injects a fault, on all of its targets at once, and returns its handle.
 *
 * @throws LabError NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_SUCH_MEMBER, NO_LEADER, NO_CONTROLLER if the target
 *   does not resolve; COMMAND_FAILED if a broker or a member does not run; UNSUPPORTED if the engine or the
 *   client cannot; NOT_EFFECTIVE if it has no effect, in which case it is rolled back
 */
export type Inject = (fault: FaultSpec, options?: InjectOptions) => Promise<Fault>;

/** A fault, and the kind that it is of. */
export interface Resolution {
  definition: FaultDefinition;
  fault: ResolvedFault;
  asked: string;
}

export type ResolveFault = (spec: FaultSpec) => Promise<Resolution>;

export interface InjectParts extends ConfigDriverParts {
  faults: OpenFaults;
  resolve: ResolveFault;
  /** The members of groups; made after this. */
  members(): MemberAccess;
  /** Restarts one node; made after this. */
  rollOne: RollOne;
  /** Elects leaders; made after this. */
  elect: ElectLeaders;
  brokers: readonly Broker[];
  endpoints: readonly string[];
  /** Throws once the lab is closed. */
  assertOpen(): void;
  note(text: string): void;
  signal(): AbortSignal | undefined;
  /** The names of the probes that are clients in Java. */
  javaClients(): readonly string[];
}

export function makeInject(parts: InjectParts): Inject {
  const { engine, faults, resolve } = parts;
  const network = new NetworkDriver(parts);
  const processes = processDriver(engine);
  const disks = diskDriver(parts);
  const members = memberDriver(parts.members);
  const settings = configDriver(parts);
  const rolls = rollDriver(parts.rollOne);
  const elections = electDriver(parts.elect);
  const prepare = async (order: Order, own: FaultParts | undefined): Promise<Acts> => {
    if (own !== undefined) return await prepareDefined(own, order, parts);
    if (order.fault.members !== undefined) return await members(order);
    if (order.fault.disk !== undefined) return await disks(order);
    if (order.fault.election !== undefined) return await elections(order);
    if (order.fault.resources !== undefined) return await settings(order);
    if (order.spec.kind === "roll") return await rolls(order);
    if (order.fault.network === undefined) return await processes(order);
    const acts = await network.prepare(order);
    if (engine.routes !== undefined) assertNoJava(parts.javaClients());
    return acts;
  };
  return async (spec, { prove = true, signal } = {}) => {
    parts.assertOpen();
    const { definition, fault, asked } = await resolve(spec);
    if (isNotebook() && (fault.network ?? fault.disk) !== undefined) await healSame(faults, fault);
    const order: Order = { spec, definition, fault, asked, prove, signal: signal ?? parts.signal() };
    const own = driverOf(spec.kind);
    const acts = await prepare(order, own);
    const open = await faults.inject({ spec, fault, asked, noun: own && definition.noun, signal, ...acts });
    if (definition.endsByItself === true) await open.heal();
    return open;
  };
}

/** Finds a fault's brokers, or its members, as the cluster is now. */
export function makeFaultResolver(
  resolveTarget: TargetResolver,
  resolveMembers: (target: MemberTarget) => readonly GroupMember[],
  brokers: readonly Broker[],
): ResolveFault {
  return async (spec) => {
    const definition = definitionOf(spec.kind);
    if (isMemberTarget(spec.target)) {
      resolveFault(spec, []);
      const fault = onMembers(spec, resolveMembers(spec.target));
      return { definition, asked: describeMembers(spec.target), fault };
    }
    if (isOfResources(spec.kind))
      return { definition, asked: definition.asked!(spec, brokers), fault: onResources(spec, brokers) };
    const target = definition.target?.(spec, brokers) ?? (spec.target as Target);
    const asked = definition.asked?.(spec, brokers) ?? describeTarget(target);
    resolveFault(spec, brokers); // a value that cannot be is reported before the cluster is asked
    const { targets, controllers } = await resolveTarget(target);
    return { definition, asked, fault: resolveFault(spec, targets, controllers) };
  };
}

/** @throws LabError NO_SUCH_BROKER */
function onResources(spec: FaultSpec, brokers: readonly Broker[]): ResolvedFault {
  const { of } = spec as Partial<ReconfigureSpec>;
  // throws where there is no such broker
  if (typeof of === "object" && "broker" in of) findTarget(of.broker, { brokers, controller: null });
  return resolveFault(spec, []);
}

/** @throws RangeError where a factor of nothing is asked for */
function onMembers(spec: FaultSpec, members: readonly GroupMember[]): ResolvedFault {
  const names = members.map(({ group, name }) => ({ group, member: name }));
  const fault = resolveFault(spec, [], [], names);
  const { factor } = fault.processing ?? {};
  if (factor === undefined) return fault;
  const idle = members.find(({ ownProcessMs }) => ownProcessMs === 0);
  if (idle !== undefined)
    throw new RangeError(
      `Cannot slow ${idle.name} down by the factor ${factor}: its processing takes no time; use process`,
    );
  const times = new Set(members.map(({ ownProcessMs }) => factor * ownProcessMs));
  // members of several groups may have several times
  return times.size > 1 ? fault : { ...fault, processing: { factor, processMs: [...times][0]! } };
}

/** A cell that is run again means the fault that it made before, not twice as much of it. */
async function healSame(faults: OpenFaults, wanted: ResolvedFault): Promise<void> {
  const text = ({ targets, network, disk }: Pick<ResolvedFault, "targets" | "network" | "disk">): string =>
    JSON.stringify(network ?? [targets, disk]);
  for (const fault of faults.open) if (text(fault) === text(wanted)) await fault.heal();
}
