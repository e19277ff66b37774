// Writes down what a real lab was asked and what it answered, so that the same program can be run again
// without a cluster.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cannotWrite } from "../runtime/disk.ts";
import type { Fault } from "../lab/faults/fault.ts";
import type { History } from "../model/history.ts";
import type { Lab, LabOptions } from "../lab/lab.ts";
import { asValue, isProbe } from "../lab/verbs/predict.ts";
import type { Probe } from "../lab/workload/probe.ts";
import { runQueries } from "../lab/run-queries.ts";
import { makeFolders } from "../runtime/make-folders.ts";
import { type Call, failureOf, isPromised, plainArgs, toPlain } from "./call.ts";
import { askedOf, type LabFacts } from "./facts.ts";
import { impersonal } from "./impersonal.ts";
import { compressed } from "./lines.ts";
import {
  type Boundary,
  CLUSTER,
  factsOf,
  FAULT,
  LOAD,
  probeFactoryOf,
  type Member,
  NET,
  PROBE,
  surfaceOf,
} from "./surface.ts";

/**
 * Returns the lab with the same verbs; when it ends, `dir` has the recording: `run.json`, `calls.jsonl.gz`,
 * `history.jsonl.gz`, and `verdict.json` where the run came to one.
 */
export function recordLab(lab: Lab, options: LabOptions, dir: string): Lab {
  const { run } = lab;
  const log = callLog({ now: () => run.now(), events: () => run.history.length });
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
    probe: probeFactoryOf(lab.probe, boundary),
    inject: (...args) =>
      boundary.call("lab.inject", args, "promise of a fault", () => lab.inject(...args)) as ReturnType<
        Lab["inject"]
      >,
    predict: (...args) =>
      boundary.call("lab.predict", named(args), "promise", () => lab.predict(...args)) as ReturnType<
        Lab["predict"]
      >,
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
    step: (name) => void boundary.call("lab.step", [name], "value", () => lab.step(name)),
    note: (text) => void boundary.call("lab.note", [text], "value", () => lab.note(text)),
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

/** A prediction is for a probe or for its name, which is the same and can be written down. */
export function named(asked: Parameters<Lab["predict"]>): unknown[] {
  const [fault, { client, ...rest }] = asValue(asked);
  const name = isProbe(client) ? client.name : client;
  return [fault, { ...rest, ...(name === undefined ? {} : { client: name }) }];
}

interface CallLog {
  boundary: Boundary;
  /** Notes that something was read, without its value. */
  mark(path: string): void;
  /** All calls in the order of their ends, those that have not ended last. */
  calls(): Call[];
}

function callLog(clock: { now(): number; events(): number }): CallLog {
  const ended: Call[] = [];
  const underWay = new Set<Call>();
  const loads = new Map<string, number>();
  let count = 0;

  function begin(path: string, args: readonly unknown[]): Call {
    const call: Call = {
      n: ++count,
      path,
      args: plainArgs(args),
      endMs: clock.now(),
      events: clock.events(),
    };
    underWay.add(call);
    return call;
  }

  function end(call: Call, answer: Pick<Call, "value" | "handle" | "error">): void {
    underWay.delete(call);
    ended.push(Object.assign(call, { endMs: clock.now(), events: clock.events() }, answer));
  }

  function returned(call: Call, result: unknown, member: Member): unknown {
    switch (member) {
      case "promise of a fault":
        return handed(call, result as Fault, FAULT, `fault(${JSON.stringify((result as Fault).id)})`);
      case "probe":
        return handed(call, result as Probe, PROBE, `probe(${JSON.stringify((result as Probe).name)})`);
      case "load": {
        const n = (loads.get(call.path) ?? 0) + 1;
        loads.set(call.path, n);
        return handed(call, result as object, LOAD, `${call.path.replace(/\.start$/, "")}.load(${n})`);
      }
      default:
        end(call, { value: toPlain(result) });
        return result;
    }
  }

  function handed<T>(
    call: Call,
    result: object,
    surface: Parameters<typeof surfaceOf<T>>[0],
    handle: string,
  ): T {
    end(call, { value: toPlain(factsOf(surface, result)), handle });
    return surfaceOf(surface, handle, result, boundary);
  }

  function failed(call: Call, error: unknown): never {
    end(call, { error: failureOf(error) });
    throw error;
  }

  const boundary: Boundary = {
    call(path, args, member, real) {
      const call = begin(path, args);
      const onError = (error: unknown): never => failed(call, error);
      const result = attempt(real, onError);
      return isPromised(member)
        ? (result as Promise<unknown>).then((value) => returned(call, value, member), onError)
        : returned(call, result, member);
    },
    reading(path, real) {
      const value = real();
      end(begin(path, []), { value: toPlain(value) });
      return value;
    },
  };
  return {
    boundary,
    mark: (path) => end(begin(path, []), {}),
    calls: () => [...ended, ...[...underWay].map((call) => ({ ...call, pending: true }))],
  };
}

function attempt(real: () => unknown, onError: (error: unknown) => never): unknown {
  try {
    return real();
  } catch (error) {
    return onError(error);
  }
}

/** What a recording consists of. */
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
  // those of the recording before, and nothing else: the folder may be the reader's own
  for (const name of FILES) rmSync(path.join(dir, name), { force: true });
  writeFileSync(path.join(dir, "run.json"), json(facts));
  writeFileSync(path.join(dir, "calls.jsonl.gz"), lines(calls));
  writeFileSync(path.join(dir, "history.jsonl.gz"), lines(run.history));
  const verdict = path.join(run.dir, "verdict.json");
  if (existsSync(verdict))
    writeFileSync(path.join(dir, "verdict.json"), impersonal(readFileSync(verdict, "utf8")));
}
