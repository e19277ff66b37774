// Leaders that were elected because the lab asked for it, and those that were elected although they were not
// in sync.
//
//   detection │ until the election was asked for │ unclean election of broker 3

import type { ElectedPartition, ElectionEvent } from "../../model/election.ts";
import { logged, named } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import type { Line } from "./facts.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";
import type { Served } from "./served.ts";

/** The pieces up to a new leader, with the wait for the request that made it the leader. */
export function withRequest(outage: Outage, served: Served, pieces: readonly Piece[]): readonly Piece[] {
  const last = pieces.at(-1);
  if (served.how !== "leader" || last === undefined || last.toMs < served.atMs) return pieces;
  const asked = requestIn(outage, served);
  const unclean = uncleanIn(outage, served);
  if (asked === undefined && unclean === undefined) return pieces;
  const [leader, kind] = [named([served.leader!]), unclean === undefined ? "preferred" : "unclean"];
  const evidence: Evidence[] = [...last.evidence, ...(unclean === undefined ? [] : [logged(unclean)])];
  const election: Piece = {
    kind: "election",
    toMs: served.atMs,
    what: `${kind} election of ${leader}`,
    evidence,
  };
  if (asked === undefined) return [...pieces.slice(0, -1), election];
  const wait: Piece = {
    kind: "election",
    toMs: asked.atMs,
    what: `until the ${asked.election} election was asked for`,
    evidence: [requested(asked)],
  };
  return [...pieces.slice(0, -1), wait, { ...election, evidence: [...evidence, requested(asked)] }];
}

/** The request that the new leader comes from. */
function requestIn({ facts, topic, partition, fromMs }: Outage, served: Served): ElectionEvent | undefined {
  const made = (one: ElectedPartition): boolean =>
    one.topic === topic &&
    one.partition === partition &&
    one.result === "elected" &&
    one.after === served.leader;
  // the controller's decision comes after the request, whose event ends when it was seen
  return facts.elections.findLast(
    ({ atMs, tookMs, partitions }) =>
      atMs <= served.atMs + ROUNDED_MS && atMs + tookMs >= fromMs && partitions.some(made),
  );
}

/** The controller's line; one that starts again reads its own past, so the first of an epoch counts. */
function uncleanIn(
  { facts, topic, partition, fromMs, toMs }: Outage,
  { leader }: Served,
): Line<"uncleanElection"> | undefined {
  return facts
    .lines("uncleanElection", fromMs, toMs)
    .find(
      ({ fact }) =>
        fact.topic === topic && fact.partition === partition && facts.brokerOf(fact.leaderNodeId) === leader,
    );
}

function requested({ atMs, election, asked }: ElectionEvent): Evidence {
  return { kind: "event", atMs, source: "lab", text: `${election} leaders of ${asked} were asked for` };
}

/** Stamps are whole milliseconds. */
const ROUNDED_MS = 1;
