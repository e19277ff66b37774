// How the cluster detected that a broker is gone.
//
//   kill, pause, isolate   [a new controller first, if the broker was the controller] then its session ends:
//                          fenced
//   stop                   it requests a controlled shutdown, and the controller grants it
//   a follower that lags   the leader requests a smaller ISR
//   a disk fails           the broker logs it, and ends, or reports the directory

import { processOfEvent } from "../../faults/mod.ts";
import type { Broker, NodeId } from "../../model/history.ts";
import type { Timer } from "../../model/prediction.ts";
import { logged, named, timed, viewed } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import type { Line } from "./facts.ts";
import { lostBrokers, type Outage } from "./outage.ts";
import { newControllerIn } from "./new-controller.ts";
import type { Piece } from "./pieces.ts";
import { brokerTimer, LAG, lastsAsLong } from "./timers.ts";

/** What the cluster detected. */
export interface Detected {
  readonly pieces: readonly Piece[];
  /** Whether it detected the loss of the broker, not only of the controller. */
  readonly isWhole: boolean;
}

/** What the cluster detected from a fault's effect up to a moment. */
export function detectedIn(outage: Outage, fromMs: number, toMs: number): Detected {
  const gone = goneIn(outage, fromMs, toMs);
  const active = newControllerIn(outage, fromMs, gone?.atMs ?? toMs);
  const pieces: Piece[] = [];
  if (active !== undefined)
    pieces.push({ kind: "detection", toMs: active.atMs, what: active.what, evidence: active.evidence });
  if (gone !== undefined) {
    const { evidence, timer } = gone;
    const fits =
      timer === undefined ||
      lastsAsLong(
        gone.atMs - (active?.atMs ?? fromMs),
        timer,
        active === undefined ? brokerTimer(outage.facts, "broker.heartbeat.interval.ms")?.ms : 0,
      );
    const began = active === undefined || timer?.name !== SESSION ? [] : active.evidence.slice(-1);
    pieces.push({
      kind: "detection",
      toMs: gone.atMs,
      what: gone.what,
      evidence: [
        ...brokenIn(outage, fromMs, gone.atMs).map(logged),
        ...evidence,
        ...began,
        ...(timer === undefined ? [] : [timed(timer, fits)]),
      ],
    });
  }
  return { pieces, isWhole: gone !== undefined };
}

interface Noticed {
  atMs: number;
  what: string;
  evidence: readonly Evidence[];
  timer?: Timer | undefined;
}

/**
 * A broker that is gone, from the first of: the deciding node's log, other nodes' logs, the observed view.
 */
function goneIn(outage: Outage, fromMs: number, toMs: number): Noticed | undefined {
  const { facts, faults, before } = outage;
  const targets = lostBrokers(outage);
  /** Without a fault of the lab's whoever has the partition; where that was not seen, anybody. */
  const own = faults.length > 0 ? targets : before && [before.leader, ...before.isr];
  const isGone = (nodeId: NodeId): boolean => own?.includes(facts.brokerOf(nodeId) ?? NOBODY) ?? true;
  const line = decisionIn(outage, { fromMs, toMs, isGone });
  const view = viewWithout(outage, { fromMs, toMs, targets });
  const seen =
    view === undefined
      ? []
      : [viewed(view, `alive: ${view.alive.length === 0 ? "none" : named(view.alive)}`)];
  if (line !== undefined) {
    const after = seen.filter(
      (one) => one.kind === "view" && one.atMs >= line.atMs && one.atMs - line.atMs < SOON_MS,
    );
    return noticedBy(outage, { line, fromMs, proof: [logged(line), ...after] });
  }
  // a broker that shuts down has lost its leaders long before it is gone
  const isShutdown = faults[0] !== undefined && processOfEvent(faults[0].event) === "shutdown";
  if (view === undefined || isShutdown) return failedDirectory(outage, fromMs, toMs);
  return {
    atMs: Math.min(view.atMs, toMs),
    what: `until ${named(targets)} ${targets.length <= 1 ? "was" : "were"} fenced`,
    evidence: seen,
    timer: brokerTimer(facts, SESSION),
  };
}

/** What the targets logged of a disk that does not work. */
function brokenIn(outage: Outage, fromMs: number, toMs: number): Line<"logDirFailed" | "halts">[] {
  const { facts, faults } = outage;
  const targets = faults.flatMap(({ event }) => (event.disk === undefined ? [] : event.targets));
  const isTargets = ({ nodeId }: Line<"logDirFailed" | "halts">): boolean =>
    targets.includes(facts.brokerOf(nodeId) ?? NOBODY);
  return [...facts.lines("logDirFailed", fromMs, toMs), ...facts.lines("halts", fromMs, toMs)]
    .filter(isTargets)
    .sort((a, b) => a.atMs - b.atMs);
}

/** A broker with another directory goes on: it reports the one that failed (KIP-858). */
function failedDirectory(outage: Outage, fromMs: number, toMs: number): Noticed | undefined {
  const line = brokenIn(outage, fromMs, toMs).find(({ fact }) => fact.what === "logDirFailed");
  if (line === undefined) return undefined;
  const broker = named([outage.facts.brokerOf(line.nodeId) ?? NOBODY]);
  return { atMs: line.atMs, what: `until ${broker} gave up a log directory`, evidence: [] };
}

type DecisionLine = Line<"fenced" | "controlledShutdownGranted" | "isrShrinks" | "registration">;

interface Within {
  fromMs: number;
  toMs: number;
}

/** The deciding node's line; without one, a line of another node that read it in the metadata log. */
function decisionIn(
  outage: Outage,
  { fromMs, toMs, isGone }: Within & { isGone(nodeId: NodeId): boolean },
): DecisionLine | undefined {
  const { facts } = outage;
  const fenced = facts.lines("fenced", fromMs, toMs).find(({ fact }) => isGone(fact.nodeId));
  const shutdownGranted = facts
    .lines("controlledShutdownGranted", fromMs, toMs)
    .find(({ fact }) => isGone(fact.nodeId));
  const shrinks = shrinkIn(outage, fromMs, toMs);
  const decided = earliest([fenced, shutdownGranted, shrinks]);
  if (decided !== undefined) return decided;
  // a restarted broker reads its own past in the metadata log
  return facts
    .lines("registration", fromMs, toMs)
    .find(({ fact, nodeId }) => isGone(fact.nodeId) && fact.state !== "unfenced" && nodeId !== fact.nodeId);
}

/** The first view without one of the targets. */
function viewWithout(
  { facts, ender }: Outage,
  { fromMs, toMs, targets }: Within & { targets: readonly Broker[] },
): Outage["facts"]["views"][number] | undefined {
  const lastMs = toMs + (ender === undefined ? 0 : SOON_MS);
  return facts.views.find(
    ({ atMs, alive }) => atMs > fromMs && atMs <= lastMs && targets.some((target) => !alive.includes(target)),
  );
}

interface Decision {
  line: DecisionLine;
  fromMs: number;
  proof: readonly Evidence[];
}

function noticedBy(outage: Outage, { line, fromMs, proof }: Decision): Noticed {
  const { facts } = outage;
  const { atMs } = line;
  const whom = `broker ${facts.brokerOf(line.fact.nodeId) ?? line.fact.nodeId}`;
  const fenced: Noticed = {
    atMs,
    what: `until ${whom} was fenced`,
    evidence: proof,
    timer: brokerTimer(facts, SESSION),
  };
  switch (line.fact.what) {
    case "controlledShutdownGranted": {
      const asked = facts
        .lines("shuttingDown", fromMs, atMs)
        .filter(({ fact }) => fact.nodeId === line.fact.nodeId);
      return {
        atMs,
        what: `until the controller granted the shutdown of ${whom}`,
        evidence: [...asked.map(logged), ...proof],
      };
    }
    case "isrShrinks":
      return {
        atMs,
        what: `until the leader missed ${named(without(outage, line as Line<"isrShrinks">))}`,
        evidence: proof,
        timer: brokerTimer(facts, LAG),
      };
    case "registration":
      return line.fact.state === "fenced"
        ? fenced
        : { atMs, what: `until the controller granted the shutdown of ${whom}`, evidence: proof };
    case "fenced":
      return fenced;
  }
}

function shrinkIn(outage: Outage, fromMs: number, toMs: number): Line<"isrShrinks"> | undefined {
  const { facts, topic, partition } = outage;
  const targets = lostBrokers(outage);
  const isMissed = ({ fact }: Line<"isrShrinks">): boolean =>
    fact.from.some((node) => !fact.to.includes(node) && targets.includes(facts.brokerOf(node) ?? NOBODY));
  return facts
    .lines("isrShrinks", fromMs, toMs)
    .find((line) => line.fact.topic === topic && line.fact.partition === partition && isMissed(line));
}

function without({ facts }: Outage, { fact }: Line<"isrShrinks">): Broker[] {
  return fact.from.filter((node) => !fact.to.includes(node)).flatMap((node) => facts.brokerOf(node) ?? []);
}

function earliest<T extends { atMs: number }>(some: readonly (T | undefined)[]): T | undefined {
  return some.reduce(
    (best, one) => (one !== undefined && (best === undefined || one.atMs < best.atMs) ? one : best),
    undefined,
  );
}

const SESSION = "broker.session.timeout.ms";
const NOBODY = -1;
/** A view that comes later than this is of something else. */
const SOON_MS = 2000;
