// Whether what was predicted came: each prediction of a history beside what was measured of the fault that
// followed it.

import { readable } from "../../model/duration.ts";
import type { FaultEvent, History, PredictionEvent, SendEvent } from "../../model/history.ts";
import { counted, type Verdict } from "../check/mod.ts";
import type { Prediction } from "../../model/prediction.ts";
import { type MeasuredOutcome, measuredOutcome, partitionOfSend } from "./measured-outcome.ts";
import { injectedAfter, isDeleted, isOnlyFault } from "./injected.ts";
import { controllerOn } from "./controller-check.ts";
import { concluded, type Found, weigh } from "./machine-doubt.ts";
import { ofDerived } from "./underived.ts";

/** One prediction and what came. */
export interface PredictionCheck {
  client: string;
  topic: string;
  /** The partition that the prediction is for. */
  partition: number;
  /** Whether the topic has no other partition. */
  isOnlyPartition: boolean;
  prediction: Prediction;
  /** The fault's id; null where it was not injected after the prediction. */
  fault: string | null;
  /** Null where the fault was not injected, or the client did not send to the partition while it lasted. */
  measured: MeasuredOutcome | null;
  /**
   * Unknown where nothing was measured, the fault did not last long enough, or it disagrees where the cluster
   * was not as it was when it was predicted.
   */
  verdict: Verdict;
  /** In what they disagree, a sentence each; with the figure where the machine could have made it. */
  disagreements: readonly string[];
  /**
   * What the machine kept from lab and brokers, where only that makes the verdict unknown:
   * `brokers waited 1.3 s of 2.2 s for a processor`.
   */
  busy?: string;
}

/** A load sends at a rate: so much a gap may be longer or shorter than what caused it. */
const SPACING_MS = 50;
/** What a busy cluster needs beside its timers. */
const TIMES = 1.5;

/** Compares every prediction of a history with the fault of its kind and targets that came next. */
export function predictionChecks(history: History): readonly PredictionCheck[] {
  return history
    .filter((event): event is PredictionEvent => event.kind === "prediction")
    .map((event) => checkOf(history, event));
}

/**
 * What the predictions of a run are worth for its verdict: false where one did not come, unknown where the
 * machine could have made that; what was not measured is no disagreement.
 */
export function predictionVerdict(checks: readonly Pick<PredictionCheck, "verdict" | "busy">[]): Verdict {
  if (checks.some(({ verdict }) => verdict === false)) return false;
  return checks.some(({ busy }) => busy !== undefined) ? "unknown" : true;
}

function checkOf(history: History, event: PredictionEvent): PredictionCheck {
  const { client, topic, partition = 0, prediction, lastsMs } = event;
  const fault = injectedAfter(history, event);
  const measured =
    fault === undefined ? null : measuredOutcome(history, fault, { client, topic, partition, lastsMs });
  const isOnlyPartition = isAlone(history, topic, partition);
  const common = {
    client,
    topic,
    partition,
    isOnlyPartition,
    prediction,
    fault: fault?.id ?? null,
    measured,
  };
  if (fault === undefined || measured === null) return { ...common, verdict: "unknown", disagreements: [] };
  const isWatched = history.some(({ kind }) => kind === "cluster");
  const found = [
    controllerOn(prediction, measured.controller, measured.lastedMs),
    movedOn(prediction, measured, isWatched),
    servedOn(prediction, measured),
    isrOn(prediction, measured),
    ...(isOnlyPartition || isKnown(history, client, topic) ? countsOn(prediction, measured) : []),
  ];
  const isIdempotent = settingsOf(history, client)?.["idempotent"] === true;
  const weighed = ofDerived(
    prediction,
    found.map((one) => weigh(one, measured, { isIdempotent })),
  );
  return { ...common, ...concluded(weighed, () => isAsPredicted(history, event, fault)) };
}

/** Whether nothing else happened to the cluster: another fault, or a topic that somebody deleted. */
function isAsPredicted(history: History, event: PredictionEvent, fault: FaultEvent): boolean {
  return !isDeleted(history, event.topic) && isOnlyFault(history, event, fault);
}

/** Whether a topic has no other partition. */
function isAlone(history: History, topic: string, partition: number): boolean {
  return !history.some((event) => {
    if (event.kind !== "cluster" && event.kind !== "readback") return false;
    const seen: readonly { topic?: string; partition: number }[] = event.partitions;
    return seen.some(
      (one) =>
        one.partition !== partition &&
        (one.topic ?? (event.kind === "readback" ? event.topic : undefined)) === topic,
    );
  });
}

/**
 * Whether the partition of each of a client's sends is known: else nobody can tell of which one a record is
 * whose send was not acknowledged.
 */
function isKnown(history: History, client: string, topic: string): boolean {
  return history
    .filter((event): event is SendEvent => event.kind === "send")
    .every(
      (event) => event.client !== client || event.topic !== topic || partitionOfSend(event) !== undefined,
    );
}

function settingsOf(history: History, client: string): Readonly<Record<string, unknown>> | undefined {
  return history.filter((event) => event.kind === "client").findLast((event) => event.client === client)
    ?.settings;
}

function movedOn(
  { failsOver, gap, timers }: Prediction,
  { failedOver, lastedMs }: MeasuredOutcome,
  isWatched: boolean,
): Found {
  if (failsOver > 0 && failsOver < 1) return { verdict: true };
  if (failedOver === (failsOver === 1)) return { verdict: true };
  // of a client that is never served nothing tells when the leader moves but the timers that it takes
  const needsMs =
    gap?.toMs ?? TIMES * timers.reduce((sum, { owner, ms }) => sum + (owner === "client" ? 0 : ms), 0);
  if (!failedOver && (!isWatched || lastedMs < needsMs)) return { verdict: "unknown" };
  return failedOver
    ? { verdict: false, doubt: "moved", text: "another broker led, which was not predicted" }
    : {
        verdict: false,
        doubt: "more",
        byMs: lastedMs - needsMs,
        text: "no other broker led, though it was predicted",
      };
}

function servedOn(
  { served, gap, failsOver }: Prediction,
  { gapMs, countedFromMs, usualMs, lastedMs, failedOver }: MeasuredOutcome,
): Found {
  // a machine that is so busy that its clients wait without a fault makes them wait longer with one
  const slackMs = Math.max(SPACING_MS, 2 * usualMs);
  if (gapMs === null) {
    if (served < 1) return { verdict: true };
    return gap !== null && lastedMs < gap.toMs
      ? { verdict: "unknown" }
      : {
          verdict: false,
          doubt: "more",
          byMs: gap === null ? 0 : lastedMs - gap.toMs,
          text: `no send was acknowledged for ${readable(lastedMs)}, though it was predicted`,
        };
  }
  if (served === 0)
    return {
      verdict: false,
      // by another leader that nobody expected: what has made it lead has made it acknowledge
      ...(failedOver && failsOver === 0 && { doubt: "moved" as const }),
      text: `sends were acknowledged again after ${readable(gapMs)}, which was not predicted`,
    };
  const isLess = gap !== null && gapMs + countedFromMs < gap.fromMs - SPACING_MS;
  // an answer that loses the race against its timeout is tried again, and may win then
  const isMore = gap !== null && served === 1 && gapMs > gap.toMs + slackMs;
  if (!isLess && !isMore) return { verdict: true };
  return {
    verdict: false,
    doubt: isLess ? "less" : "more",
    byMs: isLess ? gap.fromMs - gapMs - countedFromMs : gapMs - (gap?.toMs ?? 0) - slackMs,
    text: `${readable(gapMs)} without an acknowledged send is ${isLess ? "less" : "more"} than predicted`,
  };
}

function isrOn({ belowMinIsr }: Prediction, { smallestIsr }: MeasuredOutcome): Found {
  if (belowMinIsr === undefined || belowMinIsr.is === "possible") return { verdict: true };
  if (smallestIsr === null || smallestIsr >= belowMinIsr.min) return { verdict: true };
  return {
    verdict: false,
    doubt: "moved",
    text: `the ISR was down to ${smallestIsr}, below ${belowMinIsr.min}, which was not predicted`,
  };
}

function countsOn(prediction: Prediction, measured: MeasuredOutcome): Found[] {
  return (
    [
      ["lost", "lost"],
      ["duplicates", "duplicate"],
      ["unknown", "with unknown outcome"],
    ] as const
  ).map(([name, word]) => {
    if (prediction[name] === "possible" || measured[name] === 0 || measured.isCut) return { verdict: true };
    return {
      verdict: false,
      ...(name === "lost" ? {} : { doubt: name }),
      text:
        `${name === "duplicates" ? counted(measured[name], word) : `${counted(measured[name])} ${word}`}, ` +
        "though none was predicted",
    };
  });
}
