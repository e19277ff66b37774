// Tells what is going on in one place of a notebook's cell, written over as it changes, and leaves its last
// line there.
//
//   begin ── 2 s of silence ──▶ "starting the brokers … 2.0 s" ─▶ … 3.0 s ─▶ say: "fetching 60 jars … 4.0 s"
//         ─▶ end: "3 nodes serve after 9.1 s"

import { performance } from "node:perf_hooks";
import { readable } from "../model/duration.ts";
import { printable } from "../model/printable.ts";
import type { ProgressKind } from "../runtime/progress.ts";
import type { Bundle } from "./notebook.ts";

/** Reports the progress of something that takes time. */
export interface ProgressReporter {
  /** A stage begins; it is written once it has taken two seconds, and then again and again. */
  begin(stage: string): void;
  /**
   * Writes at once, unless `kind` says that the line is about a wait: a wait inside of the stage begins, is
   * so far, or ends. Such a line is written once that wait has taken two seconds. @default kind "event"
   */
  say(line: string, kind?: ProgressKind): void;
  /** No stage is under way any more. */
  end(line?: string): void;
}

/** Makes a line of progress printable; further lines are indented: none looks like another message. */
export function progressLine(line: string): string {
  return printable(line, { lines: true }).replace(/\n(?! {2})/g, "\n  ");
}

const SLOW_MS = 2_000;
const AGAIN_MS = 1_000;

/**
 * Makes a reporter that uses a display from the first line to `end`, and then another; each display is
 * written over.
 */
export function progressLineReporter(
  newDisplay: () => (bundle: Bundle) => Promise<unknown>,
): ProgressReporter {
  let timer: NodeJS.Timeout | undefined;
  let write: ((bundle: Bundle) => Promise<unknown>) | undefined;
  let stage: { name: string; beganMs: number } | undefined;
  /** The stage in which a wait of its own began. */
  let outer = "";
  let longest = { name: "", ms: -1 };
  const leave = (): void => {
    const ms = stage === undefined ? -1 : performance.now() - stage.beganMs;
    if (stage !== undefined && ms > longest.ms) longest = { name: stage.name, ms };
  };
  const report = (line: string): void => {
    write ??= newDisplay();
    void write({ "text/plain": progressLine(line) });
  };
  const reportStage = (): void => {
    if (stage === undefined) return;
    report(`${stage.name} … ${readable(performance.now() - stage.beganMs)}`);
    wait(AGAIN_MS);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(reportStage, ms);
    timer.unref();
  };
  return {
    begin(name) {
      leave();
      outer = name;
      stage = { name, beganMs: performance.now() };
      wait(write === undefined ? SLOW_MS : AGAIN_MS);
    },
    say(line, kind) {
      if (kind === "begin" || kind === "end") {
        if (stage === undefined) return;
        leave();
        stage = { name: kind === "begin" ? line : outer, beganMs: performance.now() };
        return wait(write === undefined ? SLOW_MS : AGAIN_MS);
      }
      // what is said names the stage from now on; what nobody waits for stands alone
      if (stage === undefined) return void newDisplay()({ "text/plain": progressLine(line) });
      stage = { ...stage, name: line };
      report(line);
      wait(AGAIN_MS);
    },
    end(line) {
      clearTimeout(timer);
      leave();
      // without a line of its own the place says what the wait was for
      if (line !== undefined) report(line);
      else if (stage !== undefined && write !== undefined) report(`${longest.name}: ${readable(longest.ms)}`);
      stage = write = undefined;
      longest = { name: "", ms: -1 };
    },
  };
}
