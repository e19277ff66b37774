import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../sdk/model/history.ts";
import { makeLoad } from "../../sdk/lab/workload/load.ts";

const test = suite("makeLoad()");

/** Sends that end when the test says. */
function sends() {
  const open: { end(outcome: Outcome): void; signal: AbortSignal }[] = [];
  let most = 0;
  const send = (signal: AbortSignal) =>
    new Promise<{ outcome: Outcome }>((resolve) => {
      const one = {
        signal,
        end: (outcome: Outcome) => (open.splice(open.indexOf(one), 1), resolve({ outcome })),
      };
      open.push(one);
      most = Math.max(most, open.length);
      signal.addEventListener("abort", () => one.end("info"), { once: true });
    });
  return { send, open, most: () => most };
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test("never has more sends under way than it may", async () => {
  const { send, open, most } = sends();
  const load = makeLoad({ perSecond: 10_000, inFlight: 3 }, send, "x");
  await until(() => open.length === 3);
  for (let i = 0; i < 30; i++) {
    open[0]!.end("ok");
    await until(() => open.length === 3);
  }
  assert.is(most(), 3);
  await load.stop({ giveUp: true });
});
test("acknowledged() counts from the call on, and only what was acknowledged", async () => {
  const { send, open } = sends();
  const load = makeLoad({ perSecond: 10_000, inFlight: 1 }, send, "x");
  const end = async (outcome: Outcome): Promise<void> => {
    await until(() => open.length === 1);
    open[0]!.end(outcome);
  };
  await end("ok");
  await until(() => load.counts.ok === 1);
  let resolved = false;
  const waiting = load.acknowledged(2).then(() => (resolved = true));
  await end("ok");
  await end("fail");
  await end("info");
  await until(() => load.counts.info === 1);
  assert.not(resolved);
  await end("ok");
  await waiting;
  assert.equal(load.counts, { ok: 3, fail: 1, info: 1 });
  await load.stop({ giveUp: true });
});
test("acknowledged() ends by its signal's reason", async () => {
  const load = makeLoad({}, sends().send, "x");
  const reason = new Error("enough");
  assert.is(
    await load.acknowledged(1, { signal: AbortSignal.abort(reason) }).catch((e: unknown) => e),
    reason,
  );
  const giveUp = new AbortController();
  const waiting = load.acknowledged(1, { signal: giveUp.signal }).catch((e: unknown) => e);
  giveUp.abort(reason);
  assert.is(await waiting, reason);
  await load.stop({ giveUp: true });
});
test("stop() waits for what is under way; giveUp ends it as info", async () => {
  const { send, open } = sends();
  const load = makeLoad({ perSecond: 10_000, inFlight: 2 }, send, "x");
  await until(() => open.length === 2);
  const stopped = load.stop();
  for (const one of [...open]) one.end("ok");
  assert.equal(await stopped, { ok: 2, fail: 0, info: 0 });
  const other = sends();
  const second = makeLoad({ inFlight: 1 }, other.send, "x");
  await until(() => other.open.length === 1);
  assert.equal(await second.stop({ giveUp: true }), { ok: 0, fail: 0, info: 1 });
});
test("refuses a rate or a number under way that cannot be", () => {
  const { send } = sends();
  for (const bad of [{ perSecond: 0 }, { perSecond: NaN }, { inFlight: 0 }])
    assert.throws(() => makeLoad(bad, send, "x"), RangeError);
});
test.run();
