// What takes how long at least: a busy machine delays single ones, a fault every one.

import type { Lab } from "@kafka-failure-lab/sdk";
import * as assert from "uvu/assert";

/**
 * The least of so many measurements, in milliseconds.
 *
 * @param enoughMs it stops at the first that takes less
 */
export async function quickest(
  measure: () => Promise<number>,
  { times = 10, enoughMs = 0 }: { times?: number; enoughMs?: number } = {},
): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < times && least >= enoughMs; n++) least = Math.min(least, await measure());
  return least;
}

/** Sends until one is delayed once and not twice; each is acknowledged, and takes `leastMs` at least. */
export async function assertDelayedOnce(
  probe: Pick<Lab["probe"], "send">,
  { leastMs, twiceMs }: { leastMs: number; twiceMs: number },
): Promise<void> {
  const send = async (): Promise<number> => {
    const { outcome, tookMs } = await probe.send();
    assert.is(outcome, "ok");
    assert.ok(tookMs >= leastMs, `it took ${tookMs} ms`);
    return tookMs;
  };
  const took = await quickest(send, { enoughMs: twiceMs });
  assert.ok(took < twiceMs, `it took ${took} ms, not one delay`);
}
