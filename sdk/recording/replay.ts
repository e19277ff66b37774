// A lab that answers from a recording: no cluster, no waits. `conclude` judges the recorded history anew.

import path from "node:path";
import { rejectAfterClose } from "../lab/closed.ts";
import { conclude, type ConcludeParts } from "../lab/conclude.ts";
import { LabError } from "../model/errors.ts";
import type { Lab, LabRun } from "../lab/lab.ts";
import { progressReporter } from "../notebook/progress.ts";
import { runQueries } from "../lab/run-queries.ts";
import { type AnsweringBoundary, answeringBoundary, type Progress, replayedHistory } from "./answers.ts";
import { type Call, plainArgs, sayCall, wrongCall } from "./call.ts";
import type { LabFacts } from "./facts.ts";
import { displayPath } from "./folder.ts";
import { findLines, readLines } from "./lines.ts";
import { readRun } from "./open.ts";
import { renamedCall } from "./renamed.ts";
import { named } from "./record.ts";
import { CLUSTER, DISK, probeFactoryOf, NET, NETWORK, surfaceOf } from "./surface.ts";
import { makeTape, type Tape } from "./tape.ts";

export interface ReplayOptions {
  /** The folder of one recorded lab. */
  dir: string;
  facts: LabFacts;
  /** How to get a real cluster, for the hints of errors. */
  remedy: string;
}

/** @throws LabError NO_SUCH_RUN, BAD_RUN */
export function replayLab({ dir, facts, remedy }: ReplayOptions): Lab {
  const { history, startedAt } = readRun(dir);
  const { file, calls } = readCalls(dir);
  const tape = makeTape(calls);
  const progress = replayedHistory(history);
  const state = replayState();
  const boundary = answeringBoundary({
    tape,
    progress,
    assertOpen: state.assertOpen,
    missing: (call, args) => notRecorded(tape, call, args, { file, remedy }),
  });
  const run = replayedRun({ dir, facts, startedAt, boundary, progress, close: state.close });
  return {
    cluster: surfaceOf(CLUSTER, "cluster", {}, boundary),
    net: surfaceOf(NET, "net", {}, boundary),
    disk: surfaceOf(DISK, "disk", {}, boundary),
    probe: probeFactoryOf({}, boundary),
    inject: (...args) => boundary.call("lab.inject", args, "promise of a fault") as ReturnType<Lab["inject"]>,
    predict: ((...args: Parameters<Lab["predict"]>) =>
      boundary.call("lab.predict", named(args), "promise")) as Lab["predict"],
    run,
    engine: { ...facts.engine, network: surfaceOf(NETWORK, "engine.network", {}, boundary) },
    differs: facts.differs,
    bootstrap: facts.bootstrap,
    topic: facts.topic,
    bootMs: facts.bootMs,
    isReplay: true,
    recordedAt: startedAt,
    watch: (...args) => boundary.call("lab.watch", args, "promise of a watch") as ReturnType<Lab["watch"]>,
    group: (...args) => boundary.call("lab.group", args, "promise of a group") as ReturnType<Lab["group"]>,
    step: (name) => void boundary.call("lab.step", [name], "value"),
    note: (text) => void boundary.call("lab.note", [text], "value"),
    capture: (command) => boundary.call("lab.capture", [command], "promise") as Promise<string>,
    async conclude(options = {}) {
      state.beginConclusion();
      progress.toEnd();
      return await conclude(concludeParts(run, facts), options);
    },
    close: state.close,
    [Symbol.asyncDispose]: state.close,
  };
}

function readCalls(dir: string): { file: string; calls: Call[] } {
  const file = findLines(dir, "calls");
  if (file === undefined)
    throw new LabError("BAD_RUN", "Cannot replay the run: its calls were not recorded", {
      file: path.join(dir, "calls.jsonl.gz"),
      hint: "LAB_RECORD records them; openRun judges and draws any run.",
    });
  return { file, calls: readLines(file, renamedCall, wrongCall).values as Call[] };
}

interface ReplayState {
  /** @throws LabError LAB_CLOSED */
  assertOpen(): void;
  /** @throws LabError LAB_CLOSED at the second call, or after `close` */
  beginConclusion(): void;
  close(): Promise<void>;
}

function replayState(): ReplayState {
  let isClosed = false;
  let isConcluding = false;
  return {
    assertOpen() {
      if (isClosed) throw rejectAfterClose("Cannot use the lab: it is closed");
    },
    beginConclusion() {
      if (isClosed || isConcluding) throw rejectAfterClose("Cannot conclude the run: it has ended");
      isConcluding = true;
    },
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

interface RunParts {
  dir: string;
  facts: LabFacts;
  startedAt: Date;
  boundary: AnsweringBoundary;
  progress: Progress;
  close(): Promise<void>;
}

function replayedRun({ dir, facts, startedAt, boundary, progress, close }: RunParts): LabRun {
  const aside = (name: string, otherwise: number): number =>
    (boundary.aside(name) as number | undefined) ?? otherwise;
  const run: LabRun = {
    dir: path.resolve(dir),
    scenario: facts.scenario,
    startedAt,
    now: () => aside("run.now", progress.endMs),
    at: () => aside("run.at", progress.endMs),
    record: (event) => void boundary.call("run.record", [event], "value"),
    get history() {
      boundary.aside("run.history");
      return progress.events;
    },
    close,
    ...runQueries(() => run.history),
  };
  return run;
}

/** Nothing is healed or read back: the history has both. */
function concludeParts(run: LabRun, facts: LabFacts): ConcludeParts {
  return {
    run,
    cluster: { waitFor: () => Promise.resolve() },
    faults: { healAll: () => Promise.resolve() },
    probes: [],
    endpoints: facts.bootstrap,
    gatherLogs: () => Promise.resolve(),
    topics: () => [],
    close: run.close,
    progress: progressReporter(false),
    mark: `recorded run of ${day(run.startedAt)}, judged again`,
    signal: () => undefined,
  };
}

/** A day as in ISO 8601. */
export function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function notRecorded(
  tape: Tape,
  path: string,
  args: readonly unknown[],
  { file, remedy }: { file: string; remedy: string },
): LabError {
  const next = tape.next(path);
  const has =
    next === undefined ? "the recording has no further call" : `the recording has ${sayCall(next)} next`;
  return new LabError("NOT_RECORDED", `Cannot replay ${sayCall({ path, args: plainArgs(args) })}: ${has}`, {
    file: displayPath(file),
    hint:
      "Was a cell edited, or run twice? The first cell restarts the replay. An edited cell needs a real " +
      `cluster: ${remedy}`,
  });
}
