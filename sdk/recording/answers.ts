// Answers calls from a recording, and advances the history with them.
//
//   call ─▶ tape (next recorded answer) ─▶ progress (history up to its end) ─▶ value, handle or error

import type { HistoryEvent } from "../model/history.ts";
import { type Call, isPromised, revived } from "./call.ts";
import { type Boundary, HANDLES, type Member, surfaceOf } from "./surface.ts";
import type { Tape } from "./tape.ts";

/** The history up to the call that was answered last. */
export interface Progress {
  readonly events: readonly HistoryEvent[];
  /** When the latest answered call ended, in milliseconds since the run's start. */
  readonly endMs: number;
  /** Advances to the end of a call. */
  reach(call: Call): void;
  toEnd(): void;
}

/** One list that grows as calls are answered, as a real run's does. */
export function replayedHistory(all: readonly HistoryEvent[]): Progress {
  const events: HistoryEvent[] = [];
  let endMs = 0;
  const upTo = (count: number): void => {
    // spread as arguments they would exceed the stack
    for (const event of all.slice(events.length, count)) events.push(event);
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

export interface AnswerParts {
  tape: Tape;
  progress: Progress;
  assertOpen(): void;
  missing(path: string, args: readonly unknown[]): Error;
}

/** Answers calls from the recording. */
export interface AnsweringBoundary extends Boundary {
  call(path: string, args: readonly unknown[], member: Member): unknown;
  /** The next recorded value of a reading; undefined if the recording has no further one. */
  aside(path: string): unknown;
}

export function answeringBoundary({ tape, progress, assertOpen, missing }: AnswerParts): AnsweringBoundary {
  function answer(call: Call, member: Member): unknown {
    progress.reach(call);
    if (call.error !== undefined) throw revived(call.error);
    return handed(call, member);
  }

  function handed({ value, handle = "" }: Call, member: Member): unknown {
    const surface = HANDLES[member];
    return surface === undefined ? value : surfaceOf(surface, handle, (value ?? {}) as object, boundary);
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
      if (call.pending === true) return; // it had not ended when the recorded lab was closed
      tape.inOrder(call, () => {
        try {
          resolve(answer(call, member));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  const boundary: AnsweringBoundary = {
    call: (path, args, member) =>
      isPromised(member) ? promised(path, args, member) : answer(find(path, args, member), member),
    reading(path) {
      const call = tape.take(path, []) ?? tape.last(path, []);
      if (call === undefined) throw missing(path, []);
      return answer(call, "reading");
    },
    aside(path) {
      const call = tape.take(path, []);
      if (call !== undefined) progress.reach(call);
      return call?.value;
    },
  };
  return boundary;
}
