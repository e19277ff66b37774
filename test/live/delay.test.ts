// Scenario 03 as a person runs it: what it refuses. Whole: delay-whole.local.test.ts.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isDocker, leftovers, until } from "./outside.ts";
import { assertRefused, begin } from "./script.ts";

const test = suite("scenario 03");
const script = fileURLToPath(new URL("../../scripts/03-long-delay.ts", import.meta.url));

if (isDocker)
  test("where the kernel cannot delay packets it says so, and leaves nothing", async () => {
    const ran = await begin(script, "--json").ended;
    // where it can, the scenario is held to what it says
    if (!/sch_netem/.test(ran.err)) return assert.is(ran.code, 0, ran.err);
    assert.is(ran.code, 1, ran.err);
    assert.match(ran.err, /UNSUPPORTED/);
    await until("its guardian has left nothing", () => leftovers(ran.pid).length === 0);
  });

for (const [args, message] of [
  [["--delay", "soon"], /--delay.*"soon"/],
  [["--delay", "100ms"], /shorter than the brokers' fast session timeout/],
  [["--client", "librdkafka"], /--client librdkafka.*kafkajs, java/],
  [["--cluster", "mine"], /--cluster/],
] as const) {
  test(`refuses ${args.join(" ")}`, () => assertRefused(script, args, message));
}
test.run();
