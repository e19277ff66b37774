// One scene on real brokers: a cluster, its groups under load, and its faults one after the other.
//
//   topics placed │ groups settled │ for each fault: predict for every group │ fault
//     │ watched for as long as the longest prediction says │ heal │ groups settled │ measured │ …

import { setTimeout as pause } from "node:timers/promises";
import {
  type FaultSpec,
  type Group,
  groupPredictionChecks,
  type Lab,
  type LabOptions,
  type Load,
  startLab,
  toMs,
} from "@kafka-failure-lab/sdk";
import { checkOf, groupFactsOf, type MeasuredGroupRow } from "./measured.ts";
import {
  BACK_MS,
  EVERYWHERE,
  groupName,
  leadAsPlaced,
  PARTITIONS,
  type Places,
  placeScene,
  topicOf,
} from "./place.ts";
import { type PredictedGroup, predictedGroup, slowerOf } from "./predicting.ts";
import type { GroupRow, Scene, SceneFault } from "./row.ts";

export interface MeasureOptions {
  /** As for `startLab`. */
  onProgress?: LabOptions["onProgress"];
  /** Called with what a fault came to, as soon as it is healed. */
  onMeasured(found: MeasuredScene): void;
  /** Whether no other fault is to be injected. */
  isOver(): boolean;
}

/** What a scene came to. */
export interface MeasuredScene {
  readonly rows: readonly MeasuredGroupRow[];
  readonly failed: readonly { readonly id: string; readonly why: string }[];
}

/** Of each partition. */
const PER_SECOND = 15;
/** How much longer than the longest prediction the groups are watched. */
const LATER_MS = 3_000;
const LEAST_MS = 6_000;
/** kafkajs, asked for nothing else, has used up its tries by then. */
const WATCH_FOR = "45s";
const MOST_MS = 75_000;
/** How late lines of members and of brokers' logs may be. */
const LINES_MS = 1_000;

/** A row of this scene while it is measured. */
interface Said extends PredictedGroup {
  readonly row: GroupRow;
  readonly group: string;
  readonly fault: string;
}

/** Measures the rows of one scene that are asked for; what Kafka does is data. */
export async function measureScene(
  scene: Scene,
  rows: readonly GroupRow[],
  { onProgress = false, onMeasured, isOver }: MeasureOptions,
): Promise<void> {
  const lab = await startLab({
    scenario: "group-table",
    compose: ["three-brokers"],
    engine: scene.engine,
    timers: "fast",
    ...(scene.kafka !== undefined && { kafka: scene.kafka }),
    properties: scene.properties,
    topic: { create: false },
    recording: false, // what is kept of the table is its data file
    onProgress,
  });
  try {
    const places = await placeScene(lab);
    const loads = startLoads(lab, places);
    const groups = await startGroups(lab, rows, places);
    for (const [fault, own] of strikesOf(scene, rows)) {
      if (isOver()) break;
      await ready(lab, groups, fault);
      onMeasured(await struck(lab, { fault, rows: own, groups, places, loads }));
    }
  } finally {
    await lab.close();
  }
}

/** The faults in their order; a roll of members is over when it was carried out: each group has its own. */
function strikesOf(scene: Scene, rows: readonly GroupRow[]): [SceneFault, GroupRow[]][] {
  return scene.faults.flatMap((fault): [SceneFault, GroupRow[]][] => {
    const own = rows.filter((row) => row.fault.id === fault.id);
    if (own.length === 0) return [];
    return fault.does.kind === "roll" && scene.hits === "member"
      ? own.map((row) => [fault, [row]])
      : [[fault, own]];
  });
}

/** A load for each partition, so that none waits for the leader of another. */
function startLoads(lab: Lab, { topics }: Places): Load[] {
  const partitions = Array.from(
    { length: PARTITIONS },
    (_, partition) => [topics.everywhere, partition] as const,
  );
  return [...partitions, [topics.elsewhere, 0] as const].map(([topic, partition]) =>
    lab.probe({ name: `${topic}-${partition}`, topic, partition }).start({ perSecond: PER_SECOND }),
  );
}

/** Starts each group that a row needs. */
async function startGroups(
  lab: Lab,
  rows: readonly GroupRow[],
  places: Places,
): Promise<ReadonlyMap<string, Group>> {
  const all = [...new Map(rows.map(({ group }) => [group.id, group])).values()];
  const groups = await Promise.all(
    all.map(async (group) => {
      const opened = await lab.group(groupName(group, places), {
        ...group.options,
        topic: topicOf(group, places),
      });
      return [group.id, opened] as const;
    }),
  );
  return new Map(groups);
}

/** Every broker is there and leads what it did, or what an election will change, and every group reads. */
async function ready(lab: Lab, groups: ReadonlyMap<string, Group>, { does }: SceneFault): Promise<void> {
  const all = [...groups.values()];
  await leadAsPlaced(lab);
  if (does.kind === "elect") await lab.cluster.roll({ timeout: BACK_MS });
  await Promise.all(all.map((group) => group.settled({ timeout: BACK_MS })));
  await Promise.all(all.map((group) => group.processed(PER_SECOND, { timeout: BACK_MS })));
}

interface Strike {
  readonly fault: SceneFault;
  readonly rows: readonly GroupRow[];
  readonly groups: ReadonlyMap<string, Group>;
  readonly places: Places;
  readonly loads: readonly Load[];
}

/** Predicts, injects, watches, measures, heals. */
async function struck(lab: Lab, { fault, rows, groups, places, loads }: Strike): Promise<MeasuredScene> {
  const names = rows.map((row) => groups.get(row.group.id)!.name);
  const spec = specOf(lab, rows[0]!.scene, fault, places, names);
  const predicted: (PredictedGroup & { row: GroupRow; group: string })[] = [];
  for (const row of rows) {
    const group = groups.get(row.group.id)!;
    const perSecond = PER_SECOND * (group.topic === EVERYWHERE ? PARTITIONS : 1);
    predicted.push({ row, group: group.name, ...(await predictedGroup(lab, group, spec, perSecond)) });
  }
  lab.step(fault.id === "" ? rows[0]!.scene.id : fault.id);
  const injected = await lab.inject(spec);
  // what an election does is seen behind it
  if (injected.isOpen || spec.kind === "elect") await pause(watchMs(fault, predicted));
  // a send that waits for a leader is recorded when it ends; of a scene on brokers this is the only fault
  if (rows[0]!.scene.hits === "broker") await Promise.all(loads.map((load) => load.stop({ giveUp: true })));
  await pause(LINES_MS);
  const said = predicted.map((one) => ({ ...one, fault: injected.id }));
  const measured = measuredOf(lab, said, rows);
  if (rows[0]!.scene.hits === "member") await injected.heal();
  return measured;
}

function specOf(
  { engine }: Lab,
  { hits }: Scene,
  { does }: SceneFault,
  { broker }: Places,
  names: readonly string[],
): FaultSpec {
  if (hits === "broker") return { ...does, target: broker };
  if (hits === "cluster" && does.kind !== "roll") return does;
  if (hits === "cluster") return { ...does, target: engine.nodes.flatMap((one) => one.broker ?? []) };
  if (does.kind === "roll") return { ...does, target: { group: names[0]! } };
  return { ...does, target: names.map((group) => ({ group, member: 1 })) };
}

/** As long as the longest prediction, and a little longer: what comes too late is seen. */
export function watchMs(
  { watchFor = WATCH_FOR }: Pick<SceneFault, "watchFor">,
  predicted: readonly Pick<PredictedGroup, "prediction">[],
): number {
  const ends = predicted.map(({ prediction: { standstill, reads, commits, commitGap } }) =>
    Math.max(
      standstill === null || reads < 1 ? toMs(watchFor) : standstill.toMs,
      commits === null ? 0 : commitGap === null || commits < 1 ? toMs(watchFor) : commitGap.toMs,
    ),
  );
  return Math.min(MOST_MS, Math.max(LEAST_MS, ...ends) + LATER_MS);
}

function measuredOf(lab: Lab, said: readonly Said[], rows: readonly GroupRow[]): MeasuredScene {
  const checks = groupPredictionChecks(lab.run.history);
  const measured = said.flatMap(({ row, group, fault, prediction, circumstances }): MeasuredGroupRow[] => {
    const found = checkOf(checks, group, fault)?.measured ?? null;
    const { role = prediction.role } = row.group;
    if (found === null || found.isCut || role !== prediction.role) return [];
    return [
      {
        id: row.id,
        prediction,
        circumstances,
        facts: groupFactsOf(found),
        kafka: lab.engine.kafka,
        engine: lab.engine.kind as MeasuredGroupRow["engine"], // its labs are started
        slower: slowerOf(lab),
        startedAt: lab.run.startedAt.toISOString(),
      },
    ];
  });
  const isThere = ({ id }: GroupRow): boolean => measured.some((one) => one.id === id);
  return {
    rows: measured,
    failed: rows
      .filter((row) => !isThere(row))
      .map(({ id }) => ({ id, why: "the group was not as the row wants it, or nothing of it was measured" })),
  };
}
