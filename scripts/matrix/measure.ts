// One run of the matrix: a cluster, four clients, a fault, recovery.
//
//   first send │ warm one, warm all │ stop or kill leader │ + cold one, cold all │ heal │ read back, judge
//
// The fault's target is the leader, and "one" bootstraps from it: as posted, where that was broker 1. The
// leader of an auto-created topic is chosen at random; assigning it would mean not to create the topic as
// posted. The two posted brokers are alike.

import os from "node:os";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import {
  type Conclusion,
  duplicates,
  type Duration,
  type Fault,
  type History,
  type Lab,
  type LabOptions,
  type Load,
  noLostWrites,
  outage,
  recovery,
  startLab,
} from "@kafka-failure-lab/sdk";
import { predictionCheckLines } from "@kafka-failure-lab/sdk/report";
import { runtime } from "@kafka-failure-lab/sdk/scenario";
import { passOver, serveOnce } from "../served.ts";
import type { Plan } from "./cell.ts";
import { type ClientMeasured, type ClientName, CLIENTS, type Measured } from "./measured.ts";

export interface MeasureOptions {
  engine: "local" | "docker";
  /** A Kafka version that overrides the files'. */
  kafka?: string | undefined;
  timers: "default" | "fast";
  /** How long a client may be unserved during the fault before the result is "never". */
  windowMs: number;
  /** As for `startLab`. */
  onProgress?: LabOptions["onProgress"] | undefined;
}

/** The limit for recovery: the posted cluster needed 5 to 17 s. */
const BACK: Duration = "60s";

/**
 * An application goes on sending while earlier sends hang, and so do these clients: a send that is under way
 * when the connection is reset waits until kafkajs has connected to a bootstrap server again; only a later
 * one asks the other known brokers. With few sends under way, in five of six runs all of them were under way
 * at the kill, and a warm client with one bootstrap server stayed with it.
 */
const IN_FLIGHT = 20;

/** Measures one plan; Kafka's failures are data, only failures of the lab are thrown. */
export async function measure(plan: Plan, options: MeasureOptions): Promise<Measured> {
  const began = performance.now();
  const lab = await startLab(labOptions(plan, options));
  try {
    const { fault, isrBackMs } = await experiment(lab, plan, options);
    const { predictionChecks, explanation, judgement } = await lab.conclude({
      claim: "who is served again, and is anything acknowledged lost?",
      checks: ["noLostWrites"],
      print: false,
      exitCode: false,
    });
    return {
      ...plan,
      windowMs: options.windowMs,
      broker: fault.targets[0]!,
      ...factsOf(lab.run.history, lab.topic),
      isrBackMs,
      outcomes: predictionCheckLines(predictionChecks, { explanation }),
      disagreements: Object.fromEntries(
        predictionChecks.map(({ client, disagreements }) => [client, disagreements]),
      ),
      ...busyOf(predictionChecks, judgement),
      ...about(lab),
      tookMs: Math.round(performance.now() - began),
    };
  } finally {
    await lab.close();
  }
}

function labOptions(plan: Plan, { engine, kafka, timers, onProgress }: MeasureOptions): LabOptions {
  return {
    scenario: "02-four-causes",
    compose: ["as-posted", ...plan.fixes.map((fix) => `fix-${fix}`)],
    topic: { name: "my_topic", create: false },
    engine,
    timers,
    recording: false, // the matrix is recorded in its data file
    ...(kafka === undefined ? {} : { kafka }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

/** Runs the steps above, up to the reading back. */
async function experiment(
  lab: Lab,
  { how }: Plan,
  { windowMs }: MeasureOptions,
): Promise<{ fault: Fault; isrBackMs: number | null }> {
  const one = [await normalDelivery(lab)];
  const settings = (name: ClientName): { name: ClientName; bootstrap: readonly string[] | "all" } => ({
    name,
    bootstrap: name.endsWith("one") ? one : "all",
  });
  const load = (name: ClientName): Load =>
    lab.probe(settings(name)).start({ perSecond: 50, inFlight: IN_FLIGHT });
  const warm = [load("warm, one"), load("warm, all")];
  await Promise.all(warm.map((client) => client.acknowledged(50)));
  const wasFull = await hasFullIsr(lab);
  lab.step(`leader ${how}`);
  for (const client of ["warm, one", "warm, all", settings("cold, one"), settings("cold, all")])
    await lab.predict(how, "leader", { client });
  const fault = await lab.cluster[how]("leader");
  const loads = [...warm, load("cold, one"), load("cold, all")];
  await Promise.allSettled(loads.map((client) => client.acknowledged(25, { timeout: windowMs })));
  lab.step("back again");
  await fault.heal();
  const [isrBackMs] = await Promise.all([
    back(lab, wasFull),
    ...loads.map((client) => client.acknowledged(25, { timeout: BACK }).catch(passOver)),
  ]);
  await Promise.all(loads.map((client) => client.stop({ giveUp: true })));
  return { fault, isrBackMs };
}

/**
 * The first send creates the topic, as in the posted experiment. It also waits until the ISR has settled: a
 * second replica that cannot reach its leader counts as in sync for replica.lag.time.max.ms (30 s), and until
 * it has left the ISR no acks=all is answered. Returns the address of the leader's broker.
 */
async function normalDelivery({ probe, cluster, topic }: Lab): Promise<string> {
  await serveOnce(probe);
  const { brokers, partitions } = await cluster.waitFor((now) =>
    now.partitions.some((one) => one.topic === topic && one.leader !== null),
  );
  const { leader } = partitions.find((one) => one.topic === topic)!;
  return brokers.find(({ broker }) => broker === leader)!.endpoint;
}

/**
 * Asked after the warm clients' first second: brokers hear of a change of the ISR up to 500 ms late
 * (metadata.max.idle.interval.ms).
 */
async function hasFullIsr({ cluster, topic }: Lab): Promise<boolean> {
  const { partitions } = await cluster.describe();
  return partitions.some((one) => one.topic === topic && one.isr.length === one.replicas.length);
}

/**
 * Waits until all brokers are alive, then for full ISR where there was one before: without a controller, the
 * brokers go on telling the ISR of before the fault. Returns the time from the broker's process running
 * again, or null for never.
 */
async function back({ cluster, run }: Lab, wasFull: boolean): Promise<number | null> {
  const healed = run.history.findLast((event) => event.kind === "heal")!;
  try {
    await cluster.waitFor("all alive", { timeout: BACK });
    if (!wasFull) return null;
    await cluster.waitFor("full isr", { timeout: BACK });
    return Math.round(run.now() - healed.effectAtMs);
  } catch (error) {
    passOver(error);
    return null;
  }
}

/**
 * A client's outage is its longest gap while the fault lasted, not the time to its next acknowledgement: a
 * broker that shuts down in order still acknowledges for a moment.
 */
function factsOf(
  history: History,
  topic: string,
): Pick<Measured, "clients" | "leader" | "isr" | "controller"> {
  const { clients, leader, isr, controller } = outage(history, { topic });
  const back = recovery(history, { topic }).facts.heals[0]?.clients ?? {};
  const whole = (ms: number | null | undefined): number | null =>
    ms === null || ms === undefined ? null : Math.round(ms);
  const of = (client: ClientName): ClientMeasured => {
    const { verdict, facts } = noLostWrites(history, { topic, client });
    const copies = duplicates(history, { topic, client }).facts.copies;
    return {
      gapMs: whole(clients[client]),
      backMs: whole(back[client]),
      acknowledged: facts.acknowledged,
      lost: verdict === "unknown" ? null : facts.lost,
      duplicates: copies,
    };
  };
  return {
    clients: Object.fromEntries(CLIENTS.map((client) => [client, of(client)])) as Measured["clients"],
    leader,
    isr,
    controller,
  };
}

function busyOf(
  checks: Conclusion["predictionChecks"],
  { machine }: Conclusion["judgement"],
): Pick<Measured, "busy"> {
  const busy = checks.find((one) => one.busy !== undefined)?.busy ?? (machine.isBusy ? machine.text : "");
  return busy === "" ? {} : { busy };
}

function about({
  engine,
  run,
  bootMs,
}: Lab): Pick<Measured, "engine" | "kafka" | "from" | "runtime" | "cores" | "bootMs" | "startedAt" | "run"> {
  return {
    engine: engine.kind as Measured["engine"], // its labs are started
    kafka: engine.kafka,
    from: engine.from.replace(/, project .*/, ""), // a name of this run only
    runtime: runtime(),
    cores: os.availableParallelism(),
    bootMs,
    startedAt: run.startedAt.toISOString(),
    run: path.relative(process.cwd(), run.dir),
  };
}
