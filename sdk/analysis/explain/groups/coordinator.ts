// What a group waits for whose coordinator is gone.
//
//   the coordinator's broker is fenced ─▶ another leads the partition of __consumer_offsets
//       ─▶ has loaded it ─▶ members find it (FindCoordinator)

import { logged, named } from "../evidence.ts";
import type { Piece } from "../pieces.ts";
import { clusterPieces } from "../cut.ts";
import { described } from "./group-evidence.ts";
import { type GroupScene, OFFSETS } from "./group-scene.ts";
import { said } from "./group-evidence.ts";
import { readLog } from "./member-log.ts";
import { outageIn } from "./partition-outage.ts";
import type { Stretch } from "./stretch.ts";

/** When the group's coordinator changed or came back, and what that took; undefined where it stayed. */
export interface CoordinatorChange {
  readonly pieces: readonly Piece[];
  /** When the new one had loaded the group, as far as that is known. */
  readonly loadedMs: number;
}

/** Says what a change of the coordinator took; undefined where it did not change. */
export function coordinatorChange(scene: GroupScene, stretch: Stretch): CoordinatorChange | undefined {
  const { facts, group, offsetsPartition } = scene;
  const { fromMs, toMs } = stretch;
  const [first] = stretch.faults;
  const beginsMs = Math.min(fromMs, first?.fromMs ?? fromMs);
  const old = scene.coordinatorAt(beginsMs);
  const broker = old === null ? null : facts.brokerOf(old);
  const hits = stretch.faults.filter(({ event }) => broker !== null && event.targets.includes(broker));
  const elected = facts
    .lines("coordinatorElected", beginsMs, toMs)
    .findLast(({ fact }) => fact.offsetsPartition === offsetsPartition);
  if (elected === undefined || (elected.nodeId === old && hits.length === 0))
    return seenChange(scene, stretch);
  const of = { topic: OFFSETS, partition: elected.fact.offsetsPartition };
  const lost = outageIn(facts, { ...of, fromMs, toMs: elected.atMs + JUST_MS, faults: hits, isOver: true });
  const elect = facts.brokerOf(elected.nodeId);
  const who = elect === null ? `node ${elected.nodeId}` : named([elect]);
  const what = `election of ${OFFSETS}-${of.partition}: ${who} coordinates ${group}`;
  const loaded = facts
    .lines("offsetsLoaded", elected.atMs - JUST_MS, toMs)
    .find(({ fact, nodeId }) => fact.offsetsPartition === of.partition && nodeId === elected.nodeId);
  const detected = clusterPieces(lost).pieces.filter(({ kind }) => kind !== "election" && kind !== "isr");
  return {
    pieces: [
      ...detected.filter((piece) => piece.toMs < elected.atMs),
      { kind: "coordinator", toMs: elected.atMs, what, evidence: [logged(elected)] },
      ...(loaded === undefined
        ? []
        : [
            {
              kind: "loading",
              toMs: loaded.atMs,
              what: `until ${who} had loaded the offsets of ${OFFSETS}-${of.partition}`,
              evidence: [logged(loaded)],
            } satisfies Piece,
          ]),
    ],
    loadedMs: loaded?.atMs ?? elected.atMs,
  };
}

/** Where no broker's log is read: by asking for the coordinator. */
function seenChange({ views, group }: GroupScene, { fromMs, toMs }: Stretch): CoordinatorChange | undefined {
  const before = views.findLast(({ atMs, coordinator }) => atMs <= fromMs && coordinator !== null);
  const isLost = views.some(
    ({ atMs, coordinator }) => atMs > fromMs && atMs <= toMs && coordinator !== before?.coordinator,
  );
  const again = views.findLast(
    ({ atMs, coordinator, state }) => atMs > fromMs && atMs <= toMs && coordinator !== null && state !== null,
  );
  if (!isLost || again === undefined || before === undefined) return undefined;
  const evidence = [described(before), described(again)];
  const what = `until ${named([again.coordinator!])} coordinated ${group}`;
  return { pieces: [{ kind: "coordinator", toMs: again.atMs, what, evidence }], loadedMs: again.atMs };
}

/** Until a member had found the coordinator, where its log says so. */
export function foundPieces(scene: GroupScene, member: string, fromMs: number, toMs: number): Piece[] {
  const line = scene.logsOf(member).findLast(({ atMs, ...one }) => {
    const isIn = atMs > fromMs && atMs <= toMs;
    return isIn && readLog({ atMs, ...one })?.what === "coordinatorFound";
  });
  if (line === undefined) return [];
  const what = `until ${member} had found the coordinator`;
  return [{ kind: "coordinator", toMs: line.atMs, what, evidence: [said(line)] }];
}

/** Stamps are whole milliseconds, and a broker leads a partition before its groups are its own. */
const JUST_MS = 50;
