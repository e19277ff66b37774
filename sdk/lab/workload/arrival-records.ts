// What a watch keeps of a record that arrived, and the counting of arrivals.

import type { FollowedRecord } from "../../client/committed-records.ts";
import type { Followed } from "../../client/follow-partition.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Arrival } from "../../model/history.ts";
import { keptText } from "../../runtime/kept-text.ts";
import type { Run } from "../run.ts";

export function arrivalOf(
  run: Run,
  partition: number,
  { offset, key, value, timestamp }: FollowedRecord,
  { notBefore, at }: Followed,
): Arrival {
  return {
    partition,
    offset: String(offset),
    value: keptText(value, LETTERS),
    ...(key === null ? {} : { key: keptText(key, LETTERS) }),
    notBeforeMs: run.at(notBefore),
    atMs: run.at(at),
    ...(timestamp < 0 ? {} : { stampMs: timestamp - run.startedAt.getTime() }),
  };
}

/** A watched topic's records are another application's: of longer texts a sum tells them apart. */
const LETTERS = 100;

/** Counts arrivals, and waits for them. */
export function counter(name: string): {
  count(more: number): void;
  /** @throws LabError NOT_READY */
  arrived(wanted: number, options?: { timeout?: Duration; signal?: AbortSignal }): Promise<void>;
} {
  let total = 0;
  const waiting = new Set<() => void>();
  return {
    count(more) {
      total += more;
      for (const look of waiting) look();
    },
    async arrived(wanted, { timeout = "60s", signal } = {}) {
      signal?.throwIfAborted();
      const [had, timeoutMs] = [total, toMs(timeout)];
      await new Promise<void>((resolve, reject) => {
        const end = (): void => {
          waiting.delete(look);
          clearTimeout(expiry);
          signal?.removeEventListener("abort", abort);
        };
        const look = (): void => void (total >= had + wanted && (end(), resolve()));
        const abort = (): void => (end(), reject(signal!.reason as Error));
        const expiry = setTimeout(() => {
          end();
          const text = `${total - had} of ${wanted} records arrived at ${name}`;
          reject(new LabError("NOT_READY", `Timed out after ${readable(timeoutMs)}: ${text}`));
        }, timeoutMs);
        signal?.addEventListener("abort", abort, { once: true });
        waiting.add(look);
        look();
      });
    },
  };
}
