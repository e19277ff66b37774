// The rows of the groups' table: fault × what the broker is to the group × client × commit policy × protocol.
//
// Groups do not disturb each other, so those of a scene share its cluster and its faults: which of them has
// which role is decided by its name (the coordinator) and its topic (the leaders).

import {
  BROKERS,
  BROKERS_4,
  type Named,
  K_AUTO,
  K_AFTER,
  K_BEFORE,
  J_AUTO,
  J_AFTER,
  J_BEFORE,
  J_STATIC,
  J_COOPERATIVE,
  J_ONE_BY_ONE,
  N_AUTO,
  N_AFTER,
} from "./given.ts";
import type { GroupRow, Scene, SceneFault, SceneGroup } from "./row.ts";

/** Groups of one member each, by what the broker is to them. */
function roles(all: Partial<Record<NonNullable<SceneGroup["role"]>, readonly Named[]>>): SceneGroup[] {
  return Object.entries(all).flatMap(([role, groups]) =>
    groups.map(([id, options]) => ({
      id: `${role}-${id}`,
      role: role as NonNullable<SceneGroup["role"]>,
      options: { ...options, members: 1 },
    })),
  );
}

/** Groups of two members each. */
function pairs(all: readonly Named[], faults?: readonly string[]): SceneGroup[] {
  return all.map(([id, options]) => ({
    id,
    options: { ...options, members: 2 },
    ...(faults !== undefined && { faults }),
  }));
}

function onBroker(
  id: string,
  fault: SceneFault["does"],
  groups: SceneGroup[],
  more: Partial<Scene> = {},
): Scene {
  return {
    id,
    engine: "local",
    hits: "broker",
    properties: BROKERS,
    faults: [{ id: "", does: fault }],
    groups,
    ...more,
  };
}

const FOUR = { kafka: "4", properties: BROKERS_4 } as const;
const ONE_REPLICA = { properties: { ...BROKERS, "offsets.topic.replication.factor": "1" } } as const;
const DEATHS: readonly SceneFault[] = [
  { id: "kill", does: { kind: "kill" } },
  { id: "pause", does: { kind: "pause" } },
  { id: "stop", does: { kind: "stop" } },
];
/** A record takes less, and more, than the group waits for a member. */
const SLOW: readonly SceneFault[] = [
  { id: "below", does: { kind: "slow", process: "300ms" } },
  { id: "above", does: { kind: "slow", process: "8s" } },
];
/** What somebody does to the cluster on purpose; the leaders are where the roll has left them. */
const CHANGES: readonly SceneFault[] = [
  { id: "roll", does: { kind: "roll" } },
  { id: "roll-kill", does: { kind: "roll", how: "kill" } },
  { id: "elect-preferred", does: { kind: "elect", election: "preferred" } },
];
const ROLL: SceneFault = { id: "roll", does: { kind: "roll" } };

/** All scenes, in the order in which they are measured. */
export const SCENES: readonly Scene[] = [
  {
    id: "member",
    engine: "local",
    hits: "member",
    properties: BROKERS,
    faults: [...DEATHS, ROLL],
    groups: [
      ...pairs([K_AFTER, J_AUTO, J_STATIC, J_COOPERATIVE]),
      ...pairs([K_AUTO, K_BEFORE, J_BEFORE], ["kill"]),
    ],
  },
  onBroker(
    "kill",
    { kind: "kill" },
    roles({
      leader: [K_AUTO, J_AUTO, J_COOPERATIVE],
      coordinator: [K_AFTER, J_AUTO, J_AFTER],
      both: [K_AFTER, J_STATIC],
      neither: [K_AUTO, J_AUTO],
    }),
  ),
  onBroker(
    "stop",
    { kind: "stop" },
    roles({
      leader: [K_AFTER, J_AUTO],
      coordinator: [K_AUTO, J_AFTER],
      both: [K_BEFORE, J_AUTO],
      neither: [K_AFTER, J_AFTER],
    }),
  ),
  onBroker(
    "pause",
    { kind: "pause" },
    roles({
      leader: [K_AUTO, J_AUTO],
      coordinator: [K_AFTER, J_AUTO, J_AFTER],
      both: [K_AFTER, J_AUTO],
      neither: [J_AUTO],
    }),
  ),
  onBroker(
    "kill-4",
    { kind: "kill" },
    roles({
      leader: [N_AUTO, K_AFTER],
      coordinator: [N_AUTO, N_AFTER, K_AUTO],
      both: [N_AFTER],
      neither: [N_AUTO],
    }),
    FOUR,
  ),
  {
    id: "member-4",
    engine: "local",
    hits: "member",
    ...FOUR,
    faults: [...DEATHS, ROLL],
    groups: pairs([N_AUTO, N_AFTER]),
  },
  onBroker(
    "kill-one-replica",
    { kind: "kill" },
    roles({ coordinator: [K_AFTER, J_AUTO, J_AFTER], leader: [J_AFTER], both: [J_AUTO] }),
    ONE_REPLICA,
  ),
  onBroker(
    "isolate",
    { kind: "isolate", path: "all" },
    roles({
      leader: [K_AFTER, J_AUTO],
      coordinator: [K_AUTO, J_AFTER],
      both: [J_AUTO],
      neither: [K_AUTO],
    }),
  ),
  onBroker(
    "delay-below",
    { kind: "delay", path: "clients", delay: "300ms" },
    roles({ leader: [K_AUTO, J_AFTER], coordinator: [K_AFTER, J_AUTO], both: [J_AFTER], neither: [K_AUTO] }),
  ),
  onBroker(
    "delay-above",
    { kind: "delay", path: "clients", delay: "6s" },
    roles({ leader: [K_AUTO, J_AUTO], coordinator: [K_AFTER, J_AFTER] }),
  ),
  onBroker(
    "pause-4",
    { kind: "pause" },
    roles({ leader: [N_AUTO], coordinator: [N_AUTO, N_AFTER], both: [N_AFTER] }),
    FOUR,
  ),
  onBroker(
    "stop-4",
    { kind: "stop" },
    roles({ leader: [N_AFTER, K_AUTO], coordinator: [N_AUTO, N_AFTER], both: [N_AUTO] }),
    FOUR,
  ),
  {
    id: "brokers",
    engine: "local",
    hits: "cluster",
    properties: BROKERS,
    faults: CHANGES,
    groups: pairs([K_AUTO, K_AFTER, J_AUTO, J_AFTER]),
  },
  {
    id: "brokers-4",
    engine: "local",
    hits: "cluster",
    ...FOUR,
    faults: CHANGES.filter(({ id }) => id !== "roll-kill"),
    groups: pairs([N_AUTO, N_AFTER, K_AFTER]),
  },
  {
    id: "slow",
    engine: "local",
    hits: "member",
    properties: BROKERS,
    faults: SLOW,
    groups: pairs([K_AFTER, J_ONE_BY_ONE]),
  },
  onBroker(
    "docker-kill",
    { kind: "kill" },
    roles({ leader: [K_AUTO], coordinator: [J_AFTER], both: [J_AUTO], neither: [K_AFTER] }),
    { engine: "docker" },
  ),
];

/** All rows, in the order in which they are measured. */
export const GROUP_ROWS: readonly GroupRow[] = SCENES.flatMap((scene) =>
  scene.faults.flatMap((fault) =>
    scene.groups
      .filter(({ faults }) => faults?.includes(fault.id) ?? true)
      .map((group) => ({
        id: [scene.id, fault.id, group.id].filter((part) => part !== "").join("-"),
        scene,
        fault,
        group,
      })),
  ),
);
