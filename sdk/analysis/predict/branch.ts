// One course of events: a controller that is known, from the fault to the client.

import { processOf } from "../../faults/mod.ts";
import type { NodeId } from "../../model/history.ts";
import { controllersField } from "../../model/member.ts";
import type { Circumstances } from "./circumstances.ts";
import { isByRequest } from "./by-request.ts";
import { whileItLasts } from "./lasting.ts";
import { possibilities } from "./possibilities.ts";
import { visibleOf } from "./visible.ts";
import type { Odds, PredictedPart, Prediction, Timer } from "../../model/prediction.ts";
import { type Quorum, quorums } from "./quorum.ts";
import { sendOf } from "./send.ts";
import type { Service } from "./served.ts";
import { serviceOf, settling } from "./service.ts";
import { notDerived } from "./settings.ts";
import { type Situation, situationOf } from "./situation.ts";
import { NOW, span } from "./span.ts";
import { type LeaderChange, leaderChanges } from "./leader-change.ts";
import { distinct } from "./timers.ts";
import { type Reason, reasonsOf } from "./words.ts";

/** A prediction for one course, and how probable the course is. */
export interface PredictionBranch {
  readonly odds: Odds;
  readonly prediction: BranchPrediction;
}

/** What a branch says; its words are made when all branches are known. */
export type BranchPrediction = Omit<Prediction, "sentence" | "claims" | "why" | "reasons"> & {
  readonly reasons: readonly Reason[];
};

/** Every course that events may take; where the active controller is not known, with each that it may be. */
export function allBranches(circumstances: Circumstances): PredictionBranch[] {
  const controllers: readonly (NodeId | null)[] =
    circumstances.controller !== null || circumstances.voters.length === 0
      ? [circumstances.controller]
      : circumstances.voters;
  return controllers.flatMap((controller) =>
    predictionBranches(circumstances, controller).map((branch) => ({
      ...branch,
      odds: branch.odds / controllers.length,
    })),
  );
}

/** Every course that events may take with a controller. */
function predictionBranches(circumstances: Circumstances, controller: NodeId | null): PredictionBranch[] {
  const situation = situationOf({ ...circumstances, controller });
  return quorums(situation).flatMap(({ odds: share, quorum }) =>
    leaderChanges(situation, quorum).map(({ odds, leaderChange }) => ({
      odds: share * odds,
      prediction: predictBranch(situation, quorum, leaderChange),
    })),
  );
}

function predictBranch(situation: Situation, quorum: Quorum, leaderChange: LeaderChange): BranchPrediction {
  const service = serviceOf(situation, leaderChange);
  const send = sendOf(situation, service);
  const parts = partsOf(situation, quorum, leaderChange, service);
  const prediction = {
    fault: situation.fault.kind,
    targets: situation.fault.targets,
    ...controllersField(situation.fault),
    ...(situation.fault.resources && { resources: situation.fault.resources }),
    ...(situation.fault.lastsMs === undefined ? {} : { lastsMs: situation.fault.lastsMs }),
    controller: controllerOf(quorum),
    failsOver: leaderChange.moves > 0 ? 1 : 0,
    served: Math.round(service.served * 1000) / 1000,
    gap: service.gap,
    parts,
    timers: decisive(leaderChange, service, parts),
    send,
    ...(service.trips === null ? {} : { roundTrips: service.trips.trips }),
    ...possibilities(situation, leaderChange, service, send),
    ...visibleOf(situation, leaderChange, service),
    ...notDerivedField(situation),
    ...((situation.slower ?? 1) === 1 ? {} : { slower: situation.slower! }),
    reasons: reasonsOf(situation, quorum, leaderChange, service),
  } satisfies BranchPrediction;
  return whileItLasts<BranchPrediction>(prediction, leaderChange.movedAt, situation.fault.lastsMs);
}

function notDerivedField(situation: Situation): Pick<Prediction, "notDerived"> {
  const names = notDerived(situation);
  return names.length === 0 ? {} : { notDerived: names };
}

function controllerOf({ outcome, activeAt }: Quorum): NonNullable<Prediction["controller"]> {
  return {
    moves: outcome === "another" ? 1 : 0,
    lost: outcome === "lost" ? 1 : 0,
    activeAt: outcome === "another" ? activeAt : null,
  };
}

/** Of a time that a client adds, only what is as long as what the cluster needs decides. */
function decisive(
  leaderChange: LeaderChange,
  service: Service,
  parts: readonly PredictedPart[],
): readonly Timer[] {
  const longest = Math.max(0, ...parts.map(({ tookMs }) => tookMs.toMs));
  const own = service.own
    .filter(({ kind, tookMs }) => kind === "request" || tookMs.toMs * 2 >= longest)
    .flatMap(({ timers }) => timers);
  const settled = parts
    .filter(({ kind, tookMs }) => kind === "election" && tookMs.toMs * 2 >= longest)
    .flatMap(({ timers }) => timers);
  const missedLimits = (service.trips?.trips ?? []).flatMap(({ limit, holds }) =>
    limit !== null && holds < 1 ? [limit] : [],
  );
  return distinct([
    ...leaderChange.timers,
    ...missedLimits,
    ...settled,
    ...(service.gap === null || service.gap.fromMs > 0 || leaderChange.moves > 0 ? own : []),
  ]);
}

function partsOf(
  situation: Situation,
  quorum: Quorum,
  leaderChange: LeaderChange,
  service: Service,
): PredictedPart[] {
  if (service.gap === null) return [];
  const parts: PredictedPart[] = [];
  const ready = (situation.client.acks === -1 ? leaderChange.readyAll : leaderChange.readyOne) ?? NOW;
  const another =
    quorum.outcome === "another" && processOf(situation.fault) !== "shutdown" ? quorum.activeAt : NOW;
  if (leaderChange.moves > 0 && another.toMs > 0)
    parts.push({
      kind: "detection",
      tookMs: another,
      timers: quorum.timers,
      what: "until another controller is active",
    });
  if (ready.toMs > 0 && !isByRequest(situation)) {
    const rest = span(Math.max(0, ready.fromMs - another.fromMs), Math.max(0, ready.toMs - another.toMs));
    const timers = leaderChange.timers.filter((timer) => !parts.some((part) => part.timers.includes(timer)));
    parts.push({
      kind: "detection",
      tookMs: leaderChange.moves > 0 ? rest : ready,
      timers,
      what:
        leaderChange.moves > 0
          ? `until the controller fences broker ${situation.topic.state.leader}`
          : "until the replicas that do not fetch leave the ISR",
    });
  }
  if (ready.toMs > 0 && isByRequest(situation))
    parts.push({
      kind: "election",
      tookMs: ready,
      timers: leaderChange.timers,
      what: "until a replica that is alive is elected, and enough of the others follow it",
    });
  const settled = settling(situation, leaderChange);
  if (settled.tookMs.toMs > 0)
    parts.push({
      kind: "election",
      tookMs: settled.tookMs,
      timers: settled.timers,
      what: "until the new leader and its followers learn of the election",
    });
  return [...parts, ...service.own];
}
