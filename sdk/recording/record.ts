// Records the calls of a real lab and their results, so that the same program can run again without a
// cluster.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cannotWrite } from "../runtime/disk.ts";
import type { History } from "../model/history.ts";
import type { Lab, LabOptions } from "../lab/lab.ts";
import { asValue, isOfGroup } from "../lab/verbs/predict-arguments.ts";
import { isProbe } from "../lab/verbs/predict-options.ts";
import { runQueries } from "../lab/run-queries.ts";
import { makeFolders } from "../runtime/make-folders.ts";
import type { Call } from "./call.ts";
import { makeCallLog } from "./call-log.ts";
import { askedOf, type LabFacts } from "./facts.ts";
import { impersonal } from "./impersonal.ts";
import { compressed } from "./lines.ts";
import { type Boundary, CLUSTER, DISK, probeFactoryOf, NET, surfaceOf } from "./surface.ts";

/**
 * Returns the lab with the same verbs. When it ends, `dir` has the recording: `run.json`, `calls.jsonl.gz`,
 * `history.jsonl.gz`, and `verdict.json` if the run was concluded.
 */
export function recordLab(lab: Lab, options: LabOptions, dir: string): Lab {
  const { run } = lab;
  const log = makeCallLog({ now: () => run.now(), events: () => run.history.length });
  const { boundary } = log;
  const readHistory = (): History => {
    log.mark("run.history");
    return run.history;
  };
  let isWritten = false;
  function write(): void {
    if (isWritten) return;
    isWritten = true;
    try {
      writeRecording(dir, lab, options, log.calls());
    } catch (cause) {
      throw cannotWrite("write the recording", cause, { file: dir, remedy: "run" });
    }
  }
  async function close(): Promise<void> {
    await lab.close();
    write();
  }
  return {
    ...lab,
    cluster: surfaceOf(CLUSTER, "cluster", lab.cluster, boundary),
    net: surfaceOf(NET, "net", lab.net, boundary),
    disk: surfaceOf(DISK, "disk", lab.disk, boundary),
    probe: probeFactoryOf(lab.probe, boundary),
    ...recordedVerbs(lab, boundary),
    run: {
      ...run,
      now: () => boundary.call("run.now", [], "value", () => run.now()) as number,
      at: (performanceNow) => boundary.call("run.at", [], "value", () => run.at(performanceNow)) as number,
      record: (event) => void boundary.call("run.record", [event], "value", () => run.record(event)),
      get history() {
        return readHistory();
      },
      ...runQueries(readHistory),
    },
    async conclude(how) {
      try {
        return await lab.conclude(how);
      } finally {
        write();
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The verbs of the lab itself but those that end it. */
function recordedVerbs(
  lab: Lab,
  boundary: Boundary,
): Pick<Lab, "inject" | "predict" | "watch" | "group" | "step" | "note" | "capture"> {
  return {
    inject: (...args) =>
      boundary.call("lab.inject", args, "promise of a fault", () => lab.inject(...args)) as ReturnType<
        Lab["inject"]
      >,
    predict: ((...args: Parameters<Lab["predict"]>) =>
      boundary.call("lab.predict", named(args), "promise", () => lab.predict(...args))) as Lab["predict"],
    watch: (...args) =>
      boundary.call("lab.watch", args, "promise of a watch", () => lab.watch(...args)) as ReturnType<
        Lab["watch"]
      >,
    group: (...args) =>
      boundary.call("lab.group", args, "promise of a group", () => lab.group(...args)) as ReturnType<
        Lab["group"]
      >,
    step: (name) => void boundary.call("lab.step", [name], "value", () => lab.step(name)),
    note: (text) => void boundary.call("lab.note", [text], "value", () => lab.note(text)),
    capture: (command) =>
      boundary.call("lab.capture", [command], "promise", () => lab.capture(command)) as Promise<string>,
  };
}

/** The arguments of `predict` with the probe or the group replaced by its name, which can be recorded. */
export function named(asked: Parameters<typeof asValue>[0]): unknown[] {
  const [fault, options] = asValue(asked);
  if (isOfGroup(options)) {
    const { group } = options;
    return [fault, { ...options, group: typeof group === "string" ? group : group.name }];
  }
  const { client, ...rest } = options;
  const name = isProbe(client) ? client.name : client;
  return [fault, { ...rest, ...(name === undefined ? {} : { client: name }) }];
}

/** The files of a recording. */
const FILES = ["run.json", "calls.jsonl.gz", "history.jsonl.gz", "verdict.json"];

function writeRecording(dir: string, lab: Lab, options: LabOptions, calls: readonly Call[]): void {
  const {
    run,
    engine: { kind, kafka, from, nodes },
  } = lab;
  const facts: LabFacts = {
    scenario: run.scenario,
    startedAt: run.startedAt.toISOString(),
    engine: { kind, kafka, from, nodes },
    differs: lab.differs,
    bootstrap: lab.bootstrap,
    topic: lab.topic,
    bootMs: lab.bootMs,
    options: askedOf(options),
  };
  const lines = (values: readonly unknown[]): ReturnType<typeof compressed> =>
    compressed(values.map((value) => impersonal(JSON.stringify(value))));
  const json = (value: unknown): string => `${impersonal(JSON.stringify(value, null, 2))}\n`;
  makeFolders(dir, 0o777);
  // only an earlier recording's files: the folder may have others
  for (const name of FILES) rmSync(path.join(dir, name), { force: true });
  writeFileSync(path.join(dir, "run.json"), json(facts));
  writeFileSync(path.join(dir, "calls.jsonl.gz"), lines(calls));
  writeFileSync(path.join(dir, "history.jsonl.gz"), lines(run.history));
  const verdict = path.join(run.dir, "verdict.json");
  if (existsSync(verdict))
    writeFileSync(path.join(dir, "verdict.json"), impersonal(readFileSync(verdict, "utf8")));
}
