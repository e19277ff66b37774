// What a member of a group is made of, and what is said of its actions.

import type { MemberStart } from "../../client/member/process.ts";
import type { Action } from "../../engine/engine.ts";
import { LabError } from "../../model/errors.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Run } from "../run.ts";

export interface MemberParts {
  run: Run;
  start: Omit<MemberStart, "onLine" | "onLog" | "onNote">;
  /** Milliseconds since the epoch as `performance.now()`. */
  clock(epochMs: number): number;
  /** Called with each event of it, after it was recorded. */
  onEvent(event: HistoryEvent): void;
  note(text: string): void;
  /** Whether the lab is open, and starts processes. */
  isOpen(): boolean;
}

/** Something that was done to a member, both times by `performance.now()`. */
export function actionOf(began: number, effectAt: number, via: string): Action {
  return { effectAt, tookMs: performance.now() - began, via };
}

/** Makes the error for a client that takes no order: Kafka's VerifiableConsumer. */
export function cannotSlow(name: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot slow ${name} down: its client processes nothing`, {
    hint:
      "A member that runs Kafka's VerifiableConsumer takes no order; one of kafkajs does, and so does the " +
      "lab's own in Java, where Java brings a compiler (a JDK).",
  });
}
