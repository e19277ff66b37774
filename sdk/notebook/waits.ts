// Waits and their clocks: what is waited for now, how far it is, and when it is said.
//
//   begin "starting the brokers" ── 2 s ──▶ "starting the brokers … 2.0 s" ─▶ again and again
//     begin, count, end of a wait inside ─▶ "34 of 58 jars, 31 MB … 4.0 s" ─▶ "58 of 58 jars, 46 MB: 9.1 s"
//     ── 2 s ──▶ "starting the brokers … 2.0 s": its clock begins anew

import { performance } from "node:perf_hooks";
import { readable } from "../model/duration.ts";
import type { ProgressKind } from "../runtime/progress.ts";
import type { ProgressReporter } from "./progress-line.ts";

/** Where the lines of waits go. */
export interface WaitOutput {
  /** A line that stays. */
  line(text: string): void;
  /** A line that stands for what is waited for now: the next one may take its place. */
  live(text: string): void;
  /** After how long a live line is said again. */
  readonly againMs: number;
}

/** A wait that takes less is not said at all. */
export const SLOW_MS = 2_000;

interface Wait {
  /** Its name, or its last count. */
  text: string;
  beganMs: number;
  isShown: boolean;
}

/** Makes a reporter of waits, of which one may be inside of another. */
export function waitReporter(output: WaitOutput): ProgressReporter {
  let outer: Wait | undefined;
  let inner: Wait | undefined;
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    const wait = inner ?? outer;
    if (wait === undefined) return;
    wait.isShown = true;
    output.live(`${wait.text} … ${readable(performance.now() - wait.beganMs)}`);
    schedule(output.againMs);
  };
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(show, ms);
    timer.unref();
  };
  const begin = (text: string): Wait => {
    schedule(SLOW_MS);
    return { text, beganMs: performance.now(), isShown: false };
  };
  /** What was shown of a wait stays as its last state, with the time that it took. */
  const leave = (wait: Wait | undefined): void => {
    clearTimeout(timer);
    if (wait?.isShown) output.line(`${wait.text}: ${readable(performance.now() - wait.beganMs)}`);
  };
  const says: Record<ProgressKind, (line: string) => void> = {
    event: (line) => output.line(line),
    begin(line) {
      leave(inner ?? outer);
      inner = begin(line);
    },
    count(line) {
      if (inner === undefined) says.begin(line);
      inner!.text = line;
    },
    end(line) {
      if (inner !== undefined) inner.text = line;
      leave(inner);
      inner = undefined;
      if (outer !== undefined) outer = begin(outer.text);
    },
  };
  return {
    begin(stage) {
      leave(inner ?? outer);
      inner = undefined;
      outer = begin(stage);
    },
    say: (line, kind = "event") => says[kind](line),
    end(line) {
      if (line === undefined) leave(inner ?? outer);
      clearTimeout(timer);
      outer = inner = undefined;
      if (line !== undefined) output.line(line);
    },
  };
}
