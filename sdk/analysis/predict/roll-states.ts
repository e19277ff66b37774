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

/** A node's broker number; null where it is only a controller. */
export function brokerOf({ nodes }: Circumstances, id: NodeId): Broker | null {
  return nodes.find(({ nodeId }) => nodeId === id)?.broker ?? null;
}

/** The states in which a node's turn leaves the cluster to the next one. */
export function following(
  all: Circumstances,
  { wait }: Restarts,
  state: State,
  { id, moves }: { id: NodeId; moves: Odds },
): State[] {
  const broker = brokerOf(all, id);
  const isUp = (one: Broker): boolean =>
    all.nodes.some((node) => node.broker === one && !state.away.includes(node.nodeId));
  const kept = state.isr.filter((one) => one !== broker && isUp(one));
  const full = all.topic.state.replicas.filter((one) => all.nodes.some((node) => node.broker === one));
  const controller = state.controller === id ? null : state.controller;
  const shrunk = kept.length === 0 ? state.isr : kept;
  const variants: Pick<State, "isr" | "away">[] = [
    { isr: full, away: [] },
    ...(wait === "alive" ? [{ isr: shrunk, away: [] }] : []),
    ...(wait === "none" ? [{ isr: shrunk, away: [...state.away, id] }] : []),
  ];
  return variants.flatMap(({ isr, away }) =>
    leadersAfter(all, state, { broker, kept, moves, isAway: away.includes(id) }).map(({ leader, odds }) => ({
      leader,
      isr,
      away,
      controller,
      odds: (state.odds * odds) / variants.length,
    })),
  );
}

/** Who leads when a broker has gone, with the odds of each. */
function leadersAfter(
  { topic }: Circumstances,
  { leader }: State,
  turn: { broker: Broker | null; kept: readonly Broker[]; moves: Odds; isAway: boolean },
): { leader: Broker | null; odds: Odds }[] {
  const { broker, kept, moves, isAway } = turn;
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
