// One execution with its artefacts: a folder, a clock, and the history that everything is written to.
//
//   .lab/runs/<scenario>/<time>/history.jsonl     one event a line, as it happens
//                              /<service>.log     what the broker said
//                              /verdict.json, timeline.txt, timeline.svg

import { type WriteStream, createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import type { History, HistoryEvent } from "./history.ts";

/** A run that is going on. */
export interface Run {
  readonly dir: string;
  readonly scenario: string;
  /** Wall clock at `now()` 0. */
  readonly startedAt: Date;
  /** Milliseconds since the run's start; monotonic. */
  now(): number;
  /** The moment of a `performance.now()` value, in milliseconds since the run's start. */
  at(performanceNow: number): number;
  record(event: HistoryEvent): void;
  /** Everything recorded so far. */
  readonly history: History;
  /** Writes out what is still in memory and closes the file. */
  close(): Promise<void>;
}

/** Begins a run in `<root>/<scenario>/<local time>/`. */
export function beginRun(root: string, scenario: string): Run {
  const startedAt = new Date();
  const zero = performance.now();
  const dir = path.resolve(root, scenario, fresh(startedAt));
  mkdirSync(dir, { recursive: true });
  const events: HistoryEvent[] = [];
  const file = lines(path.join(dir, "history.jsonl"));
  return {
    dir,
    scenario,
    startedAt,
    now: () => round(performance.now() - zero),
    at: (performanceNow) => round(performanceNow - zero),
    record(event) {
      events.push(event);
      file.write(event);
    },
    history: events,
    close: () => file.close(),
  };
}

/** Microseconds are noise and make a history a third longer. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

let sequence = 0;

/** `2026-03-01T12-30-05.123-1`: sorts by time, is a file name everywhere, and differs between runs of the same millisecond. */
function fresh(at: Date): string {
  return `${at.toISOString().replaceAll(":", "-").replace("Z", "")}-${process.pid}${sequence++ === 0 ? "" : `.${sequence}`}`;
}

const FLUSH_MS = 100;

/** Collects lines and hands them to the file ten times a second: a write an event would cost a fifth of the probe's throughput. */
function lines(file: string): { write(event: unknown): void; close(): Promise<void> } {
  let stream: WriteStream | undefined;
  let pending: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    stream ??= createWriteStream(file, { flags: "a" });
    if (pending.length > 0) stream.write(pending.join(""));
    pending = [];
  };
  return {
    write(event) {
      pending.push(`${JSON.stringify(event)}\n`);
      if (timer === undefined) {
        timer = setTimeout(flush, FLUSH_MS);
        timer.unref();
      }
    },
    close() {
      clearTimeout(timer);
      flush();
      return new Promise((resolve, reject) => stream!.once("error", reject).end(resolve));
    },
  };
}
