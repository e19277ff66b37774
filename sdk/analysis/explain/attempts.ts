// The tries on the wire that a client made within one of its outages.
//
// A connection serves every send that waits, so a try may stand in many sends; and what one send's request
// waits for, the others wait for too.

import type { Attempt, SendEvent } from "../../model/history.ts";

/** One try, with the send that it is recorded in. */
export interface TimedAttempt extends Attempt {
  readonly endMs: number;
  /** Of the send. */
  readonly value: string;
  /** Whether the send is the one whose acknowledgement ended the outage. */
  readonly isOwn: boolean;
}

/**
 * Merges the tries of some sends within a stretch of time, in order of their begin; those of the first send
 * come first where several are the same.
 *
 * @param isForeign whether a try has nothing to do with what is explained; @default none
 */
export function attemptsOf(
  sends: readonly SendEvent[],
  fromMs: number,
  toMs: number,
  isForeign: (send: SendEvent, one: Attempt) => boolean = () => false,
): TimedAttempt[] {
  const seen = new Set<string>();
  const timed: TimedAttempt[] = [];
  sends.forEach((send, i) => {
    const { attempts, value } = send;
    for (const one of attempts) {
      const endMs = one.atMs + one.tookMs;
      if (endMs < fromMs || one.atMs > toMs || isForeign(send, one)) continue;
      // requests that carry a record are a send's own
      const key = one.api === "Produce" ? `${value} ${one.atMs}` : `${one.atMs} ${one.address} ${one.api}`;
      if (seen.has(key)) continue;
      seen.add(key);
      timed.push({ ...one, endMs, value, isOwn: i === 0 });
    }
  });
  return timed.sort((a, b) => a.atMs - b.atMs);
}
