// Injects a rolling restart of nodes: each is a fault of its own, `stop` or `kill`, that is healed before the
// next one begins.

import type { Action } from "../../engine/engine.ts";
import type { RollSpec } from "../../faults/mod.ts";
import type { Member } from "../../model/member.ts";
import type { Driver } from "./driver.ts";

/** How one node is restarted. */
export type RollOne = (member: Member, how: RollHow) => Promise<unknown>;
export type RollHow = Pick<RollSpec, "timeout" | "wait" | "how"> & { signal: AbortSignal | undefined };

export function rollDriver(rollOne: RollOne): Driver {
  return ({ spec, signal }) => {
    const { timeout, wait = "full isr", how = "stop" } = spec as RollSpec;
    let turns: Promise<unknown> = Promise.resolve();
    return {
      act(member) {
        const turn = turns.then(async (): Promise<Action> => {
          signal?.throwIfAborted();
          const began = performance.now();
          const one = { wait, how, signal, ...(timeout !== undefined && { timeout }) };
          await rollOne(member, one);
          return { effectAt: began, tookMs: performance.now() - began, via: `${how}, wait: ${wait}` };
        });
        turns = turn;
        return turn;
      },
      // each is back already, or its own fault is open and brings it back
      undo: () => Promise.resolve(undefined),
      isUndone: () => true,
    };
  };
}
