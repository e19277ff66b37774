// Orders to a member's program, and their answers.

import type { MemberAnswer, MemberOrder } from "./line.ts";

/** Orders that wait for their answers. */
export interface OrderBook {
  /**
   * Resolves when the order was done; rejects with the member's error, or when its process has ended.
   *
   * @param facts of the order: `processMs` of `slow`
   */
  give(what: MemberOrder, facts?: { processMs?: number }): Promise<MemberAnswer>;
  answer(answer: MemberAnswer): void;
  rejectAll(why: string): void;
}

/** @param write passes a line on to the program's standard input */
export function orderBook(write: (line: string) => void): OrderBook {
  const waiting = new Map<number, { resolve(answer: MemberAnswer): void; reject(error: Error): void }>();
  let count = 0;
  return {
    give: (what, facts) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        waiting.set(id, { resolve, reject });
        write(JSON.stringify({ id, do: what, ...facts }));
      }),
    answer(answer) {
      const { id, error } = answer;
      const one = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) one?.resolve(answer);
      else one?.reject(new Error(error));
    },
    rejectAll(why) {
      for (const { reject } of waiting.values()) reject(new Error(`its process has ended: ${why}`));
      waiting.clear();
    },
  };
}
