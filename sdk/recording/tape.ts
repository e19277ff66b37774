// The calls of a recording: equal calls are answered in their recorded order, independently of other calls.
//
//   recorded   send#1 ├──────┤   waitFor ├──┤   send#2 ├─┤
//   replayed   send ─▶ #1     waitFor ─▶ it     send ─▶ #2   in the order of the recorded ends, no waits

import { type Call, plainArgs, sayCall } from "./call.ts";
import type { Lab } from "../lab/lab.ts";
import { named } from "./record.ts";
import { impersonal } from "./impersonal.ts";

export interface Tape {
  /** Takes the next answer to that call; undefined where the recording has none, or no further one. */
  take(path: string, args: readonly unknown[]): Call | undefined;
  /** The answer that was taken last to that call. */
  last(path: string, args: readonly unknown[]): Call | undefined;
  /** The first call that was recorded and not yet taken: of that path where there is one, else of any. */
  next(path: string): Call | undefined;
  /** Gives an answer when those that ended before it, and are waited for now, have been given. */
  inOrder(call: Call, give: () => void): void;
}

/** Readings of what was at hand, not verbs that somebody would look for. */
const ASIDE = new Set(["run.now", "run.at", "run.history"]);

/** `calls` in the order of their ends. */
export function makeTape(calls: readonly Call[]): Tape {
  const index = new Map(calls.map((call, i) => [call, i]));
  const begun = [...calls].sort((a, b) => a.n - b.n);
  const waiting = grouped(begun);
  const taken = new Map<string, Call>();
  const left = new Set(begun.filter(({ path }) => !ASIDE.has(path)));
  const asked: { call: Call; give: () => void }[] = [];

  /** One at a time: what an answer makes the program ask next may have ended before the others. */
  function pump(): void {
    const first = asked.sort((a, b) => index.get(a.call)! - index.get(b.call)!).shift();
    first?.give();
    if (asked.length > 0) setTimeout(pump, 0);
  }

  return {
    take(path, args) {
      const key = keyOf({ path, args: plainArgs(args) });
      const call = waiting.get(key)?.shift();
      if (call === undefined) return undefined;
      taken.set(key, call);
      left.delete(call);
      return call;
    },
    last: (path, args) => taken.get(keyOf({ path, args: plainArgs(args) })),
    next: (path) => [...left].find((call) => call.path === path) ?? [...left][0],
    inOrder(call, give) {
      asked.push({ call, give });
      if (asked.length === 1) setTimeout(pump, 0);
    },
  };
}

function keyOf({ path, args }: Pick<Call, "path" | "args">): string {
  // recordings of earlier versions have the kind, the target and the options of a predicted fault apart
  const same = path === "lab.predict" ? plainArgs(named(args as Parameters<Lab["predict"]>)) : args;
  return impersonal(sayCall({ path, args: same }));
}

function grouped(calls: readonly Call[]): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = keyOf(call);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return groups;
}
