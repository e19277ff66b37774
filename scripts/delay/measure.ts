// One send of one client, in D, beside what was predicted.

import type { Lab, Probe, SendResult, Verdict } from "@kafka-failure-lab/sdk";
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
  parts: readonly Part[];
  error?: string;
}

/** Everything that a busy machine adds, in D. */
const TOLERANCE = 0.3;

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
    parts,
    ...(sent.error !== undefined && { error: sent.error }),
  };
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
}: Pick<MeasuredStep, "step" | "outcome" | "count">): boolean {
  switch (predicted.ends) {
    case "ok":
      return outcome === "ok" && Math.abs(count - predicted.count) <= TOLERANCE;
    case "never":
      return outcome !== "ok" && count <= predicted.count + TOLERANCE;
    case "race":
      return count >= predicted.count - 0.02;
  }
}

export function verdictOf(measured: readonly MeasuredStep[]): Verdict {
  return measured.every(isAsPredicted);
}

/** A sentence for each step that did not go as predicted. */
export function missLines(measured: readonly MeasuredStep[]): string[] {
  return measured
    .filter((one) => !isAsPredicted(one))
    .map(
      (one) =>
        `${one.step.name} (${one.where}): ${one.outcome} after ${one.count} D, predicted ` +
        `${one.step.predicted.ends} at ${one.step.predicted.count} D` +
        `${one.error === undefined ? "" : `; ${one.error}`}`,
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
