// One run of a schedule: a topic of its own, the clients' loads, the faults, and what the checkers say.
//
//   topic ─▶ load ─▶ first acknowledgements ─▶ faults, each injected and healed at its time
//     ─▶ all alive ─▶ acknowledgements ─▶ load stopped ─▶ read back ─▶ check

import { setTimeout as pause } from "node:timers/promises";
import {
  check,
  type CheckOptions,
  type Fault,
  type HistoryEvent,
  type Lab,
  LabError,
  type Load,
  type ProbeOptions,
} from "@kafka-failure-lab/sdk";
import {
  ACKS_AFTER,
  ACKS_BEFORE,
  aimedAt,
  failedStretch,
  HUNT_CLAIMS,
  type HuntClaim,
  likelyFaults,
  readBack,
  type Schedule,
  type ScheduledFault,
  type Stretch,
  type Trial,
} from "@kafka-failure-lab/sdk/testing";

/** What all runs of a search have in common. */
export interface TrialOptions {
  readonly claim: HuntClaim;
  /** The limit of the claim, where it has one. */
  readonly limit?: CheckOptions["gapLimit"];
  readonly client: ProbeOptions;
}

/** A run, and whether its cluster can be used again. */
export interface TrialOnLab extends Trial {
  readonly isClusterWell: boolean;
}

/** What a run does not go on after: the lab has ended, or its cluster is not what it was. */
const ENDS: readonly string[] = ["LAB_CLOSED", "NOT_HEALED"];
const READY = { timeout: "60s" } as const;
const READ_BACK_MS = 30_000;

/** Runs a schedule once on a cluster that is well; rejects only where the lab itself has ended. */
export async function runTrial(
  lab: Lab,
  schedule: Schedule,
  { name, ...options }: TrialOptions & { name: string },
): Promise<TrialOnLab> {
  const [beganMs, from] = [lab.run.now(), lab.run.history.length];
  const notes: string[] = [];
  const ended = (outcome: Trial["outcome"], summary: string, isClusterWell: boolean): TrialOnLab => ({
    outcome,
    summary,
    tookMs: lab.run.now() - beganMs,
    ...(notes.length > 0 && { notes }),
    isClusterWell,
  });
  lab.step(name);
  try {
    await lab.cluster.createTopic(name, { partitions: schedule.load.partitions, ...READY });
    const hits = await breakUnderLoad(lab, schedule, { name, notes, ...options });
    const events = await everythingOf(lab, name, from);
    const { verdict, checks, counts } = check(events, judging(options, name));
    const summary = checks.map((one) => one.summary).join(" ");
    if (verdict === false)
      return { ...ended("failed", summary, true), likely: likelyFaults(hits, failedStretch(checks)) };
    if (verdict === "unknown" || counts.acknowledged === 0) return ended("inconclusive", summary, true);
    return ended("held", summary, true);
  } catch (error) {
    if (!(error instanceof LabError) || error.code === "LAB_CLOSED") throw error;
    return ended("inconclusive", error.message, false);
  }
}

function judging({ claim, limit }: TrialOptions, topic: string): CheckOptions & { topic: string } {
  const { checker, limit: option } = HUNT_CLAIMS[claim];
  return { topic, checks: [checker], ...(option !== undefined && { [option]: limit }) };
}

/** A fault that was injected, from its effect to its heal. */
interface Hit extends Stretch {
  readonly open: Fault;
}

/** Returns the faults, and puts into `notes` what went otherwise than the schedule says. */
async function breakUnderLoad(
  lab: Lab,
  schedule: Schedule,
  { name, client, notes }: TrialOptions & { name: string; notes: string[] },
): Promise<readonly (Hit | undefined)[]> {
  const { partitions: _, producers, ...sends } = schedule.load;
  const probes = Array.from({ length: producers }, (_, i) =>
    lab.probe({ ...client, name: producers === 1 ? name : `${name}.${i + 1}`, topic: name }),
  );
  const note = (error: unknown): undefined => {
    if (!(error instanceof LabError) || ENDS.includes(error.code)) throw error;
    notes.push(error.message.split("\n", 1)[0]!);
  };
  try {
    const loads = probes.map((probe) => probe.start(sends));
    await Promise.all(loads.map((load) => load.acknowledged(ACKS_BEFORE)));
    const beganMs = lab.run.now();
    const hits = await Promise.all(
      schedule.faults.map((one) => hit(lab, beganMs, name, one).catch((error: unknown) => note(error))),
    );
    await lab.cluster.waitFor("all alive", READY);
    // what another fault, or a broker that was starting, kept from being measured is measured now
    for (const hit of hits) await hit?.open.heal();
    await lab.cluster.waitFor("full isr", READY);
    await Promise.all(loads.map((load) => settle(load).catch(note)));
    return hits;
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
  }
}

async function hit(
  lab: Lab,
  beganMs: number,
  topic: string,
  { atMs, fault, lastsMs }: ScheduledFault,
): Promise<Hit> {
  await pause(Math.max(0, beganMs + atMs - lab.run.now()));
  const open = await lab.inject(aimedAt(fault, topic));
  await pause(Math.max(0, open.sinceMs + lastsMs - lab.run.now()));
  await open.heal().catch((error: unknown) => {
    if (!(error instanceof LabError) || error.code !== "NOT_HEALED") throw error;
  });
  return { open, fromMs: open.sinceMs, toMs: lab.run.now() };
}

async function settle(load: Load): Promise<void> {
  await load.acknowledged(ACKS_AFTER, { timeout: "40s" });
  await load.stop();
}

/** The events since the schedule began, with what stands in its topic now. */
async function everythingOf(lab: Lab, topic: string, from: number): Promise<HistoryEvent[]> {
  const atMs = lab.run.now();
  const found = await readBack(topic, lab.bootstrap, { timeoutMs: READ_BACK_MS });
  lab.run.record({
    kind: "readback",
    atMs,
    tookMs: lab.run.now() - atMs,
    client: "readback",
    topic,
    ...found,
  });
  const { history } = lab.run;
  return [...history.filter(({ kind }, i) => i < from && kind === "run"), ...history.slice(from)];
}
