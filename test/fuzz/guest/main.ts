// The guest process: runs one input after the other in a world of its own, and judges each.

import process from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import type { Job, Problem, Report } from "../job.ts";
import { watchEffects } from "./effects.ts";
import { makeWorld } from "./world.ts";

const [root = ""] = process.argv.slice(2);
const world = makeWorld(root);
world.reset();
const effects = watchEffects(root);
// the SDK is loaded only now: it sees the world's environment, and the builtin modules as patched
const { TARGETS } = (await import("./targets.ts")) as typeof import("./targets.ts");
const { OURS } = (await import("./program.ts")) as typeof import("./program.ts");
const { masked } = (await import("./oracle.ts")) as typeof import("./oracle.ts");
const { judgeLeft } = (await import("./left.ts")) as typeof import("./left.ts");
const { judgeFiles } = (await import("./properties.ts")) as typeof import("./properties.ts");
let late: Problem[] = [];
const hear = (error: unknown): void => {
  const [first] = String((error as Error)?.message ?? error).split("\n", 1);
  late.push({
    kind: `nobody waits for: ${masked(first!)}`,
    detail: String((error as Error)?.stack ?? error),
  });
};
OURS.add(hear);
process.on("unhandledRejection", hear).on("uncaughtException", hear);
const idle = handles();

process.on("message", (job: Job) => void answer(job));
process.send!("ready");

async function answer(job: Job): Promise<void> {
  world.reset(job.files, job.env);
  effects.take();
  late = [];
  const began = performance.now();
  const problems = [...(await TARGETS[job.target](job, world, effects))];
  await settled();
  const tookMs = performance.now() - began;
  const done = effects.take();
  for (const child of effects.running()) {
    problems.push({ kind: "leaves a process", detail: String(child.spawnargs.join(" ")) });
    child.kill("SIGKILL");
  }
  effects.forget();
  problems.push(...late, ...judgeLeft(job, world, done, extra()));
  if (job.target === "start") problems.push(...judgeFiles(done));
  const report: Report = { problems, tookMs, rssMb: process.resourceUsage().maxRSS / 1024 };
  process.send!(report);
}

function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => !/^(Immediate|FSReq|CloseReq|PipeWrap)/.test(name));
}

/** What is still open that was not open before. */
function extra(): string[] {
  const rest = handles();
  for (const name of idle) {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
  }
  return rest;
}

/** A second at most until what was closed is closed. */
async function settled(): Promise<void> {
  const deadline = performance.now() + 1000;
  do await turn();
  while ((extra().length > 0 || effects.running().length > 0) && performance.now() < deadline);
}
