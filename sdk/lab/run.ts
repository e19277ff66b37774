// One execution with its artefacts: a folder, a clock, and the history that everything is written to.
//
//   .lab/runs/<scenario>/<time>/history.jsonl     one event a line, as it happens
//                              /<service>.log     what the broker said
//                              /verdict.json, timeline.txt, timeline.svg

import { type WriteStream, createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { finished } from "node:stream/promises";
import { cannotWrite } from "../runtime/disk.ts";
import type { LabError } from "../model/errors.ts";
import type { History, HistoryEvent } from "../model/history.ts";
import { inside, scenarioName } from "../runtime/inside.ts";
import { makeFolders } from "../runtime/make-folders.ts";

/** A run in progress. */
export interface Run {
  /** The run's folder: history, broker logs, and at the end the verdict and the timeline. */
  readonly dir: string;
  /** The name of the scenario: `ad-hoc` by default. */
  readonly scenario: string;
  /** Wall clock at `now()` 0. */
  readonly startedAt: Date;
  /** Milliseconds since the run's start; monotonic. */
  now(): number;
  /** The moment of a `performance.now()` value, in milliseconds since the run's start. */
  at(performanceNow: number): number;
  /** Adds an event to the history. */
  record(event: HistoryEvent): void;
  /** Everything recorded so far. */
  readonly history: History;
  /**
   * Writes pending events and closes the file.
   *
   * @throws LabError DISK_FULL, COMMAND_FAILED if the history could not be written completely
   */
  close(): Promise<void>;
}

/** A run whose history can be ended before the run is. */
export interface SealableRun extends Run {
  /** What is recorded afterwards is dropped, so that the verdict is about the whole history. */
  seal(): void;
}

/**
 * Begins a run in `<root>/<scenario>/<local time>/`.
 *
 * If the history cannot be written, the run continues in memory: `say` is called once, a note records it, and
 * `close` rejects.
 *
 * @throws TypeError, RangeError for a scenario that is not a valid folder name; LabError DISK_FULL,
 *   COMMAND_FAILED if the folder cannot be made
 */
export function beginRun(
  root: string,
  scenario: string,
  say: (line: string) => void = () => {},
): SealableRun {
  const startedAt = new Date();
  const zero = performance.now();
  const dir = inside(path.resolve(root, scenarioName(scenario)), fresh(startedAt));
  try {
    makeFolders(path.dirname(dir), 0o700);
    mkdirSync(dir, { mode: 0o700 }); // must be new: logs may contain secrets
  } catch (cause) {
    throw cannotWrite("make the run's folder", cause, { file: dir, remedy: "run" });
  }
  const events: HistoryEvent[] = [];
  let isSealed = false;
  const now = (): number => round(performance.now() - zero);
  const file = lines(path.join(dir, "history.jsonl"), ({ message }) => {
    const text = `${message.split("\n", 1)[0]}; the rest of the run is in memory only`;
    events.push({ kind: "note", atMs: now(), text });
    say(text);
  });
  return {
    dir,
    scenario,
    startedAt,
    now,
    at: (performanceNow) => round(performanceNow - zero),
    record(event) {
      if (isSealed) return;
      events.push(event);
      file.write(event);
    },
    seal() {
      isSealed = true;
    },
    history: events,
    close: () => file.close(),
  };
}

/** Three decimals: more are noise and make a history a third longer. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

let sequence = 0;

/**
 * `2026-03-01T12-30-05.123-1`: sorts by time, is a file name everywhere, and differs between runs of the same
 * millisecond.
 */
function fresh(at: Date): string {
  return (
    `${at.toISOString().replaceAll(":", "-").replace("Z", "")}-${process.pid}` +
    `${sequence++ === 0 ? "" : `.${sequence}`}`
  );
}

const FLUSH_MS = 100;

/**
 * Collects lines and hands them to the file ten times a second: a write an event would cost a fifth of the
 * probe's throughput. The first failure is the last write.
 */
function lines(
  file: string,
  onFailure: (failure: LabError) => void,
): { write(event: unknown): void; close(): Promise<void> } {
  let stream: WriteStream | undefined;
  let failure: LabError | undefined;
  let pending: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const fail = (cause: unknown): void => {
    if (failure !== undefined) return;
    failure = cannotWrite("write the history", cause, { file, remedy: "run" });
    onFailure(failure);
  };
  const flush = (): void => {
    timer = undefined;
    stream ??= createWriteStream(file, { flags: "a", mode: 0o600 }).on("error", fail);
    if (pending.length > 0) stream.write(pending.join(""));
    pending = [];
  };
  return {
    write(event) {
      if (failure !== undefined) return;
      pending.push(`${JSON.stringify(event)}\n`);
      if (timer === undefined) {
        timer = setTimeout(flush, FLUSH_MS);
        timer.unref();
      }
    },
    async close() {
      clearTimeout(timer);
      if (failure === undefined) {
        flush();
        await finished(stream!.end()).catch(fail);
      }
      if (failure !== undefined) throw failure;
    },
  };
}
