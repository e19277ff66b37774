// A verb of a lab with arguments that nobody has checked. The lab is a real one on an engine without brokers.

import path from "node:path";
import { inspect } from "node:util";
import { type Lab, openRun } from "@kafka-failure-lab/sdk";
import { type Engine, guardedLab, openLab } from "@kafka-failure-lab/sdk/testing";
import type { Job, Problem } from "../job.ts";
import type { Effects } from "./effects.ts";
import { givenArgs } from "./given.ts";
import { judgeError, judgeText, problem } from "./oracle.ts";
import type { World } from "./world.ts";

/** Calls `name`, such as `cluster.stop`; whatever was given, the run is then concluded and read again. */
export async function verb(
  { name = "", args = [], isWrong = false }: Job,
  _: World,
  effects: Effects,
): Promise<readonly Problem[]> {
  const given = inspect(args, { depth: 9, maxStringLength: null });
  const lab = guardedLab(
    await openLab({ observe: false, topic: { create: false }, onProgress: false, handleSignals: false }, () =>
      Promise.resolve({ engine: ENGINE, notes: [], lab: "0a0b0c0d", source: "fuzz", isNew: false }),
    ),
  );
  effects.take();
  const problems: Problem[] = [];
  let threw = false;
  try {
    const returned = await verbOf(lab, name)(...givenArgs(args));
    if (typeof returned === "string") problems.push(...judgeText(returned, given));
  } catch (error) {
    threw = true;
    problems.push(...judgeError(error, given));
  }
  const done = effects.take().filter(({ what, on }) => what !== "write" || !on.endsWith("history.jsonl"));
  if (threw) for (const { what, on } of done) problems.push(problem(`refuses after a ${what}`, "", on));
  if (isWrong && !threw) problems.push(problem("takes what is wrong", "", given));
  problems.push(...(await ended(lab, given)));
  effects.take();
  const of = (kind: string): string => (kind.startsWith("raw error") ? "raw error" : kind);
  return problems.map(({ kind, detail }) => ({
    kind: `${name}(): ${of(kind)}`,
    detail: `${kind}\n${detail}`,
  }));
}

/** What was taken has to be judged, written and read again. */
async function ended(lab: Lab, given: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  try {
    await lab.conclude({ print: false, exitCode: false, timeout: "100ms", picture: true });
  } catch (error) {
    const isClosed = (error as { code?: unknown }).code === "LAB_CLOSED";
    if (!isClosed) problems.push(...judgeError(error, given).map(then("conclude")));
  }
  await lab.close().catch((error: unknown) => problems.push(...judgeError(error, given).map(then("close"))));
  try {
    const run = await openRun(lab.run.dir);
    problems.push(...judgeText(run.timeline().join("\n"), given).map(then("replay")));
  } catch (error) {
    problems.push(problem("takes what breaks the replay", "", String(error)));
  }
  return problems;
}

function then(what: string): (problem: Problem) => Problem {
  return ({ kind, detail }) => ({ kind: `then ${what}: ${kind}`, detail });
}

function verbOf(lab: Lab, name: string): (...args: unknown[]) => unknown {
  // without one, there is no address to begin with, and nothing else is looked at
  const bootstrap = ["127.0.0.1:1"];
  if (name === "probe")
    return (first, ...more) => {
      const isPlain = typeof first === "object" && first !== null && !Array.isArray(first);
      return (lab.probe as (...args: unknown[]) => unknown)(
        isPlain ? { bootstrap, ...first } : first,
        ...more,
      );
    };
  if (name.startsWith("probe.")) {
    // nobody answers there, and a send that is taken all the same does not wait for long
    const probe = lab.probe({
      bootstrap,
      deliveryTimeout: "300ms",
      connectionTimeout: "100ms",
    });
    return (...args) =>
      (probe as unknown as Record<string, (...args: unknown[]) => unknown>)[name.slice(6)]!(...args);
  }
  const steps = name.split(".");
  const last = steps.pop()!;
  const on = steps.reduce<unknown>((of, step) => (of as Record<string, unknown>)[step], lab);
  return (on as Record<string, (...args: unknown[]) => unknown>)[last]!;
}

const never = (): Promise<never> => Promise.reject(new RangeError("Cannot act: this engine has no brokers"));

const ENGINE: Engine = {
  kind: "local",
  kafka: "3.9.2",
  from: "nowhere",
  differs: [],
  nodes: [],
  addresses: new Map(),
  network: {
    check: () => Promise.resolve(),
    apply: () => Promise.resolve({ effectAt: performance.now(), tookMs: 0, via: "nothing", differs: [] }),
    line: () => Promise.resolve("there is no broker"),
    counts: () => Promise.resolve(undefined),
  },
  disk: {
    check: () => Promise.resolve(),
    apply: () => Promise.resolve({ effectAt: performance.now(), tookMs: 0, via: "nothing" }),
    undo: () => Promise.resolve(undefined),
    seen: () => Promise.resolve(undefined),
  },
  start: never,
  stop: never,
  kill: never,
  pause: never,
  resume: never,
  status: () => ({ state: "stopped" }),
  followLogs: () => {},
  logFile: (service) => path.join("cwd", `${service}.log`),
  keptLogs: () => Promise.resolve([]),
  lastWords: () => "",
  close: () => Promise.resolve(),
};
