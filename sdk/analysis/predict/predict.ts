// Predicts the effect of a fault on one client, derived from the sources of Kafka and its clients.
//
//   circumstances ─▶ quorum ─▶ detection ─▶ leader change ─▶ service ─▶ send, possibilities ─▶ words
//                    can a     who is       who leads,       when is    one send, and
//                    leader be fenced       with which ISR   the client the records
//                    elected                                 served
//
// If something is unknown (which node is the active controller) or a race, each branch is followed, and the
// branches are merged: windows cover all of them, odds are weighted.

import type { Prediction } from "../../model/prediction.ts";
import { allBranches } from "./branch.ts";
import type { Circumstances } from "./circumstances.ts";
import { claimsOf, sentenceOf } from "./claims.ts";
import { merge } from "./merge.ts";
import { rolled } from "./roll.ts";

/** Predicts what a fault does to one client. Pure: the same circumstances give the same prediction. */
export function predict(circumstances: Circumstances): Prediction {
  const { restarts } = circumstances.fault;
  const merged = restarts === undefined ? merge(allBranches(circumstances)) : rolled(circumstances, restarts);
  const claims = claimsOf(merged);
  return { ...merged, claims, sentence: sentenceOf(claims) };
}
