// Every member of a lab's interfaces, as tables that the compiler checks against those interfaces: what is
// recorded, and what a replay answers.
//
//   lab ─┬─ cluster, net, disk ──▶ fault ─── heal
//        ├─ probe ─┬─ send, read, …
//        │         └─ start ──▶ load ─── acknowledged, counts, stop
//        ├─ watch ──▶ watch ─── summary, arrived, stop
//        ├─ group ──▶ group ─── member, settled, … ──▶ member ─── kill, … ──▶ fault
//        └─ step, note, run.now, …

import type { Cluster } from "../lab/verbs/cluster.ts";
import type { Disk } from "../lab/verbs/disk.ts";
import type { Network } from "../engine/network.ts";
import type { Fault } from "../lab/faults/fault.ts";
import type { MemberFault } from "../lab/groups/member.ts";
import type { Load } from "../lab/workload/load.ts";
import type { LabRun } from "../lab/lab.ts";
import type { ProbeFactory } from "../lab/workload/probe-factory.ts";
import type { Net } from "../lab/verbs/network.ts";
import type { Probe } from "../lab/workload/probe.ts";
import type { TopicWatch } from "../lab/workload/topic-watch.ts";
import { GROUP, GROUP_MEMBER } from "./group-surface.ts";
import type { Member, Surface } from "./members.ts";
import type { RecordedRun } from "./open.ts";

export { GROUP, GROUP_MEMBER } from "./group-surface.ts";
export type { Member, Surface } from "./members.ts";

export const CLUSTER: Surface<Cluster> = {
  describe: "promise",
  waitFor: "promise",
  stop: "promise of a fault",
  kill: "promise of a fault",
  pause: "promise of a fault",
  start: "promise",
  restart: "promise",
  roll: "promise",
  elect: "promise",
  reconfigure: "promise of a fault",
  createTopic: "promise",
};

export const NET: Surface<Net> = {
  delay: "promise of a fault",
  lose: "promise of a fault",
  throttle: "promise of a fault",
  isolate: "promise of a fault",
  split: "promise of a fault",
  duplicate: "promise of a fault",
  corrupt: "promise of a fault",
  reorder: "promise of a fault",
  heal: "promise once",
};

export const DISK: Surface<Disk> = {
  fill: "promise of a fault",
  hang: "promise of a fault",
  forget: "promise of a fault",
  slow: "promise of a fault",
  fail: "promise of a fault",
  heal: "promise once",
};

export const FAULT: Surface<Fault> = {
  id: "fact",
  kind: "fact",
  spec: "fact",
  targets: "fact",
  controllers: "fact",
  members: "fact",
  resources: "fact",
  asked: "fact",
  via: "fact",
  differs: "fact",
  sinceMs: "fact",
  tookMs: "fact",
  exits: "fact",
  network: "fact",
  disk: "fact",
  proof: "fact",
  isOpen: "reading",
  heal: "promise once",
};

/** Its handle has the member's name, too. */
export const MEMBER_FAULT: Surface<MemberFault> = { ...FAULT, member: "fact" };

export const PROBE: Surface<Probe> = {
  name: "fact",
  topic: "fact",
  partition: "fact",
  settings: "fact",
  connect: "promise",
  send: "promise",
  read: "promise",
  start: "load",
  close: "promise once",
};

/** The default probe is made at its first use, so none of its members is a fact. */
export const PROBE_FACTORY: Surface<Pick<ProbeFactory, keyof Probe>> = {
  ...PROBE,
  name: "reading",
  topic: "reading",
  partition: "reading",
  settings: "reading",
};

export const LOAD: Surface<Load> = { acknowledged: "promise", counts: "reading", stop: "promise once" };

export const WATCH: Surface<TopicWatch> = {
  name: "fact",
  topic: "fact",
  by: "fact",
  summary: "value",
  arrived: "promise",
  stop: "promise once",
};

export const RUN: Surface<LabRun> = {
  dir: "fact",
  scenario: "fact",
  startedAt: "fact",
  now: "value",
  at: "value",
  record: "value",
  history: "reading",
  close: "promise once",
  recordTrace: "value",
  anomalies: "value",
  explain: "value",
  predictionChecks: "value",
  groupPredictionChecks: "value",
};

/** A finished run. */
export const RECORDED_RUN: Surface<RecordedRun> = {
  dir: "fact",
  history: "fact",
  scenario: "fact",
  startedAt: "fact",
  engine: "fact",
  kafka: "fact",
  claim: "fact",
  verdict: "fact",
  notes: "fact",
  judge: "value",
  verdictWith: "value",
  differences: "value",
  timeline: "value",
  recordTrace: "value",
  anomalies: "value",
  explain: "value",
  predictionChecks: "value",
  groupPredictionChecks: "value",
};

/** What verbs return that has verbs of its own. */
export const HANDLES: { readonly [Kind in Member]?: Surface<never> } = {
  "promise of a fault": FAULT,
  "promise of a watch": WATCH,
  "promise of a group": GROUP,
  "promise of a member": GROUP_MEMBER,
  member: GROUP_MEMBER,
  "promise of a member's fault": MEMBER_FAULT,
  probe: PROBE,
  load: LOAD,
};

/** The engine's own verbs, for tests; they are not recorded. */
export const NETWORK: Surface<Network> = {
  check: "promise",
  apply: "promise",
  line: "promise",
  counts: "promise",
};

/** Handles every call and every reading of a property. */
export interface Boundary {
  /** A verb was called; `real` calls the real one. */
  call(path: string, args: readonly unknown[], member: Member, real: () => unknown): unknown;
  /** A property was read. */
  reading(path: string, real: () => unknown): unknown;
}

/**
 * Makes an object with this surface whose verbs and readings go to the boundary; `real` has its facts and the
 * real verbs.
 */
export function surfaceOf<T>(surface: Surface<T>, path: string, real: object, boundary: Boundary): T {
  const behind = real as Readonly<Record<string, unknown>>;
  const made: Record<string | symbol, unknown> = {};
  for (const [name, member] of Object.entries<Member>(surface)) {
    if (member === "reading")
      Object.defineProperty(made, name, {
        enumerable: true,
        configurable: true,
        get: () => boundary.reading(`${path}.${name}`, () => behind[name]),
      });
    else if (member !== "fact")
      made[name] = (...args: unknown[]) =>
        boundary.call(`${path}.${name}`, args, member, () =>
          (behind[name] as (...given: unknown[]) => unknown)(...args),
        );
    else if (behind[name] !== undefined) made[name] = behind[name];
  }
  if ("heal" in surface && "isOpen" in surface)
    made[Symbol.asyncDispose] = () => (made["heal"] as () => Promise<void>)();
  return made as T;
}

/** The facts of an object with this surface. */
export function factsOf<T>(surface: Surface<T>, real: object): Record<string, unknown> {
  const behind = real as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries<Member>(surface).flatMap(([name, member]) =>
      member === "fact" && behind[name] !== undefined ? [[name, behind[name]]] : [],
    ),
  );
}

/** Makes `lab.probe`: the default probe, which is also the factory of others. */
export function probeFactoryOf(real: object, boundary: Boundary): ProbeFactory {
  const make = (...args: unknown[]): unknown =>
    boundary.call("probe", args, "probe", () => (real as (...given: unknown[]) => unknown)(...args));
  return Object.defineProperties(
    make,
    Object.getOwnPropertyDescriptors(surfaceOf(PROBE_FACTORY, "probe", real, boundary) as object),
  ) as ProbeFactory;
}
