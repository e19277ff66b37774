// How the cluster detected that its active controller is gone, and came by another one.
//
//   the voters' fetches time out ─▶ candidates ─▶ rounds of votes ─▶ a controller is active

import { logged, timed, viewed } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import type { Outage } from "./outage.ts";
import { brokerTimer, EARLY_MS, lastsAsLong } from "./timers.ts";

/** Another active controller than before. */
export interface NewController {
  readonly atMs: number;
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

/** A new active controller, after a fetch timeout and a round for each election without a winner. */
export function newControllerIn(
  { facts, controller }: Outage,
  fromMs: number,
  toMs: number,
): NewController | undefined {
  const line = facts.lines("controllerActive", fromMs, toMs).find(({ fact }) => fact.nodeId !== controller);
  const view = facts.views.find(
    (one) =>
      one.atMs > fromMs &&
      one.atMs <= toMs &&
      one.controllerNodeId !== null &&
      one.controllerNodeId !== controller,
  );
  const atMs = line?.atMs ?? (controller === null ? undefined : view?.atMs);
  if (atMs === undefined) return undefined;
  const candidacies = facts.lines("becameCandidate", fromMs, atMs);
  const rounds = new Set(
    facts
      .lines("quorumLeader", fromMs, atMs)
      .flatMap(({ fact }) => (fact.nodeId === null ? [fact.epoch] : [])),
  ).size;
  const votes = [
    "controller.quorum.election.timeout.ms",
    "controller.quorum.election.backoff.max.ms",
  ] as const;
  const fetch = brokerTimer(facts, "controller.quorum.fetch.timeout.ms");
  // a controller that shuts down resigns: then no voter waited for this timer
  const waitedMs = candidacies[0] === undefined ? undefined : candidacies[0].atMs - fromMs;
  const evidence = [
    ...candidacies.slice(0, MOST_LINES).map(logged),
    ...(fetch === undefined || (waitedMs === undefined && atMs - fromMs < fetch.ms - FETCH_WAIT_MS - EARLY_MS)
      ? []
      : [timed(fetch, waitedMs === undefined || lastsAsLong(waitedMs, fetch, FETCH_WAIT_MS))]),
    ...(rounds > 1 ? votes : [])
      .flatMap((name) => brokerTimer(facts, name) ?? [])
      .map((timer) => timed(timer)),
    ...(view === undefined ? [] : [viewed(view, `active controller: node ${view.controllerNodeId}`)]),
    ...(line === undefined ? [] : [logged(line)]),
  ];
  return {
    atMs,
    what: `until another controller was active${rounds > 1 ? ` (${rounds} rounds of votes)` : ""}`,
    evidence,
  };
}

/** A voter's fetch waits as long for something new, and its timeout counts from the last answer. */
const FETCH_WAIT_MS = 500;
const MOST_LINES = 4;
