// Scenario 03 whole, with Kafka's own client under Node and kafkajs under Deno. The notebooks run it with
// kafkajs under Node, the netem lane at full length.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leftovers } from "./outside.ts";
import { begin, lastLine } from "./script.ts";

const test = suite("scenario 03, whole");
const script = fileURLToPath(new URL("../../scripts/03-long-delay.ts", import.meta.url));

interface Result {
  verdict: boolean;
  steps: {
    name: string;
    where: string;
    outcome: string;
    count: number;
    predicted: { count: number };
    asPredicted: boolean;
    /** Why the machine may have made it. */
    busy?: string;
  }[];
  stays: boolean;
  moved: boolean;
  client: string;
}

// it takes a minute and a quarter: each runtime runs one of the two clients
for (const client of "Deno" in globalThis ? ["kafkajs"] : ["java"]) {
  test(`${client}: each client needs as many delayed answers as predicted`, async () => {
    const ran = await begin(script, "--client", client, "--json").ended;
    const result = lastLine<Result>(ran);
    const missed = result.steps.filter(({ asPredicted }) => !asPredicted);
    assert.equal(
      missed.filter(({ busy }) => busy === undefined),
      [],
      ran.err,
    );
    assert.equal(
      [ran.code, result.verdict, result.client, result.stays, result.moved],
      [...(missed.length > 0 ? [3, "unknown"] : [0, true]), client, true, true],
      ran.err,
    );
    const predicted = (name: string): number =>
      result.steps.find((step) => step.name === name)!.predicted.count;
    assert.is(predicted("cold, enough"), client === "java" ? 6 : 4);
    assert.is(
      result.steps.find(({ name }) => name === "cold, remedy")!.outcome,
      client === "java" ? "fail" : "ok",
    );
    assert.equal(leftovers(ran.pid), []);
  });
}
test.run();
