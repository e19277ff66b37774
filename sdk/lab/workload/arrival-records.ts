// What a watch keeps of a record that arrived, and the counting of arrivals.

import { createHash } from "node:crypto";
import type { FollowedRecord } from "../../client/committed-records.ts";
import type { Followed } from "../../client/follow-partition.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Arrival } from "../../model/history.ts";
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
    value: told(value),
    ...(key === null ? {} : { key: told(key) }),
    notBeforeMs: run.at(notBefore),
    atMs: run.at(at),
    ...(timestamp < 0 ? {} : { stampMs: timestamp - run.startedAt.getTime() }),
  };
}

/**
 * Longer texts are kept as their beginning and a sum: a history holds what tells records apart, no payloads.
 */
const LETTERS = 100;
const BEGINNING = 40;

function told(text: string): string {
  if (text.length <= LETTERS) return text;
  const sum = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${text.slice(0, BEGINNING)}… sha256:${sum}`;
}

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
