// A lab whose answers are those of a recording: no cluster, no waits. It judges for real, from the recorded
// history.

import path from "node:path";
import { rejectAfterClose } from "../lab/closed.ts";
import { conclude } from "../lab/conclude.ts";
import { LabError } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Lab, LabRun } from "../lab/lab.ts";
import { progressReporter } from "../notebook/progress.ts";
import { runQueries } from "../lab/run-queries.ts";
import { type Call, isPromised, plainArgs, revived, sayCall, wrongCall } from "./call.ts";
import type { LabFacts } from "./facts.ts";
import { displayPath } from "./folder.ts";
import { findLines, readLines } from "./lines.ts";
import { readRun } from "./open.ts";
import { named } from "./record.ts";
import { renamedCall } from "./renamed.ts";
import {
  type Boundary,
  CLUSTER,
  FAULT,
  LOAD,
  probeFactoryOf,
  type Member,
  NET,
  NETWORK,
  PROBE,
  surfaceOf,
} from "./surface.ts";
import { makeTape, type Tape } from "./tape.ts";

export interface ReplayOptions {
  /** The folder of one recorded lab. */
  dir: string;
  facts: LabFacts;
  /** What brings a real cluster, for a person. */
  remedy: string;
}

/** @throws LabError NO_SUCH_RUN, BAD_RUN */
export function replayLab({ dir, facts, remedy }: ReplayOptions): Lab {
  const { history, startedAt } = readRun(dir);
  const file = findLines(dir, "calls");
  if (file === undefined)
    throw new LabError("BAD_RUN", "Cannot replay the run: its calls were not recorded", {
      file: path.join(dir, "calls.jsonl.gz"),
      hint: "LAB_RECORD records them; openRun judges and draws any run.",
    });
  const tape = makeTape(readLines(file, renamedCall, wrongCall).values as Call[]);
  const sofar = replayedHistory(history);
  let isClosed = false;
  let isConcluding = false;
  const assertOpen = (): void => {
    if (isClosed) throw rejectAfterClose("Cannot use the lab: it is closed");
  };
  const boundary = boundaryOf({
    tape,
    sofar,
    assertOpen,
    missing: (call, args) => notRecorded(tape, call, args, { file, remedy }),
  });
  const close = (): Promise<void> => {
    isClosed = true;
    return Promise.resolve();
  };
  const aside = (name: string, otherwise: number): number =>
    (boundary.aside(name) as number | undefined) ?? otherwise;
  const run: LabRun = {
    dir: path.resolve(dir),
    scenario: facts.scenario,
    startedAt,
    now: () => aside("run.now", sofar.endMs),
    at: () => aside("run.at", sofar.endMs),
    record: (event) => void boundary.call("run.record", [event], "value"),
    get history() {
      boundary.aside("run.history");
      return sofar.events;
    },
    close,
    ...runQueries(() => run.history),
  };
  const mark = `recorded run of ${day(startedAt)}, judged again`;
  return {
    cluster: surfaceOf(CLUSTER, "cluster", {}, boundary),
    net: surfaceOf(NET, "net", {}, boundary),
    probe: probeFactoryOf({}, boundary),
    inject: (...args) => boundary.call("lab.inject", args, "promise of a fault") as ReturnType<Lab["inject"]>,
    predict: (...args) => boundary.call("lab.predict", named(args), "promise") as ReturnType<Lab["predict"]>,
    run,
    engine: { ...facts.engine, network: surfaceOf(NETWORK, "engine.network", {}, boundary) },
    differs: facts.differs,
    bootstrap: facts.bootstrap,
    topic: facts.topic,
    bootMs: facts.bootMs,
    isReplay: true,
    recordedAt: startedAt,
    step: (name) => void boundary.call("lab.step", [name], "value"),
    note: (text) => void boundary.call("lab.note", [text], "value"),
    async conclude(how = {}) {
      if (isClosed || isConcluding) throw rejectAfterClose("Cannot conclude the run: it has ended");
      isConcluding = true;
      sofar.toEnd();
      // nothing is left to heal or to read back: both are in the history
      return await conclude(
        {
          run,
          cluster: { waitFor: () => Promise.resolve() },
          faults: { healAll: () => Promise.resolve() },
          probes: [],
          endpoints: facts.bootstrap,
          gatherLogs: () => Promise.resolve(),
          topics: () => [],
          close,
          progress: progressReporter(false),
          mark,
          signal: () => undefined,
        },
        how,
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A day as in ISO 8601. */
export function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

interface Sofar {
  readonly events: readonly HistoryEvent[];
  /** When the latest of the calls that were answered had ended, in milliseconds since the run's start. */
  readonly endMs: number;
  /** Goes on to the end of a call. */
  reach(call: Call): void;
  toEnd(): void;
}

/** The history as it was at the moment that the replay has come to; one list that grows, as a real run's. */
function replayedHistory(all: readonly HistoryEvent[]): Sofar {
  const events: HistoryEvent[] = [];
  let endMs = 0;
  const upTo = (count: number): void => {
    for (const event of all.slice(events.length, count)) events.push(event); // as arguments they would be too many
  };
  return {
    events,
    get endMs() {
      return endMs;
    },
    reach(call) {
      endMs = Math.max(endMs, call.endMs);
      upTo(call.events);
    },
    toEnd: () => upTo(all.length),
  };
}

interface Parts {
  tape: Tape;
  sofar: Sofar;
  assertOpen(): void;
  missing(path: string, args: readonly unknown[]): Error;
}

interface Answering extends Boundary {
  call(path: string, args: readonly unknown[], member: Member): unknown;
  /** The next value of what is read at any moment; undefined where the recording has no further one. */
  aside(path: string): unknown;
}

function boundaryOf({ tape, sofar, assertOpen, missing }: Parts): Answering {
  function answer(call: Call, member: Member): unknown {
    sofar.reach(call);
    if (call.error !== undefined) throw revived(call.error);
    return handed(call, member);
  }

  function handed({ value, handle = "" }: Call, member: Member): unknown {
    switch (member) {
      case "promise of a fault":
        return surfaceOf(FAULT, handle, value as object, boundary);
      case "probe":
        return surfaceOf(PROBE, handle, value as object, boundary);
      case "load":
        return surfaceOf(LOAD, handle, {}, boundary);
      default:
        return value;
    }
  }

  function find(path: string, args: readonly unknown[], member: Member): Call {
    assertOpen();
    const call = tape.take(path, args) ?? (member === "promise once" ? tape.last(path, args) : undefined);
    if (call === undefined) throw missing(path, args);
    return call;
  }

  async function promised(path: string, args: readonly unknown[], member: Member): Promise<unknown> {
    const call = find(path, args, member);
    return await new Promise((resolve, reject) => {
      if (call.pending === true) return; // it had not ended when the lab was closed
      tape.inOrder(call, () => {
        try {
          resolve(answer(call, member));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  const boundary: Answering = {
    call: (path, args, member) =>
      isPromised(member) ? promised(path, args, member) : answer(find(path, args, member), member),
    reading(path) {
      const call = tape.take(path, []) ?? tape.last(path, []);
      if (call === undefined) throw missing(path, []);
      return answer(call, "reading");
    },
    aside(path) {
      const call = tape.take(path, []);
      if (call !== undefined) sofar.reach(call);
      return call?.value;
    },
  };
  return boundary;
}

function notRecorded(
  tape: Tape,
  path: string,
  args: readonly unknown[],
  { file, remedy }: { file: string; remedy: string },
): LabError {
  const next = tape.next(path);
  const has =
    next === undefined ? "the recording has no further calls" : `the recording has ${sayCall(next)} next`;
  return new LabError("NOT_RECORDED", `Cannot replay ${sayCall({ path, args: plainArgs(args) })}: ${has}`, {
    file: displayPath(file),
    hint: `Was a cell changed, or run twice? The first cell begins the replay anew. What is changed needs a real cluster: ${remedy}`,
  });
}
