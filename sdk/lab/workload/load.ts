// Sends in the background at a steady rate: an open loop up to `inFlight` sends, then a closed loop.

import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import type { Sent, Stream } from "../../client/client.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Outcome } from "../../model/history.ts";

/** Options of `probe.start`. */
export interface LoadOptions {
  /** Sends that begin per second. @default 100 */
  perSecond?: number;
  /** The most sends in flight at once; no other begins until one ends. @default 5 */
  inFlight?: number;
  /** The key of every record. @default none */
  key?: string;
  /** The partition of every record. @default the probe's, else chosen by the client's partitioner */
  partition?: number;
}

/** A load: sends in the background, at a steady rate. */
export interface Load {
  /**
   * Resolves when `count` more sends have been acknowledged since the call.
   *
   * @throws LabError NOT_READY after `timeout` (default 60 s)
   */
  acknowledged(count: number, options?: { timeout?: Duration; signal?: AbortSignal }): Promise<void>;
  /** The sends so far, by outcome. */
  readonly counts: Readonly<Record<Outcome, number>>;
  /**
   * Stops the load, waits for the sends in flight, and returns the counts by outcome. With `giveUp` it does
   * not wait: those sends end as `info` or `fail`.
   */
  stop(options?: { giveUp?: boolean }): Promise<Readonly<Record<Outcome, number>>>;
}

/** Why a send is given up that would have gone on: its load or its probe ends. */
class LoadEnds extends Error {
  override readonly name: string = "LoadEnds";
}

/** Whether a send ended because its load or its probe did (`closing`), not by itself. */
export function wasEnded(
  { outcome, error }: Pick<Sent, "outcome" | "error">,
  signal: AbortSignal | undefined,
  closing?: AbortSignal,
): boolean {
  if (outcome === "ok" || signal?.aborted !== true) return false;
  const reason = signal.reason as Error;
  return (reason instanceof LoadEnds || reason === closing?.reason) && error === reason.message;
}

/** @throws RangeError for a rate or a number of sends that is not above 0 */
export function assertLoad({ perSecond = 100, inFlight = 5 }: LoadOptions): void {
  if (!(perSecond > 0))
    throw new RangeError(`Cannot send ${perSecond} times a second: expected a number above 0`);
  if (!(inFlight >= 1)) throw new RangeError(`Cannot have ${inFlight} sends under way: expected 1 or more`);
}

/**
 * Begins to send at once; where `send` rejects, the client cannot go on: the load ends, and `acknowledged`
 * and `stop` reject with it.
 *
 * @throws RangeError
 */
export function makeLoad(
  options: LoadOptions,
  send: (signal: AbortSignal) => Promise<{ outcome: Outcome }>,
  name: string,
): Load {
  assertLoad(options);
  const { perSecond = 100, inFlight = 5 } = options;
  const everyMs = 1000 / perSecond;
  const { counts, count, acknowledged } = counter(name);
  const underWay = new Set<Promise<void>>();
  const givingUp = new AbortController();
  setMaxListeners(0, givingUp.signal); // one for each send under way
  let timer: NodeJS.Timeout | undefined;
  let next = performance.now();
  let isStopped = false;
  const failing = new AbortController();

  /** Begins the sends that are due; those that were blocked by `inFlight` are not made up for. */
  function pump(): void {
    clearTimeout(timer);
    timer = undefined;
    while (!isStopped && underWay.size < inFlight && next <= performance.now()) {
      next = Math.max(next + everyMs, performance.now() - everyMs * inFlight);
      begin();
    }
    if (!isStopped && underWay.size < inFlight)
      timer = setTimeout(pump, Math.max(0, next - performance.now()));
  }

  function begin(): void {
    const one = send(givingUp.signal)
      .then(
        ({ outcome }) => count(outcome),
        (error: unknown) => {
          isStopped = true;
          failing.abort(error);
        },
      )
      .finally(() => {
        underWay.delete(one);
        if (timer === undefined) pump();
      });
    underWay.add(one);
  }

  pump();
  return {
    counts,
    acknowledged: (wanted, options = {}) => acknowledged(wanted, endedBy(options, failing.signal)),
    async stop({ giveUp = false } = {}) {
      isStopped = true;
      clearTimeout(timer);
      if (giveUp) givingUp.abort(new LoadEnds("the load was stopped"));
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
      failing.signal.throwIfAborted();
      return { ...counts };
    },
  };
}

/**
 * The load of a client that paces itself: `begin` starts it and calls back for every settled send.
 *
 * `acknowledged` and `stop` reject if the client exits early.
 */
export function followStream(
  begin: (onSent: (sent: { outcome: Outcome }) => void) => Stream,
  name: string,
): Load {
  const { counts, count, acknowledged } = counter(name);
  const stream = begin(({ outcome }) => count(outcome));
  const failed = stream.ended.then((failure) => {
    if (failure !== undefined) throw failure;
  });
  const over = new AbortController();
  failed.catch((error: unknown) => over.abort(error)); // reported by `acknowledged` and `stop`
  return {
    counts,
    acknowledged: (wanted, options = {}) => acknowledged(wanted, endedBy(options, over.signal)),
    async stop({ giveUp = false } = {}) {
      await stream.stop({ giveUp });
      await failed;
      return { ...counts };
    },
  };
}

/** The options of a wait that another signal ends, too. */
function endedBy<T extends { signal?: AbortSignal }>(
  options: T,
  end: AbortSignal,
): T & { signal: AbortSignal } {
  return { ...options, signal: options.signal === undefined ? end : AbortSignal.any([options.signal, end]) };
}

/** Counts sends by outcome, and waits for acknowledgements. */
function counter(name: string): Pick<Load, "counts" | "acknowledged"> & {
  counts: Record<Outcome, number>;
  count(outcome: Outcome): void;
} {
  const counts: Record<Outcome, number> = { ok: 0, fail: 0, info: 0 };
  const waiting = new Set<{ until: number; resolve(): void }>();
  return {
    counts,
    count(outcome) {
      counts[outcome]++;
      for (const waiter of waiting) if (counts.ok >= waiter.until) waiter.resolve();
    },
    async acknowledged(wanted, { timeout = "60s", signal } = {}) {
      signal?.throwIfAborted();
      const [began, had] = [performance.now(), counts.ok];
      let expiry: NodeJS.Timeout | undefined;
      let abort: (() => void) | undefined;
      let waiter: { until: number; resolve(): void } | undefined;
      await new Promise<void>((resolve, reject) => {
        waiting.add((waiter = { until: had + wanted, resolve }));
        if (wanted <= 0) resolve();
        abort = () => reject(signal!.reason as Error);
        signal?.addEventListener("abort", abort, { once: true });
        expiry = setTimeout(() => {
          reject(tooFew(name, { wanted, got: counts.ok - had, tookMs: performance.now() - began }));
        }, toMs(timeout));
      }).finally(() => {
        clearTimeout(expiry);
        if (abort !== undefined) signal?.removeEventListener("abort", abort);
        waiting.delete(waiter!);
      });
    },
  };
}

function tooFew(
  name: string,
  { wanted, got, tookMs }: { wanted: number; got: number; tookMs: number },
): LabError {
  const sends = `${wanted} acknowledged sends of ${name}, got ${got}`;
  return new LabError("NOT_READY", `timed out after ${readable(tookMs)} waiting for ${sends}`, {
    tookMs,
    hint: "Does the topic have a leader, and enough in-sync replicas for acks=all? See `cluster.describe()`.",
  });
}
