// In which states a restarted node may leave a partition and its cluster to the next one.

import type { Restarts } from "../../model/fault.ts";
import type { Broker, NodeId } from "../../model/history.ts";
import type { Odds } from "../../model/prediction.ts";
import type { Circumstances } from "./circumstances.ts";

/** The partition and the cluster before a node's turn. */
export interface State {
  readonly leader: Broker | null;
  readonly isr: readonly Broker[];
  /** Nodes that were started, and may not serve yet. */
  readonly away: readonly NodeId[];
  readonly controller: NodeId | null;
  readonly odds: Odds;
}

/** What says who may lead a partition after a turn. */
export type RolledTopic = Pick<Circumstances, "nodes" | "topic">;

/** A node's broker number; null where it is only a controller. */
export function brokerOf({ nodes }: Pick<Circumstances, "nodes">, id: NodeId): Broker | null {
  return nodes.find(({ nodeId }) => nodeId === id)?.broker ?? null;
}

/** The states in which a node's turn leaves the cluster to the next one. */
export function following(
  all: Circumstances,
  restarts: Restarts,
  state: State,
  { id, moves }: { id: NodeId; moves: Odds },
): State[] {
  const controller = state.controller === id ? null : state.controller;
  const variants = variantsAfter(all, restarts, state, id);
  return variants.flatMap(({ isr, away }) =>
    leadersAfter(all, state, { id, moves, isAway: away.includes(id) }).map(({ leader, odds }) => ({
      leader,
      isr,
      away,
      controller,
      odds: (state.odds * odds) / variants.length,
    })),
  );
}

/** Who may be in sync, and away, when the next node goes; each as probable as the others. */
export function variantsAfter(
  all: RolledTopic,
  { wait }: Restarts,
  state: Pick<State, "isr" | "away">,
  id: NodeId,
): Pick<State, "isr" | "away">[] {
  const kept = keptAfter(all, state, id);
  const full = all.topic.state.replicas.filter((one) => all.nodes.some((node) => node.broker === one));
  const shrunk = kept.length === 0 ? state.isr : kept;
  return [
    { isr: full, away: [] },
    ...(wait === "alive" ? [{ isr: shrunk, away: [] }] : []),
    ...(wait === "none" ? [{ isr: shrunk, away: [...state.away, id] }] : []),
  ];
}

/** Who is in sync without a node. */
function keptAfter(all: RolledTopic, { isr, away }: Pick<State, "isr" | "away">, id: NodeId): Broker[] {
  const broker = brokerOf(all, id);
  const isUp = (one: Broker): boolean =>
    all.nodes.some((node) => node.broker === one && !away.includes(node.nodeId));
  return isr.filter((one) => one !== broker && isUp(one));
}

/** Who leads when a node has gone, with the odds of each. */
export function leadersAfter(
  all: RolledTopic,
  state: Pick<State, "leader" | "isr" | "away">,
  { id, moves, isAway }: { id: NodeId; moves: Odds; isAway: boolean },
): { leader: Broker | null; odds: Odds }[] {
  const { topic } = all;
  const { leader } = state;
  const broker = brokerOf(all, id);
  const kept = keptAfter(all, state, id);
  if (broker === null || leader !== broker) return [{ leader, odds: 1 }];
  const { preferred } = topic.state;
  const heirs = kept.filter(
    (one) => preferred === undefined || !kept.includes(preferred) || one === preferred,
  );
  const same = { leader: isAway ? null : broker, odds: heirs.length === 0 ? 1 : 1 - moves };
  return [...heirs.map((one) => ({ leader: one, odds: moves / heirs.length })), same].filter(
    ({ odds }) => odds > 0,
  );
}

/** States that are the same are one, with their odds added. */
export function distinctStates(states: readonly State[]): State[] {
  const found = new Map<string, State>();
  for (const { odds, ...state } of states) {
    const key = JSON.stringify(state);
    found.set(key, { ...state, odds: odds + (found.get(key)?.odds ?? 0) });
  }
  return [...found.values()];
}
