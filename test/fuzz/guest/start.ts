// startLab with the job's files as compose files: read, checked, laid out in the lab's folder, and no
// further.

import process from "node:process";
import { startLab } from "@kafka-failure-lab/sdk";
import {
  assertSupported,
  kafkaServices,
  readComposeFiles as readCompose,
} from "@kafka-failure-lab/sdk/testing";
import type { Job, Problem } from "../job.ts";
import { judgeError, problem } from "./oracle.ts";

/** The compose files are those that argv names. */
export async function start({ argv = [], files = {}, ...job }: Job): Promise<readonly Problem[]> {
  const given = JSON.stringify({ argv, files, ...job });
  const problems = judgeFlags(argv);
  try {
    const lab = await startLab({
      compose: argv,
      engine: "local",
      timeout: "1ms",
      onProgress: false,
      handleSignals: false,
      recording: false,
      scenario: "fuzz",
    });
    await lab.close();
    return [...problems, problem("a lab without a program", "", "startLab resolved")];
  } catch (error) {
    return [...problems, ...judgeError(error, given)];
  }
}

/**
 * What a file that is not trusted may tell Java: heap, collector, and system properties of harmless names.
 */
const HARMLESS: readonly RegExp[] = [
  /^-server$/,
  /^-Xm[sx]\d+[kKmMgG]?$/,
  /^-XX:[+-]Use\w*GC$/,
  /^-XX:[+-](ExplicitGCInvokesConcurrent|UseStringDeduplication|AlwaysPreTouch)$/,
  /^-XX:(MaxGCPauseMillis|InitiatingHeapOccupancyPercent|MaxInlineLevel|(Max|Initial)RAMPercentage)=[\d.]+$/,
  /^-XX:(MaxDirectMemorySize|MaxMetaspaceSize)=\d+[kKmMgG]?$/,
  /^-XX:(Parallel|Conc)GCThreads=\d+$/,
  /^-D[\w.-]+(=.*)?$/s,
];
/** Properties that say whose a process is, or load something. */
const HARMFUL = /^-D(kafka\.failure|jdk\.|java\.(?!net\.preferIPv[46])|sun\.|com\.sun|javax\.)/;

function judgeFlags(files: readonly string[]): Problem[] {
  try {
    const project = readCompose(files, { env: {}, cwd: process.cwd() });
    assertSupported(project);
    const flags = kafkaServices(project).flatMap(({ java }) => [
      ...(java.heap ?? []),
      ...(java.performance ?? []),
      ...java.more,
    ]);
    return flags
      .filter((flag) => !HARMLESS.some((one) => one.test(flag)) || HARMFUL.test(flag))
      .map((flag) => problem("passes a flag to Java", flag.split("=", 1)[0]!.slice(0, 60), flag));
  } catch {
    return []; // startLab says so, too
  }
}
