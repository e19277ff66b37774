// Netem in containers, on the posted cluster of two brokers: measured by others' connections, and read from
// tc in the broker's namespace. More paths and kinds: docker-net-rest.netem.test.ts.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { LabError } from "@kafka-failure-lab/sdk";
import type { Engine } from "@kafka-failure-lab/sdk/testing";
import { program, until } from "../live/outside.ts";
import {
  assertDelays,
  type DelayCase,
  everything,
  fault,
  forgetAddresses,
  inGuest,
  inside,
  PROJECT,
  qdiscs,
} from "./in-guest.ts";
import { postedExperiment } from "./posted.ts";

const { guest, it } = inGuest("docker network, netem");
const failure = (what: Promise<unknown>): Promise<LabError> =>
  what.then(
    () => assert.unreachable("it did not fail") as never,
    (error: LabError) => error,
  );

it("the posted experiment, at full length", () => postedExperiment(guest.lab));

const DELAYS: readonly DelayCase[] = [
  ["clients", [fault("delay", { delayMs: 250, path: "clients" })], [250, 0, 0]],
];
for (const one of DELAYS) it(`apply() delays: ${one[0]}`, () => assertDelays(guest.network, one));

it("a delay of all is the posted command, with a handle of the lab's own and room for 30 s", async () => {
  await guest.network.apply([fault("delay", { delayMs: 30_000 })]);
  assert.match(qdiscs(), /^qdisc netem 7ab: root refcnt \d+ limit 600000 delay 30(\.0)?s$/);
});
it("a second fault is added to the first where it is, and healed alone", async () => {
  await guest.network.apply([fault("delay", { delayMs: 250 })]);
  await guest.network.apply([
    fault("delay", { delayMs: 250 }),
    fault("lose", { percent: 20 }),
    fault("throttle", { bytesPerSecond: 1e6 }),
  ]);
  assert.match(
    qdiscs(),
    /^qdisc netem 7ab: root refcnt \d+ limit 100000 delay 250(\.0)?ms loss 20% rate 8Mbit$/,
  );
  await guest.network.apply([fault("delay", { delayMs: 250 })]);
  assert.match(qdiscs(), /^qdisc netem 7ab: root refcnt \d+ limit 100000 delay 250(\.0)?ms$/);
});
it("a foreign netem is never replaced", async () => {
  inside(1, "tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "netem", "delay", "5ms");
  try {
    const foreign = everything();
    const error = await failure(guest.network.apply([fault("delay", { delayMs: 250 })]));
    assert.is(error.code, "FOREIGN_QDISC");
    assert.match(error.message, /netem qdisc \(handle 1:\) that the lab did not make/);
    assert.is(everything(), foreign);
  } finally {
    inside(1, "tc", "qdisc", "del", "dev", "eth0", "root");
  }
});
it("a delay is made again when its node starts", async () => {
  const engine = guest.lab.engine as Engine;
  await guest.network.apply([fault("delay", { delayMs: 250, path: "peers" })]);
  await engine.kill("kafka");
  await engine.start("kafka");
  forgetAddresses();
  assert.match(qdiscs(), /netem 7ab2:.*delay 250/);
});
it("a delay does not outlive an owner that is SIGKILLed", async () => {
  await guest.lab.cluster.waitFor("all alive", { timeout: "5m" });
  const child = spawn(
    ...program(fileURLToPath(new URL("../live/owner.ts", import.meta.url)), "delay", "attach", PROJECT),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(
      () => `the owner has delayed the broker; it said ${JSON.stringify(said)}`,
      () => said.includes("at delay") || child.exitCode !== null,
      600_000,
    );
    assert.match(qdiscs(), /netem 7ab: root/);
  } finally {
    child.kill("SIGKILL"); // also where it is not so: this process would not end before its child
  }
  await until("it is healed", () => everything() === guest.quiet);
});
guest.test.run();
