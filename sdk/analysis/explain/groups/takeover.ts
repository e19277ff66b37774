// A time in which no member had a partition: what the group waited for until one was given it.
//
//   owner killed ── session expires ── rebalance begins ── all joined ── leader assigns ── assigned
//               detection                             join           sync            sync

import { UNKNOWN } from "../pieces.ts";
import type { Claim } from "./claims.ts";
import { coordinatorChange, foundPieces } from "./coordinator.ts";
import { changed, described } from "./group-evidence.ts";
import type { GroupScene } from "./group-scene.ts";
import { askedSteps, assignedSteps, startSteps } from "./member-steps.ts";
import { begunStep, endedStep, formedStep, removedStep } from "./rebalance-steps.ts";
import type { Step, Walk } from "./steps.ts";
import type { Takeover } from "./stretch.ts";

/** Cuts a stretch without an owner by what the coordinator and the members said. */
export function takeoverPieces(scene: GroupScene, takeover: Takeover): Claim[] {
  const { fromMs } = takeover;
  const change = coordinatorChange(scene, takeover);
  const phase = isRebalancing(scene, fromMs) ? "joining" : "gone";
  const walk: Walk = { scene, takeover, change, phase, sinceMs: fromMs };
  const pieces = stepsOf(walk).flatMap((step) => {
    const piece = step.piece(walk);
    walk.phase = step.next ?? walk.phase;
    if (piece === undefined) return [];
    walk.sinceMs = step.atMs;
    return [piece];
  });
  return takeover.next === undefined ? [...pieces, lastPiece(walk)] : pieces;
}

/** What the group was still waiting for at the end. */
function lastPiece({ scene, takeover, phase }: Walk): Claim {
  const { toMs, before } = takeover;
  const view = scene.views.findLast(({ atMs }) => atMs <= toMs);
  const last = scene.members.findLast(({ atMs }) => atMs <= toMs);
  const evidence = [
    ...(last === undefined ? [] : [changed(last)]),
    ...(view === undefined ? [] : [described(view)]),
  ];
  if (evidence.length === 0) return { kind: "unexplained", toMs, what: UNKNOWN, evidence };
  if (scene.aliveAt(toMs).size === 0)
    return { kind: "other", toMs, what: "the group had no member", evidence };
  if (view?.coordinator === null)
    return { kind: "coordinator", toMs, what: `${scene.group} had no coordinator`, evidence };
  if (phase === "joining") return { kind: "join", toMs, what: "the rebalance was not over", evidence };
  if (view !== undefined && view.members.length === 0)
    return { kind: "join", toMs, what: "no member had joined again: the group was empty", evidence };
  const isMember = view?.members.some(({ clientId }) => clientId === before?.member) ?? true;
  return before?.member == null || !isMember
    ? { kind: "unexplained", toMs, what: UNKNOWN, evidence }
    : { kind: "detection", toMs, what: `${before.member} was still a member of the group`, evidence };
}

/** Whether a rebalance had begun before a moment, and was not over. */
function isRebalancing(scene: GroupScene, atMs: number): boolean {
  const untilMs = atMs + ROUNDED_MS;
  const last = (what: "rebalanceBegun" | "rebalanceEnded" | "groupEmpty"): number =>
    scene.lines(what, -Infinity, untilMs).at(-1)?.atMs ?? -Infinity;
  return last("rebalanceBegun") > Math.max(last("rebalanceEnded"), last("groupEmpty"));
}

function stepsOf(walk: Walk): Step[] {
  const { scene, takeover, change } = walk;
  const { fromMs, toMs, next } = takeover;
  const ofLines = [
    ...scene.lines("membersRemoved", fromMs, toMs).map(removedStep),
    ...scene.lines("rebalanceBegun", fromMs, toMs).map(begunStep),
    ...scene.lines("generationFormed", fromMs, toMs).map(formedStep),
    ...scene.lines("rebalanceEnded", fromMs, toMs).map(endedStep),
  ];
  const ofCoordinator = [
    ...(change?.pieces ?? []),
    ...(next?.member == null || change === undefined
      ? []
      : foundPieces(scene, next.member, change.loadedMs, toMs)),
  ].map((piece): Step => ({ atMs: piece.toMs, piece: () => piece, next: "gone" }));
  const asked = ofLines.some(({ next: phase }) => phase === "joining") ? [] : askedSteps(walk);
  const steps = [...startSteps(walk), ...ofLines, ...ofCoordinator, ...asked, ...assignedSteps(walk)];
  return steps.filter(({ atMs }) => atMs > fromMs && atMs <= toMs).sort((a, b) => a.atMs - b.atMs);
}

/** Stamps of brokers are whole milliseconds. */
const ROUNDED_MS = 5;
