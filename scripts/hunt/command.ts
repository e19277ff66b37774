// The search, from its options to its exit code.

import { performance } from "node:perf_hooks";
import process from "node:process";
import { type Lab, LabError, print as printJson, printable, readable, toMs } from "@kafka-failure-lab/sdk";
import { exitCodeOf, output, printError } from "@kafka-failure-lab/sdk/scenario";
import {
  hunt,
  HUNT_CLAIMS,
  type HuntResult,
  type Schedule,
  spaceOf,
  toReader,
} from "@kafka-failure-lab/sdk/testing";
import { counted } from "../counted.ts";
import { type Clusters, makeClusters } from "./clusters.ts";
import type { HuntOptions } from "./options.ts";
import { confirmedText, resultLines, trialLine } from "./report.ts";
import { prepare, removeIfEmpty, save, type Saved, type Saving } from "./save.ts";
import { runTrial, type TrialOnLab } from "./trial.ts";

/** How often in a row a cluster may turn out not to be well. */
const MOST_TROUBLES = 5;

/** Searches, prints what is found, and returns the exit code. */
export async function huntCommand(options: HuntOptions): Promise<number> {
  const clusters = makeClusters({
    ...options.lab,
    scenario: "hunt",
    topic: { create: false },
    onProgress: false,
  });
  prepare(options.out);
  process.once("exit", () => removeIfEmpty(options.out));
  try {
    return await huntOn(clusters, options);
  } catch (error) {
    return await clusters.failed(error);
  } finally {
    await clusters.renew();
  }
}

async function huntOn(clusters: Clusters, options: HuntOptions): Promise<number> {
  const { print } = output(options);
  const lab = await clusters.lab();
  const where = `Kafka ${lab.engine.kafka}, ${lab.engine.kind} engine`;
  for (const line of beginLines(options, where)) printError(printable(line));
  const result = await search(options, clusters, lab, where);
  const saved = result.found && saveFound(options, result, where);
  const lines = resultLines(result, options);
  if (saved !== undefined) lines.push(`script that replays it: ${toReader(saved.script)}`);
  print(lines.join("\n"));
  const exitCode = exitCodeOf(result.verdict);
  if (options.json)
    printJson(JSON.stringify({ claim: options.claim, exitCode, ...result, ...saved, seed: options.seed }));
  return exitCode;
}

function beginLines({ claim, client, seed, withinMs, again }: HuntOptions, where: string): string[] {
  const { client: name = "kafkajs" } = client;
  const what = `${name}${client.idempotent === true ? ", idempotent" : ""}`;
  return [
    `hunt: ${HUNT_CLAIMS[claim].sentence}: ${what}; seed ${seed}, within ${readable(withinMs)}; ${where}`,
    `the same again: ${again} ${seed}`,
  ];
}

async function search(
  options: HuntOptions,
  clusters: Clusters,
  lab: Lab,
  where: string,
): Promise<HuntResult> {
  const { kinds, client, seed, most, withinMs, sessionTimeoutMs } = options;
  const until = performance.now() + withinMs;
  const brokers = lab.engine.nodes.filter(({ broker }) => broker !== null).length;
  const { requestTimeout } = client;
  let saved: string | undefined;
  const space = spaceOf(brokers, {
    ...(kinds !== undefined && { kinds }),
    sessionTimeoutMs,
    // VerifiableProducer has no such argument
    hasInFlight: client.client !== "java",
    // each of them is a JVM
    ...(client.client === "java" && { mostProducers: 2 }),
    ...(requestTimeout !== undefined && { requestTimeoutMs: toMs(requestTimeout) }),
  });
  return await hunt({
    space,
    seed,
    ...(most !== undefined && { most }),
    run: makeRunner(options, clusters),
    leftMs: () => until - performance.now(),
    onTrial: (...trial) => printError(trialLine(...trial)),
    onFailing: (schedule, of) => {
      const { script } = save(options, saving(options, schedule, of, `being shrunk, ${where}`));
      if (saved !== script) printError(`saved as ${toReader((saved = script))}, shrinking`);
    },
  });
}

/** Runs schedules on a cluster that is replaced where it is not well. */
function makeRunner(options: HuntOptions, clusters: Clusters): (schedule: Schedule) => Promise<TrialOnLab> {
  let [number, troubles] = [0, 0];
  return async (schedule) => {
    const name = `hunt-${++number}`;
    const trial = await runTrial(await clusters.lab(), schedule, { ...options, name });
    troubles = trial.isClusterWell ? 0 : troubles + 1;
    if (troubles === MOST_TROUBLES)
      throw new LabError("NOT_READY", `Cannot go on with the search: ${trial.summary}`);
    if (!trial.isClusterWell) await clusters.renew();
    return trial;
  };
}

function saveFound(options: HuntOptions, { found, ...result }: HuntResult, where: string): Saved | undefined {
  if (found === undefined) return undefined;
  const { schedule, seed, summary } = found;
  const { about, ...rest } = saving(options, schedule, seed, `${confirmedText(found)}, ${where}`);
  return save(options, {
    ...rest,
    about: [...about, `Seen first: ${printable(summary)}`],
    more: { ...rest.more, ...found, result },
  });
}

function saving({ claim }: HuntOptions, schedule: Schedule, seed: number, state: string): Saving {
  const { sentence } = HUNT_CLAIMS[claim];
  const what = `"${sentence}" did not hold under ${counted(schedule.faults.length, "fault")}`;
  return { schedule, seed, about: [`${what}: ${state}.`], more: { state } };
}
