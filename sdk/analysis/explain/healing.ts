// What only the fault's end could end: until it was healed, and until the broker served again.

import { kindOf, nounOf } from "../../faults/mod.ts";
import type { ClusterEvent } from "../../model/history.ts";
import { healed, logged, named, attempted, viewed } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import type { Lasting, Line } from "./facts.ts";
import { holders, type Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";
import type { TimedAttempt } from "./attempts.ts";

/** The stretch up to the healing, with why nothing else could end it; none where the fault was not healed. */
export function untilHealed(outage: Outage, fault: Lasting, why = ""): Piece[] {
  const { heal } = fault;
  if (heal === undefined) return [];
  const healedAs = kindOf(heal.fault)?.healed ?? "healed";
  const what =
    healedAs === "healed"
      ? `until the ${nounOf(heal.fault, heal.noun)} of ${named(heal.targets)} was healed`
      : `until ${named(heal.targets)} ${heal.targets.length === 1 ? "was" : "were"} ${healedAs}`;
  return [
    {
      kind: "healing",
      toMs: heal.effectAtMs,
      what: `${what}${why}`,
      evidence: [healed(heal), ...helpless(outage, heal.effectAtMs)],
    },
  ];
}

/**
 * From the healing until the broker had come back: a controller first where there was none, then its own
 * start; by lines, by what the cluster said, or by the first answer to the client.
 */
export function untilBack(outage: Outage, { heal }: Lasting, toMs: number, reached?: TimedAttempt): Piece[] {
  if (heal === undefined) return [];
  const { facts } = outage;
  const fromMs = heal.effectAtMs;
  const untilMs = Math.min(toMs, reached?.atMs ?? Infinity);
  const targets = holders(outage, heal.targets);
  const nodes = targets.map((broker) => facts.nodeOf(broker));
  const active = controllerAgain(outage, fromMs, untilMs);
  // a broker that starts reads of its own past
  const isReturn = ({ fact, nodeId }: Line<"registration">): boolean =>
    fact.state === "unfenced" && nodes.includes(fact.nodeId) && !nodes.includes(nodeId);
  const unfenced = facts.lines("registration", Math.max(fromMs, active?.toMs ?? 0), untilMs).find(isReturn);
  const started = facts.lines("started", fromMs, untilMs).find(({ fact }) => nodes.includes(fact.nodeId));
  const isAlive = (one: ClusterEvent | undefined): boolean =>
    one !== undefined && targets.every((target) => one.alive.includes(target));
  // one that was never seen gone did not come back by being seen
  const view = facts.views.find(
    (one, i) =>
      one.atMs > fromMs && one.atMs <= untilMs + SOON_MS && isAlive(one) && !isAlive(facts.views[i - 1]),
  );
  const back = [unfenced, started].filter((one) => one !== undefined).sort((a, b) => a.atMs - b.atMs);
  const backMs = Math.min(back[0]?.atMs ?? Infinity, view?.atMs ?? Infinity, reached?.atMs ?? Infinity);
  const evidence: Evidence[] = [
    ...back.map(logged),
    ...(view === undefined ? [] : [viewed(view, `alive: ${named(view.alive)}`)]),
    ...(reached === undefined ? [] : [attempted(reached)]),
  ];
  const served: Piece = {
    kind: "healing",
    toMs: Math.min(backMs, untilMs),
    what: `until ${named(targets)} served again`,
    evidence,
  };
  return [...(active === undefined ? [] : [active]), ...(evidence.length === 0 ? [] : [served])];
}

function controllerAgain({ facts }: Outage, fromMs: number, toMs: number): Piece | undefined {
  const line = facts.lines("controllerActive", fromMs, toMs)[0];
  const wasLost = facts.views.findLast(({ atMs }) => atMs <= fromMs)?.controllerNodeId === null;
  const view = wasLost
    ? facts.views.find((one) => one.atMs > fromMs && one.atMs <= toMs && one.controllerNodeId !== null)
    : undefined;
  const atMs = line?.atMs ?? view?.atMs;
  const seen = view === undefined ? [] : [viewed(view, `active controller: node ${view.controllerNodeId}`)];
  return atMs === undefined
    ? undefined
    : {
        kind: "healing",
        toMs: atMs,
        what: "until there was a controller again",
        evidence: [...(line === undefined ? [] : [logged(line)]), ...seen],
      };
}

/** What the cluster said last before a moment: that nobody led, or that nobody could decide who should. */
function helpless({ facts, topic, partition, faults }: Outage, atMs: number): Evidence[] {
  const view = facts.views.findLast((one) => one.atMs <= atMs);
  if (view === undefined) return [];
  const state = view.partitions.find((one) => one.topic === topic && one.partition === partition);
  const isDead = state?.leader !== null && (faults[0]?.event.targets.includes(state?.leader ?? -1) ?? false);
  return [
    ...(view.controllerNodeId === null ? [viewed(view, "no active controller")] : []),
    ...(state?.leader === null
      ? [viewed(view, `${topic}-${partition} has no leader`)]
      : isDead
        ? [viewed(view, `leader of ${topic}-${partition}: still broker ${state?.leader}`)]
        : []),
  ];
}

/** The cluster is asked a few times a second: a view may come a little after what it shows. */
const SOON_MS = 500;
