// What only the fault's end could end: until it was healed, and until the broker served again.

import { healed, logged, named, viewed } from "./evidence.ts";
import type { Lasting } from "./facts.ts";
import type { Evidence } from "./explanation.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/** The stretch up to the healing, with why nothing else could end it; none where the fault was not healed. */
export function untilHealed(outage: Outage, fault: Lasting): Piece[] {
  const { heal } = fault;
  if (heal === undefined) return [];
  const end = ENDS[heal.fault];
  const what = end === undefined ? `until the ${heal.fault} of ${named(heal.targets)} was healed` : `until ${named(heal.targets)} ${heal.targets.length === 1 ? "was" : "were"} ${end}`;
  return [{ kind: "healing", toMs: heal.effectAtMs, what, evidence: [healed(heal), ...helpless(outage, heal.effectAtMs)] }];
}

/** From the healing until the broker had come back: a controller first where there was none, then its own start. */
export function untilBack({ facts }: Outage, { heal }: Lasting, toMs: number): Piece[] {
  if (heal === undefined) return [];
  const fromMs = heal.effectAtMs;
  const nodes = heal.targets.map((broker) => facts.nodeOf(broker));
  const active = facts.lines("controller active", fromMs, toMs)[0];
  const unfenced = facts.lines("registration", Math.max(fromMs, active?.atMs ?? 0), toMs).find(({ told, nodeId }) => told.is === "unfenced" && nodes.includes(told.nodeId) && (active === undefined || nodeId === active.told.nodeId));
  const started = facts.lines("started", fromMs, toMs).find(({ told }) => nodes.includes(told.nodeId));
  const view = facts.views.find(({ atMs, alive }) => atMs > fromMs && atMs <= toMs && heal.targets.every((target) => alive.includes(target)));
  const back = [unfenced, started].filter((one) => one !== undefined).sort((a, b) => a.atMs - b.atMs);
  const backMs = back[0]?.atMs ?? view?.atMs;
  const evidence: Evidence[] = [...back.map(logged), ...(view === undefined ? [] : [viewed(view, `alive: ${named(view.alive)}`)])];
  return [
    ...(active === undefined ? [] : [{ kind: "healing" as const, toMs: active.atMs, what: "until there was a controller again", evidence: [logged(active)] }]),
    ...(backMs === undefined ? [] : [{ kind: "healing" as const, toMs: backMs, what: `until ${named(heal.targets)} served again`, evidence }]),
  ];
}

/** What the cluster said last before a moment: that nobody led, or that nobody could decide who should. */
export function helpless({ facts, topic, partition, faults }: Outage, atMs: number): Evidence[] {
  const view = facts.views.findLast((one) => one.atMs <= atMs);
  if (view === undefined) return [];
  const state = view.partitions.find((one) => one.topic === topic && one.partition === partition);
  const isDead = state?.leader !== null && (faults[0]?.event.targets.includes(state?.leader ?? -1) ?? false);
  return [
    ...(view.controllerNodeId === null ? [viewed(view, "no active controller")] : []),
    ...(state?.leader === null ? [viewed(view, `${topic}-${partition} has no leader`)] : isDead ? [viewed(view, `leader of ${topic}-${partition}: still broker ${state?.leader}`)] : []),
  ];
}

const ENDS: Readonly<Record<string, string>> = { stop: "started again", kill: "started again", pause: "resumed" };
