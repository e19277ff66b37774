// Further paths, directions and kinds of netem in containers. The gate has the others:
// docker-net.netem.test.ts.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as assert from "uvu/assert";
import { addressOf, assertDelays, container, type DelayCase, fault, inGuest, qdiscs } from "./in-guest.ts";

const { guest, it } = inGuest("docker network, netem: the rest");

const DELAYS: readonly DelayCase[] = [
  ["all", [fault("delay", { delayMs: 250 })], [250, 250, 250]],
  ["peers", [fault("delay", { delayMs: 250, path: "peers" })], [0, 250, 0]],
  ["controllers", [fault("delay", { delayMs: 250, path: "controllers" })], [0, 0, 250]],
  ["what comes in", [fault("delay", { delayMs: 250, direction: "in", path: "clients" })], [250, 0, 0]],
  [
    "two at once add up where both act",
    [fault("delay", { delayMs: 150 }), fault("delay", { delayMs: 200, path: "peers" })],
    [150, 350, 150],
  ],
  ["both ways", [fault("delay", { delayMs: 200, direction: "both" })], [400, 400, 400]],
];
for (const one of DELAYS) it(`apply() delays: ${one[0]}`, () => assertDelays(guest.network, one));

it("duplication, corruption and reordering are netem's", async () => {
  await guest.network.apply([
    fault("duplicate", { percent: 5 }),
    fault("corrupt", { percent: 6 }),
    fault("reorder", { percent: 25 }),
  ]);
  assert.match(qdiscs(), /delay 10(\.0)?ms/);
  for (const word of ["duplicate 5%", "corrupt 6%", "reorder 25%"])
    assert.ok(qdiscs().includes(word), qdiscs());
});

/** The arguments of docker for a ping of broker 1 from broker 2, which waits 3 s for an answer. */
function pingFromPeer(...options: string[]): string[] {
  return ["exec", "--user", "root", container(2), "ping", ...options, "-W", "3", addressOf(1)];
}

/** Pings broker 1 from broker 2: the round trips in the order in which they came, and how many did not. */
function pings(count: number, intervalSeconds: number): { seq: number[]; ms: number[] } {
  const timing = ["-c", String(count), "-i", String(intervalSeconds)];
  const out = spawnSync("docker", pingFromPeer("-n", ...timing), { encoding: "utf8" }).stdout;
  const answers = [...out.matchAll(/seq=(\d+) .*time=([\d.]+) ms/g)];
  return { seq: answers.map(([, seq]) => Number(seq)), ms: answers.map(([, , ms]) => Number(ms)) };
}
it("jitter spreads a delay evenly and keeps the order", async () => {
  await guest.network.apply([fault("delay", { delayMs: 300, jitterMs: 100 })]);
  const { seq, ms } = pings(60, 0.03);
  assert.equal(
    seq,
    [...seq].sort((a, b) => a - b),
    "out of order",
  );
  assert.ok(
    seq.length === 60 && Math.min(...ms) >= 199 && Math.max(...ms) - Math.min(...ms) > 50,
    `${Math.min(...ms)} to ${Math.max(...ms)} ms`,
  );
});
it("a loss loses its share, which is not taken for a full queue", async () => {
  await guest.network.apply([fault("lose", { percent: 50, path: "peers" })]);
  const { ms } = pings(80, 0.03);
  assert.ok(ms.length > 20 && ms.length < 60, `${ms.length} of 80 came back`);
  const { text, dropped } = (await guest.network.counts(1))!;
  assert.match(text, /were lost on purpose, 0 dropped by the limit/);
  assert.is(dropped, 0);
});
it("the queue has room for more than netem's own 1000 packets", async () => {
  await guest.network.apply([fault("delay", { delayMs: 2_000 })]);
  // 1400 answers of the kernel's, in far less than the delay
  await Promise.all(
    [1, 2].map(
      async () =>
        await once(
          spawn("docker", pingFromPeer("-q", "-n", "-c", "700", "-i", "0.001"), { stdio: "ignore" }),
          "exit",
        ),
    ),
  );
  assert.match(qdiscs("-s"), /Sent \d+ bytes \d+ pkt \(dropped 0, /);
  assert.ok(Number(/ (\d+) pkt/.exec(qdiscs("-s"))![1]) > 1_000);
  assert.match((await guest.network.counts(1))!.text, /, 0 dropped by the limit$/);
});

guest.test.run();
