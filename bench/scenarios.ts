// How long scenarios 10 to 18 take, as a ratio to what they have to wait for.
//
//   program's start │ boot │ predict, wait, kill, wait, heal, … │ judge, explain, draw, remove the cluster
//                    ══════           ════  ════  ════  ════
//                    forced: brokers start, faults strike, timers end, records are sent, replicas follow
//
// A recording has when each call of the lab ended, and scenarios make one call after another: so the time
// of a call is the time since the last one's end. What is not forced is the lab's own: its program starts, it
// predicts, reads the log back, judges, explains and removes the cluster.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { gunzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { readable } from "@kafka-failure-lab/sdk";
import { type Figure, figure, type PartOptions } from "./figure.ts";
import { scenarioProgram } from "./scenario-program.ts";

const SCRIPTS = fileURLToPath(new URL("../scripts", import.meta.url));
/** Each is measured this often, if nothing else is asked for. */
const RUNS = 1;
/** Calls that return when brokers, clients or groups have done something; by their last name. */
const FORCED = new Set([
  ...["waitFor", "start", "restart", "roll", "elect", "reconfigure", "createTopic", "heal"],
  ...["stop", "kill", "pause", "fill", "hang", "slow", "fail", "forget", "isolate", "inject"],
  ...["acknowledged", "arrived", "processed", "settled", "lag", "committed", "send", "close"],
]);

/** Measures every scenario of the chapter's second half with both sets of timers. */
export async function scenarios({ runs = RUNS, folder, say }: PartOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of names())
    for (const timers of ["fast", "default"]) {
      const times: Times[] = [];
      for (let run = 1; run <= runs; run++) {
        const took = await measure(name, timers, path.join(folder, `${name}-${timers}-${run}`));
        say(`${name}, ${timers} timers: ${readable(took.wholeMs)}, forced ${readable(took.forcedMs)}`);
        times.push(took);
      }
      const of = `${name}, ${timers} timers`;
      figures.push(
        figure(
          of,
          "s",
          times.map(({ wholeMs }) => wholeMs / 1000),
        ),
        figure(
          `${of}: to its forced waits`,
          "ratio",
          times.map(({ wholeMs, forcedMs }) => wholeMs / forcedMs),
          [{ statistic: "median", atMost: 1.3 }],
        ),
      );
    }
  return figures;
}

function names(): string[] {
  return readdirSync(SCRIPTS)
    .filter((file) => /^1\d-.*\.ts$/.test(file))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

interface Times {
  wholeMs: number;
  forcedMs: number;
}

async function measure(name: string, timers: string, dir: string): Promise<Times> {
  const began = performance.now();
  const code = await scenarioProgram(name, ["--engine", "local", "--timers", timers], { LAB_RECORD: dir });
  const wholeMs = performance.now() - began;
  if (code === 1) throw new Error(`${name} failed`);
  let forcedMs = 0;
  for (const lab of readdirSync(dir)) forcedMs += forcedIn(path.join(dir, lab));
  return { wholeMs, forcedMs };
}

interface Call {
  /** In which order calls began. */
  n: number;
  path: string;
  endMs: number;
}

/** Of one recorded lab, its boot included. */
function forcedIn(dir: string): number {
  const { bootMs } = JSON.parse(readFileSync(path.join(dir, "run.json"), "utf8")) as { bootMs: number };
  const lines = gunzipSync(readFileSync(path.join(dir, "calls.jsonl.gz"))).toString("utf8");
  const calls = lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);
  // the condition of a `waitFor` makes calls of its own
  const waits = calls.filter(({ path: call }) => call === "cluster.waitFor");
  const isForced = ({ n, path: call, endMs }: Call, before?: Call): boolean =>
    FORCED.has(call.split(".").at(-1) ?? call) ||
    waits.some((wait) => wait.n < n && wait.endMs >= endMs) ||
    // read again and again: a scenario waits for what the history has to show
    (call === "run.history" && before?.path === call);
  let [forcedMs, beforeMs] = [bootMs, bootMs];
  for (const [at, call] of calls.entries()) {
    if (isForced(call, calls[at - 1])) forcedMs += Math.max(0, call.endMs - beforeMs);
    beforeMs = Math.max(beforeMs, call.endMs);
  }
  return forcedMs;
}
