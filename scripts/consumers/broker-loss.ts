// Scenario 05: groups that lose a broker.
//
//   ready (groups, load) ─▶ predicted ─▶ fault ─▶ served again, or the window ends ─▶ heal ─▶ by role

import { setTimeout as pause } from "node:timers/promises";
import {
  type Group,
  type GroupPrediction,
  type GroupPredictionCheck,
  type Lab,
  LabError,
  type Load,
  toMs,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { ScenarioOptions } from "@kafka-failure-lab/sdk/scenario";
import type { Window } from "./expected.ts";
import { type GroupRole, groupName, offsetsPartitions, rolesOf } from "./roles.ts";
import { memberSettings } from "./settings.ts";
import { comesInTime } from "./until.ts";

/** Groups that read, a load, and the broker that will be lost. */
export interface Ready {
  readonly groups: readonly Group[];
  readonly load: Load;
  /** The coordinator of the first two groups. */
  readonly broker: number;
  readonly roles: readonly GroupRole[];
  /** The partitions that it leads. */
  readonly leads: readonly number[];
}

/** How long a client waits for a broker that is frozen. */
const REQUEST_TIMEOUT = { fast: "2s", default: "5s" } as const;

/**
 * Starts three groups of one member, which read every partition: `auto` and `after` have the same
 * coordinator, `other` has another one.
 *
 * @throws LabError NOT_READY; RangeError on a cluster with one partition of offsets
 */
export async function readyGroups(
  lab: Lab,
  { client, timers }: Pick<ScenarioOptions, "client" | "timers">,
): Promise<Ready> {
  const count = offsetsPartitions(lab);
  const after = groupName("after", { like: "auto", count });
  const other = groupName("other", { unlike: "auto", count });
  const requestTimeout = REQUEST_TIMEOUT[timers];
  const settings = { ...memberSettings(timers), requestTimeout, autoCommitInterval: "1s" } as const;
  const groups = await Promise.all(
    (["auto", after, other] as const).map((name) =>
      lab.group(name, { client, members: 1, commit: name === "auto" ? "auto" : "after", settings }),
    ),
  );
  const [first] = await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
  const load = lab.probe({ name: "orders", requestTimeout }).start({ perSecond: 90 });
  await Promise.all(groups.map((group) => group.processed(90)));
  const broker = first!.coordinator;
  if (broker === null)
    throw new LabError("NO_COORDINATOR", `Cannot lose the coordinator of auto: it has none`);
  const roles = await rolesOf(lab, groups, broker);
  const led = roles.find(({ role }) => role === "both" || role === "leader");
  return { groups, load, broker, roles, leads: led?.partitions ?? [] };
}

/**
 * Waits until every partition has another leader, and every group has another coordinator, processes each
 * partition and has a commit accepted; returns whether each was so within the window.
 */
export async function untilServed(
  lab: Lab,
  { groups, broker }: Pick<Ready, "groups" | "broker">,
  window: ScenarioOptions["window"],
): Promise<boolean> {
  const moved = lab.cluster.waitFor(
    ({ partitions }) =>
      partitions.every(({ topic, leader }) => topic !== lab.topic || (leader !== null && leader !== broker)),
    { timeout: window },
  );
  if (!(await comesInTime(moved))) return false;
  const movedMs = lab.run.now();
  for (; lab.run.now() < movedMs + toMs(window); await pause(50))
    if (groups.every((group) => isServed(lab, group, movedMs))) return true;
  return false;
}

/** Whether a group has processed every partition, and committed, since then. */
function isServed({ run }: Lab, { name }: Group, sinceMs: number): boolean {
  const partitions = new Set<number>();
  const done = new Set<number>();
  let hasCommitted = false;
  for (const event of run.history) {
    if (!("group" in event) || event.group !== name) continue;
    if (event.kind === "processed") {
      partitions.add(event.partition);
      if (event.atMs > sinceMs) done.add(event.partition);
    }
    if (event.kind === "commit" && event.error === undefined && event.atMs > sinceMs) hasCommitted = true;
  }
  return hasCommitted && done.size === partitions.size;
}

/** What was predicted of one role, and what came. */
export interface RoleOutcome {
  readonly group: string;
  readonly commit: string;
  readonly role: GroupRole["role"];
  readonly partitions: readonly number[];
  /** As `lab.predict` has it; of several partitions that which waits longest. */
  readonly expected: Window;
  /** Of several partitions that which stood still the longest, in milliseconds. */
  readonly ms: number;
  readonly isOpen: boolean;
  /** Of the group's prediction as a whole. */
  readonly verdict: Verdict;
}

/** Each role beside what was measured of it. @param checks of the run's predictions for groups */
export function roleOutcomes(
  { roles }: Pick<Ready, "roles">,
  checks: readonly GroupPredictionCheck[],
): readonly RoleOutcome[] {
  return roles.map(({ group: { name, settings }, role, partitions }) => {
    const check = checks.find(({ group }) => group === name);
    const own = (check?.measured?.partitions ?? []).filter((one) => partitions.includes(one.partition));
    const longest = own.reduce(
      (most, one) => (one.standstillMs > most.standstillMs ? one : most),
      own[0] ?? { standstillMs: 0, isOpen: false },
    );
    return {
      ...{ group: name, commit: settings.commit, role, partitions },
      expected: predictedWindow(check?.prediction, partitions),
      ms: longest.standstillMs,
      isOpen: longest.isOpen,
      verdict: check?.verdict ?? "unknown",
    };
  });
}

/** How long some partitions stand still, as predicted: that which waits longest. */
export function predictedWindow(
  prediction: GroupPrediction | undefined,
  partitions: readonly number[],
): Window {
  const own = (prediction?.partitions ?? []).filter((one) => partitions.includes(one.partition));
  const waits = ({ standstill }: (typeof own)[number]): number => standstill?.toMs ?? Infinity;
  const [longest] = [...own].sort((a, b) => waits(b) - waits(a));
  const decidingTimer = longest?.timers[0]?.name ?? "no timer decides";
  return longest === undefined || longest.standstill === null
    ? { fromMs: 0, toMs: Infinity, decidingTimer }
    : { ...longest.standstill, decidingTimer };
}
