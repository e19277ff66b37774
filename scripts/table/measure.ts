// One row on real brokers: a cluster of its own, a client under load, a prediction, the fault, the way back.
//
//   topic placed │ client warm │ predict │ fault
//     │ watched until served again, or for as long as the row says │ heal │ read back, judge

import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { type Lab, type LabOptions, type Load, type Probe, startLab, toMs } from "@kafka-failure-lab/sdk";
import { passOver } from "../served.ts";
import { faultOf, goAhead } from "./ahead.ts";
import { factsOf, type MeasuredRow } from "./measured.ts";
import { placeTopic, type Situation } from "./place.ts";
import { predicted } from "./predicting.ts";
import type { Row } from "./row.ts";

export interface MeasureOptions {
  /** As for `startLab`. */
  onProgress?: LabOptions["onProgress"];
}

/**
 * With the lab's five sends under way at most: a broker takes one request of a connection at a time, so more
 * would wait for each other where followers are slow.
 */
const PER_SECOND = 50;
const PAUSE_MS = 50;
/** Longer than it takes until a healed cluster serves: the posted one was seen to need 5 to 17 s. */
const BACK_MS = 30_000;
/** How long sends may still take when no other begins; they are given up then. */
const GRACE_MS = 5_000;

/** Measures one row; what Kafka does is data, and only what keeps it from being measured is thrown. */
export async function measureRow(
  row: Row,
  { onProgress = false }: MeasureOptions = {},
): Promise<MeasuredRow> {
  const began = performance.now();
  const lab = await startLab({ ...labOf(row), onProgress });
  try {
    const situation = await placeTopic(lab, row);
    const probe = lab.probe(clientOf(lab, row, situation));
    const warm = row.start === "warm" ? await warmed(probe) : undefined;
    // so that the cluster has served
    if (warm === undefined) await lab.probe({ name: "before", topic: situation.topic }).send();
    const ahead = await goAhead(lab, row, situation);
    const said = await predicted(lab, row, probe, situation);
    lab.step(row.id);
    const fault = await lab.inject(faultOf(row, situation));
    const load = warm ?? begin(probe);
    // a rolling restart is over by now
    const watchedMs =
      row.fault.kind === "roll" ? Math.round(fault.tookMs) : await watch(load, row, isAnswered(probe));
    for (const open of [...ahead, fault].reverse()) await open.heal();
    await lab.cluster.waitFor("all alive", { timeout: BACK_MS }).catch(passOver);
    if (isAnswered(probe)) await load.acknowledged(10, { timeout: BACK_MS }).catch(passOver);
    const givenUpMs = await ended(lab, load);
    await lab.conclude({
      claim: "what was predicted came",
      checks: ["noLostWrites"],
      print: false,
      exitCode: false,
    });
    const { engine, run, bootMs } = lab;
    return {
      id: row.id,
      ...said,
      facts: factsOf(run.history, {
        topic: situation.topic,
        client: probe.name,
        givenUpMs,
        faultId: fault.id,
      }),
      kafka: engine.kafka,
      engine: engine.kind as MeasuredRow["engine"], // its labs are started
      bootMs,
      watchedMs,
      tookMs: Math.round(performance.now() - began),
      startedAt: run.startedAt.toISOString(),
    };
  } finally {
    await lab.close();
  }
}

/** As the image has one; the local engine puts them into a node's folder. */
const TWO_DIRS = { "log.dirs": "/var/lib/kafka/data,/var/lib/kafka/more" };

function labOf({ topic, compose, engine, timers, kafka, replica }: Row): LabOptions {
  const { isCreated, replicationFactor, config } = topic;
  return {
    scenario: "table",
    compose,
    engine,
    timers,
    ...(kafka !== undefined && { kafka }),
    ...(replica !== undefined && { properties: TWO_DIRS }),
    topic: {
      create: isCreated,
      ...(replicationFactor !== undefined && { replicationFactor }),
      ...(config && { config }),
    },
    recording: false, // what is kept of the table is its data file
  };
}

function clientOf(
  { engine }: Lab,
  { start, client: { bootstrap = "all", ...client } }: Row,
  { topic, targets }: Situation,
): Parameters<Lab["probe"]>[0] {
  const addresses =
    bootstrap === "all"
      ? bootstrap
      : targets.flatMap((broker) => engine.nodes.find((node) => node.broker === broker)?.client ?? []);
  return { ...client, name: start, topic, bootstrap: addresses };
}

function begin(probe: Probe): Load {
  return probe.start({ perSecond: PER_SECOND });
}

async function warmed(probe: Probe): Promise<Load> {
  const load = begin(probe);
  if (isAnswered(probe)) await load.acknowledged(PER_SECOND);
  else while (load.counts.info < PER_SECOND) await pause(PAUSE_MS);
  return load;
}

/** With acks=0 a broker answers nothing, so no send is ever acknowledged. */
function isAnswered({ settings }: Probe): boolean {
  return settings.acks !== 0;
}

/**
 * Watches a client until it is served, but for long enough that what comes late has come: a fenced leader, a
 * follower that leaves the ISR. Returns how long that was.
 */
async function watch(
  load: Load,
  { fault: { kind }, timers, watchFor }: Row,
  canBeServed: boolean,
): Promise<number> {
  const began = performance.now();
  const untilMs = toMs(watchFor);
  const lateMs = kind === "stop" ? 2_000 : timers === "fast" ? 5_000 : 15_000;
  await pause(Math.min(lateMs, untilMs));
  if (canBeServed)
    await load
      .acknowledged(10, { timeout: Math.max(1, untilMs - (performance.now() - began)) })
      .catch(passOver);
  return Math.round(performance.now() - began);
}

/** Ends the load, and says when what was still under way was given up. */
async function ended({ run }: Lab, load: Load): Promise<number> {
  const stopped = load.stop();
  const inTime = await Promise.race([stopped.then(() => true), pause(GRACE_MS, false, { ref: false })]);
  const givenUpMs = run.now();
  if (!inTime) await load.stop({ giveUp: true });
  return inTime ? Infinity : givenUpMs;
}
