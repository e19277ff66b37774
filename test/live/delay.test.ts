// Scenario 03 as a person runs it. Its full length runs where netem is, in the netem lane.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isDocker, leftovers, until } from "./outside.ts";
import { assertRefused, begin, lastLine } from "./script.ts";

const test = suite("scenario 03");
const script = fileURLToPath(new URL("../../scripts/03-long-delay.ts", import.meta.url));

interface Result {
  verdict: boolean;
  steps: { name: string; where: string; outcome: string; count: number; asPredicted: boolean }[];
  stays: boolean;
  moved: boolean;
  client: string;
}

// it takes a minute and a quarter: each runtime runs one of the two clients
for (const client of isDocker || "Deno" in globalThis ? ["kafkajs"] : ["java"]) {
  test(`${client}: each client needs as many delayed answers as predicted`, async () => {
    const ran = await begin(script, "--client", client, "--json").ended;
    if (isDocker && /sch_netem/.test(ran.err)) {
      // this kernel cannot delay packets: the netem lane runs it where one can
      assert.is(ran.code, 1, ran.err);
      assert.match(ran.err, /UNSUPPORTED/);
      await until("its guardian has left nothing", () => leftovers(ran.pid).length === 0);
      return;
    }
    const result = lastLine<Result>(ran);
    assert.equal(
      result.steps.filter(({ asPredicted }) => !asPredicted),
      [],
      ran.err,
    );
    assert.equal(
      [ran.code, result.verdict, result.client, result.stays, result.moved],
      [0, true, client, true, true],
      ran.err,
    );
    const counts = Object.fromEntries(
      result.steps
        .filter(({ outcome }) => outcome === "ok")
        .map(({ name, count }) => [name, Math.round(count)]),
    );
    assert.is(counts["cold, enough"], client === "java" ? 6 : 4);
    assert.is(
      result.steps.find(({ name }) => name === "cold, remedy")!.outcome,
      client === "java" ? "fail" : "ok",
    );
    assert.equal(leftovers(ran.pid), []);
  });
}

for (const [args, message] of [
  [["--delay", "soon"], /--delay.*"soon"/],
  [["--delay", "100ms"], /shorter than the brokers' fast session timeout/],
  [["--client", "librdkafka"], /--client librdkafka.*kafkajs, java/],
  [["--cluster", "mine"], /--cluster/],
] as const) {
  test(`refuses ${args.join(" ")}`, () => assertRefused(script, args, message));
}
test.run();
