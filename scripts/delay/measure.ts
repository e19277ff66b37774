// One send of one client, in D, beside what was predicted.

import {
  type History,
  type Lab,
  machineShare,
  type Probe,
  type SendResult,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Step } from "./steps.ts";

/** A request within a send, in D. */
export interface Part {
  what: string;
  count: number;
}

export interface MeasuredStep {
  step: Step;
  /** Where: `as-posted, all`. */
  where: string;
  outcome: SendResult["outcome"];
  tookMs: number;
  /** In D. */
  count: number;
  /** What a new client's first send took here before any delay, in D; not for a warm client. */
  own?: number;
  parts: readonly Part[];
  error?: string;
  /** What the machine kept from lab and brokers, where it was too busy for the count. */
  busy?: string;
}

/** Everything that a busy machine adds, in D. */
const TOLERANCE = 0.3;
/** Most of a new client's own work that counts, in D: more of it would look like one answer more. */
const MOST_OWN = 0.4;

/** Sends once, with a new client or a warm one, and counts in D. */
export async function measureStep(
  lab: Lab,
  step: Step,
  { where, delayMs, leader, probe }: { where: string; delayMs: number; leader: number; probe?: Probe },
): Promise<MeasuredStep> {
  const client =
    probe ??
    lab.probe({
      ...step.options,
      name: `${step.name} (${where})`,
      bootstrap: bootstrapOf(lab, step, leader),
    });
  const began = lab.run.now(); // the run's clock, which a replay has, too
  const parts: Part[] = [];
  if (probe === undefined && step.options.client !== "java") {
    await client.connect().catch(() => {}); // send() says why
    parts.push({ what: "dial, ApiVersions", count: inD(lab.run.now() - began, delayMs) });
  }
  const sent = await client.send();
  const machine = machineShare(lab.run.history, { fromMs: began, toMs: lab.run.now() });
  const tookMs = step.options.client === "java" ? sent.tookMs : lab.run.now() - began;
  const produce = sent.attempts.findLast(({ api }) => api === "Produce");
  if (step.options.client === "java")
    parts.push(
      ...sent.attempts
        .filter(({ error }) => error === undefined)
        .map(({ api, tookMs }) => ({ what: api, count: inD(tookMs, delayMs) })),
    );
  else if (produce !== undefined && produce.error === undefined)
    parts.push(
      { what: "Metadata, and dial", count: inD(Math.max(0, sent.tookMs - produce.tookMs), delayMs) },
      { what: "Produce", count: inD(produce.tookMs, delayMs) },
    );
  if (probe === undefined) await client.close();
  return {
    step,
    where,
    outcome: sent.outcome,
    tookMs,
    count: inD(tookMs, delayMs),
    ...(probe === undefined && { own: inD(firstSendMs(lab.run.history), delayMs) }),
    parts,
    ...(sent.error !== undefined && { error: sent.error }),
    ...(machine.isBusy && { busy: machine.text }),
  };
}

/**
 * The longest first send of a client before the first fault, without the very first one, which may create the
 * topic; 0 where there is none. A slow machine needs as long again for each new client.
 */
function firstSendMs(history: History): number {
  const faultMs = history.find(({ kind }) => kind === "fault")?.atMs ?? Infinity;
  const firsts = new Map<string, number>();
  for (const event of history) {
    if (event.kind !== "send" || event.outcome !== "ok" || event.atMs >= faultMs) continue;
    if (!firsts.has(event.client)) firsts.set(event.client, event.tookMs);
  }
  return Math.max(0, ...[...firsts.values()].slice(1));
}

function bootstrapOf(lab: Lab, { bootstrap }: Step, leader: number): string[] {
  const own = addressOf(lab, leader);
  return bootstrap === "leader" ? [own] : [otherAddress(lab, leader), own];
}

function addressOf(lab: Lab, broker: number): string {
  return lab.engine.nodes.find((node) => node.broker === broker)!.client!;
}

/** Where a broker other than this one answers. */
export function otherAddress(lab: Lab, broker: number): string {
  return lab.engine.nodes.find((node) => node.broker !== null && node.broker !== broker)!.client!;
}

function inD(ms: number, delayMs: number): number {
  return Math.round((ms / delayMs) * 100) / 100;
}

/** Says whether a step went as predicted; a race may end either way, but not before its time. */
export function isAsPredicted({
  step: { predicted },
  outcome,
  count,
  own = 0,
}: Pick<MeasuredStep, "step" | "outcome" | "count" | "own">): boolean {
  const most = predicted.count + TOLERANCE + Math.min(own, MOST_OWN);
  switch (predicted.ends) {
    case "ok":
      return outcome === "ok" && count >= predicted.count - TOLERANCE && count <= most;
    case "never":
      return outcome !== "ok" && count <= most;
    case "race":
      return count >= predicted.count - 0.02;
  }
}

/** False where a step did not go as predicted; unknown where the machine was too busy during each of them. */
export function verdictOf(measured: readonly MeasuredStep[]): Verdict {
  const missed = measured.filter((one) => !isAsPredicted(one));
  if (missed.some(({ busy }) => busy === undefined)) return false;
  return missed.length > 0 ? "unknown" : true;
}

/** A sentence for each step that did not go as predicted. */
export function missLines(measured: readonly MeasuredStep[]): string[] {
  return measured
    .filter((one) => !isAsPredicted(one))
    .map(
      (one) =>
        `${one.step.name} (${one.where}): ${one.outcome} after ${one.count} D, predicted ` +
        `${one.step.predicted.ends} at ${one.step.predicted.count} D` +
        `${one.error === undefined ? "" : `; ${one.error}`}` +
        `${one.busy === undefined ? "" : `; inconclusive: ${one.busy}`}`,
    );
}

/** As JSON. */
export function rowOf(one: MeasuredStep): object {
  const {
    step: { name, settings, predicted },
    ...rest
  } = one;
  return { name, settings, predicted, ...rest, asPredicted: isAsPredicted(one) };
}
