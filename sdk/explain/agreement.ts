// Whether what was predicted came: each prediction of a history beside what was measured of the fault that followed it.

import { readable } from "../duration.ts";
import type { FaultEvent, History, PredictionEvent, SendEvent } from "../history.ts";
import { check, counted, mergeVerdicts, outage, type Verdict, windows } from "../judge/mod.ts";
import type { Prediction } from "../predict/prediction.ts";

/** What came of a fault for one client, in the terms of a prediction. */
export interface Came {
  /** Whether another broker became the leader while the fault lasted. */
  failedOver: boolean;
  /** The longest time without an acknowledged send while the fault lasted; null where none was acknowledged any more. */
  gapMs: number | null;
  /** How long the fault lasted, or until the next one. */
  lastedMs: number;
  /** Whether another fault struck while it lasted: then it may be that one's doing what is lost or doubled, so that is not held against the prediction. */
  isCut: boolean;
  /** Of the client's sends that were under way while it lasted. */
  lost: number;
  duplicates: number;
  unknown: number;
}

/** One prediction and what came. */
export interface Agreement {
  client: string;
  prediction: Prediction;
  /** The fault's id; null where it was not injected after the prediction. */
  fault: string | null;
  /** Null where the fault was not injected, or the client did not send while it lasted. */
  came: Came | null;
  /** Unknown where nothing was measured, or the fault did not last as long as was predicted. */
  verdict: Verdict;
  /** In what they disagree, a sentence each. */
  disagreements: readonly string[];
}

/** A load sends at a rate: so much a gap may be longer or shorter than what caused it. */
const SPACING_MS = 50;

/** Compares every prediction of a history with the fault of its kind and targets that came next. */
export function agreements(history: History): readonly Agreement[] {
  return history.filter((event): event is PredictionEvent => event.kind === "prediction").map((event) => agreementOn(history, event));
}

/** What the predictions of a run are worth for its verdict: false where one did not come; what was not measured is no disagreement. */
export function agreementVerdict(agreements: readonly Agreement[]): Verdict {
  return agreements.every(({ verdict }) => verdict !== false);
}

function agreementOn(history: History, { atMs, client, topic, prediction }: PredictionEvent): Agreement {
  const fault = history.find((event): event is FaultEvent => event.kind === "fault" && event.atMs >= atMs && event.fault === prediction.fault && String(event.targets) === String(prediction.targets));
  const came = fault === undefined ? null : cameOf(history, fault, { client, topic });
  const common = { client, prediction, fault: fault?.id ?? null, came };
  if (came === null) return { ...common, verdict: "unknown", disagreements: [] };
  const found = [movedOn(prediction, came), servedOn(prediction, came), ...countsOn(prediction, came)];
  return { ...common, verdict: mergeVerdicts(found.map(({ verdict }) => verdict)), disagreements: found.flatMap(({ text }) => text ?? []) };
}

/** Measures one fault for one client; null where the client did not send while it lasted. */
export function cameOf(history: History, fault: FaultEvent, { client, topic }: { client: string; topic: string }): Came | null {
  const { faults } = windows(history);
  const whole = faults.find(({ id }) => id === fault.id)!;
  // with the next fault things are not any more as they were when the prediction was made
  const window = { ...whole, toMs: Math.min(whole.toMs, ...faults.filter(({ id, fromMs }) => id !== fault.id && fromMs > whole.fromMs).map(({ fromMs }) => fromMs)) };
  const measured = outage(history, { id: fault.id, topic, untilMs: window.toMs });
  const gapMs = measured.clients[client];
  if (gapMs === undefined) return null;
  const isConcerned = (send: SendEvent): boolean => send.client === client && send.topic === topic && send.atMs <= window.toMs && send.atMs + send.tookMs >= window.fromMs;
  const { counts } = check(history.filter((event) => event.kind !== "send" || isConcerned(event)), { topic, checks: ["survive"] });
  return {
    failedOver: measured.leader.after !== null && measured.leader.before !== null && measured.leader.after !== measured.leader.before,
    gapMs,
    lastedMs: window.toMs - window.fromMs,
    isCut: window.toMs < whole.toMs,
    lost: counts.lost,
    duplicates: counts.duplicates,
    unknown: counts.unknown,
  };
}

interface Found {
  verdict: Verdict;
  text?: string;
}

function movedOn({ failsOver, gap }: Prediction, { failedOver, lastedMs }: Came): Found {
  if (failsOver > 0 && failsOver < 1) return { verdict: true };
  if (failedOver === (failsOver === 1)) return { verdict: true };
  if (!failedOver && gap !== null && lastedMs < gap.toMs) return { verdict: "unknown" };
  return { verdict: false, text: failedOver ? "another broker led, which was not predicted" : "no other broker led, though it was predicted" };
}

function servedOn({ served, gap }: Prediction, { gapMs, lastedMs }: Came): Found {
  if (gapMs === null) {
    if (served < 1) return { verdict: true };
    return gap !== null && lastedMs < gap.toMs ? { verdict: "unknown" } : { verdict: false, text: `no send was acknowledged for ${readable(lastedMs)}, though it was predicted` };
  }
  if (served === 0) return { verdict: false, text: `sends were acknowledged again after ${readable(gapMs)}, which was not predicted` };
  if (gap === null || (gapMs >= gap.fromMs - SPACING_MS && gapMs <= gap.toMs + SPACING_MS)) return { verdict: true };
  return { verdict: false, text: `${readable(gapMs)} without an acknowledged send is ${gapMs < gap.fromMs ? "less" : "more"} than predicted` };
}

function countsOn(prediction: Prediction, came: Came): Found[] {
  return ([["lost", "lost"], ["duplicates", "duplicate"], ["unknown", "with unknown outcome"]] as const).map(([name, word]) => {
    if (prediction[name] === "possible" || came[name] === 0 || came.isCut) return { verdict: true };
    return { verdict: false, text: `${name === "duplicates" ? counted(came[name], word) : `${counted(came[name])} ${word}`}, though none was predicted` };
  });
}
