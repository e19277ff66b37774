// Brokers that are restarted one after the other: a stop or a kill of each, from the state in which the ones
// before it leave the cluster.
//
//   wait      the next one goes                              the ISR by then
//   ────────────────────────────────────────────────────────────────────────────────────────────────
//   full isr  when every partition has its full ISR          full: every gap is that of a single stop
//   alive     when the broker is registered and not fenced   full, or without the one before
//   none      when its process was started                   full, or the ones before are still away
//
// Leaders do not come back by themselves (auto.leader.rebalance runs every 300 s): a broker that stops hands
// over to the preferred replica if that is in sync, otherwise to any that is (PartitionChangeBuilder.
// electAnyLeader takes them as they were assigned, and only the first of those is known).
//
// Where a single stop would leave the client unserved, it is served when the broker is back, which a broker
// has initial.broker.registration.timeout.ms for. Nothing tells how long a process takes to start, so with
// `none` there is no window.

import type { ResolvedFault, Restarts } from "../../model/fault.ts";
import type { Broker, NodeId } from "../../model/history.ts";
import { controllersField } from "../../model/member.ts";
import type { Odds, PredictedPart, Prediction, ReasonCode, Span, Timer } from "../../model/prediction.ts";
import { allBranches, type PredictionBranch } from "./branch.ts";
import type { Circumstances } from "./circumstances.ts";
import { type Merged, merge, rounded } from "./merge.ts";
import { either } from "./possibilities.ts";
import { brokerOf, distinctStates, following, type State } from "./roll-states.ts";
import { sendOf } from "./send.ts";
import { neededIsr, type Situation, situationOf } from "./situation.ts";
import { anyOf, latest, NOW, span } from "./span.ts";
import { distinct } from "./timers.ts";

/** One turn, in whatever state it comes. */
interface Turn {
  readonly merged: Merged;
  /** Whether the ISR may be smaller than a write needs. */
  readonly isBelow: boolean;
  /** The circumstances in one of the states. */
  readonly first: Circumstances;
}

/** No JVM serves as a broker so soon after its process was started. */
const BOOT_MS = 500;
/** What a client needs to learn that a broker is back, and a follower to be in sync. */
const BACK_MS = 10_000;

/** Predicts a rolling restart. @throws RangeError where none of its nodes is known */
export function rolled(all: Circumstances, restarts: Restarts): Merged {
  const order = orderOf(all, all.fault);
  const { leader, isr } = all.topic.state;
  let states: readonly State[] = [{ leader, isr, away: [], controller: all.controller, odds: 1 }];
  const turns = order.map((id, number): Turn => {
    const on = states.map((state) => {
      const circumstances = inTurn(all, restarts, state, { id, number });
      return { state, circumstances, branches: allBranches(circumstances) };
    });
    states = distinctStates(
      on.flatMap(({ state, branches }) => following(all, restarts, state, { id, moves: movesIn(branches) })),
    );
    return {
      merged: merge(
        on.flatMap(({ state, branches }) => branches.map((one) => ({ ...one, odds: one.odds * state.odds }))),
      ),
      isBelow: on.some(({ circumstances }) => isBelowMinIsr(circumstances)),
      first: on[0]!.circumstances,
    };
  });
  return whole(all, restarts, turns);
}

/** Its nodes in turn. @throws RangeError where none of them is known */
export function orderOf({ nodes }: Pick<Circumstances, "nodes">, fault: ResolvedFault): readonly NodeId[] {
  const order = [
    ...fault.targets.flatMap((broker) => nodes.find((node) => node.broker === broker)?.nodeId ?? []),
    ...(fault.controllers ?? []),
  ];
  if (order.length === 0) throw new RangeError("Cannot predict a rolling restart: none of its nodes runs");
  return order;
}

/** The stop or the kill of one of them. */
export function turnOf(
  { restarts: _, controllers: __, ...fault }: ResolvedFault,
  how: Restarts["how"],
  { id, broker }: { id: NodeId; broker: Broker | null },
): ResolvedFault {
  return {
    ...fault,
    kind: how,
    process: how === "stop" ? "shutdown" : "death",
    targets: broker === null ? [] : [broker],
    ...(broker === null && { controllers: [id] }),
  };
}

function movesIn(branches: readonly PredictionBranch[]): Odds {
  return branches.reduce((sum, { odds, prediction }) => sum + odds * prediction.failsOver, 0);
}

/** The circumstances of one node's stop or kill. */
function inTurn(
  all: Circumstances,
  { how }: Restarts,
  { leader, isr, away, controller }: State,
  { id, number }: { id: NodeId; number: number },
): Circumstances {
  const broker = brokerOf(all, id);
  return {
    ...all,
    nodes: all.nodes.filter(({ nodeId }) => nodeId === id || !away.includes(nodeId)),
    controller,
    topic: { ...all.topic, state: { ...all.topic.state, leader, isr } },
    // who was cold has bootstrapped by then
    client: { ...all.client, isWarm: all.client.isWarm || number > 0 },
    fault: turnOf(all.fault, how, { id, broker }),
  };
}

/** Whether an ISR that loses this broker, or has lost its leader, is smaller than a write needs. */
function isBelowMinIsr({ topic, fault, kafka }: Circumstances): boolean {
  const kept = topic.state.isr.filter((broker) => !fault.targets.includes(broker));
  return kept.length < neededIsr({ topic, kafka });
}

/** The turns one after the other. */
function whole(all: Circumstances, restarts: Restarts, turns: readonly Turn[]): Merged {
  const [first] = turns as [Turn, ...Turn[]];
  const isHasty = restarts.wait === "none";
  const back = restartOf(first.first);
  const ends = turns.map(({ merged }) => endOf(merged, all.client.acks === 0 ? null : back));
  const longest = ends.reduce((a, b) => (b.gap.toMs > a.gap.toMs ? b : a));
  const { visible: _, roundTrips: __, controller: ___, ...common } = first.merged;
  const isServed = all.client.acks !== 0;
  const reasons = [...new Set(ends.flatMap((one) => one.reasons))];
  return {
    ...common,
    fault: all.fault.kind,
    targets: all.fault.targets,
    ...controllersField(all.fault),
    failsOver: rounded(1 - turns.reduce((none, turn) => none * (1 - movedIn(turn, restarts)), 1)),
    served: !isServed ? 0 : turns.every((turn) => isServedIn(turn, restarts)) ? 1 : EITHER,
    gap: isServed && !isHasty ? latest(...ends.map(({ gap }) => gap)) : null,
    parts: isServed && !isHasty ? longest.parts : [],
    timers: isHasty ? [] : longest.timers,
    send: first.merged.served === 1 || !isServed ? first.merged.send : sendUntil(first.first, back.span),
    lost: turns.map(({ merged }) => merged.lost).reduce(either),
    duplicates: turns.map(({ merged }) => merged.duplicates).reduce(either),
    unknown: turns.map(({ merged }) => merged.unknown).reduce(either),
    belowMinIsr: { is: turns.some(({ isBelow }) => isBelow) ? "possible" : "no", min: neededIsr(all) },
    why: longest.why,
    reasons,
  };
}

/** Nothing says which of the two comes. */
export const EITHER: Odds = 0.5;

/**
 * Whether the leader moves before the restart is over. Who waits for nothing has killed all before one of
 * them is fenced.
 */
function movedIn({ merged }: Turn, { wait, how }: Restarts): Odds {
  return wait === "none" && how === "kill" && merged.failsOver > 0 ? EITHER : merged.failsOver;
}

/**
 * Whether the client is surely served before the restart is over: where nothing is waited for, it is over
 * when the last one boots.
 */
function isServedIn({ merged: { served, gap } }: Turn, { wait, how }: Restarts): boolean {
  if (wait !== "none") return true;
  return served === 1 && (how === "stop" || gap === null || gap.fromMs === 0);
}

interface Back {
  readonly span: Span;
  readonly part: PredictedPart;
}

function restartOf(circumstances: Circumstances): Back {
  const { tookMs, timer } = backAfter(situationOf(circumstances));
  const what = "until the broker is back, and the replicas that a send needs are in sync";
  return { span: tookMs, part: { kind: "healing", tookMs, timers: [timer], what } };
}

/** How long until a broker is back and in sync: it has its registration timeout for that. */
export function backAfter(situation: Pick<Situation, "timer" | "work">): { tookMs: Span; timer: Timer } {
  const timer = situation.timer("initial.broker.registration.timeout.ms");
  return { tookMs: span(BOOT_MS, timer.ms + situation.work(BACK_MS)), timer };
}

type End = Pick<Merged, "parts" | "timers" | "why"> & {
  gap: Span;
  reasons: readonly ReasonCode[];
};

/** When the client is served again in one turn: by another broker, or when this one is back. */
function endOf({ served, gap, parts, timers, why, reasons = [] }: Merged, back: Back | null): End {
  if (served === 1 || back === null) return { gap: gap ?? NOW, parts, timers, why, reasons };
  return {
    gap: gap === null ? back.span : anyOf(gap, back.span),
    parts: [...parts, back.part],
    timers: distinct([...timers, ...back.part.timers]),
    why: `${why} ${COMES_BACK}`,
    reasons: [...reasons, "comes back"],
  };
}

const COMES_BACK = "A broker that is started again serves, or follows, when it is back.";

/** A send that begins with the first turn, where only the return of the broker lets it be acknowledged. */
function sendUntil(circumstances: Circumstances, ready: Span): Prediction["send"] {
  const own = { own: [], unavailable: null, trips: null };
  return sendOf(situationOf(circumstances), { served: 1, gap: ready, ready, ...own });
}
