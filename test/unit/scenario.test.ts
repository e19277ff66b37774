import { test } from "uvu";
import * as assert from "uvu/assert";
import { scenarioOptions } from "../../sdk/cli/scenario.ts";
import { writeOut } from "../../sdk/client/settings.ts";

const of = (...argv: string[]) => scenarioOptions({ scenario: "x", about: "y" }, argv);

test("scenarioOptions() runs three brokers by default", () => {
  const { how, timers, window, json, lab } = of();
  assert.equal([how, timers, window, json], ["stop", "default", "15s", false]);
  assert.equal(lab, {
    scenario: "x",
    compose: ["three-brokers"],
    timers: "default",
    topic: { name: "my_topic", create: true },
  });
});
test("scenarioOptions() adds a compose file for each fix but the client's, each once", () => {
  const { fixes, lab } = of("--cluster", "as-posted", "--fix", "quorum,bootstrap,quorum");
  assert.equal([...fixes], ["quorum", "bootstrap"]);
  assert.equal(lab.compose, ["as-posted", "fix-quorum"]);
  assert.is(lab.topic?.create, false);
});
for (const [argv, window] of [
  [["--how", "kill"], "30s"],
  [["--how", "pause"], "30s"],
  [["--how", "kill", "--timers", "fast"], "10s"],
  [["--window", "2s"], "2s"],
  [["--window", "15000"], 15_000],
] as const) {
  test(`scenarioOptions() watches clients for ${window} with ${argv.join(" ")}`, () =>
    assert.is(of(...argv).window, window));
}
test("scenarioOptions() has a scenario's own fault, and the window that belongs to it", () => {
  const options = scenarioOptions({ scenario: "x", about: "y", how: "kill" }, []);
  assert.equal([options.how, options.window], ["kill", "30s"]);
});
test("writeOut() leaves no setting unsaid", () => {
  assert.equal(writeOut({}, ["a:1", "b:2"]), {
    client: "kafkajs",
    bootstrap: ["a:1", "b:2"],
    acks: -1,
    idempotent: false,
    requestTimeout: 5000,
    connectionTimeout: 1000,
    retries: 2_147_483_647,
    initialRetryTime: 100,
    maxRetryTime: 200,
    metadataMaxAge: 300_000,
    deliveryTimeout: 120_000,
    dropHungConnections: true,
    allowAutoTopicCreation: true,
  });
});
test("writeOut() takes one bootstrap server, all, or a list", () => {
  assert.equal(writeOut({ bootstrap: "one" }, ["a:1", "b:2"]).bootstrap, ["a:1"]);
  assert.equal(writeOut({ bootstrap: ["c:3"] }, ["a:1"]).bootstrap, ["c:3"]);
  assert.throws(() => writeOut({ bootstrap: [] }, ["a:1"]), TypeError);
  assert.throws(() => writeOut({ bootstrap: "first" as "one" }, ["a:1"]), TypeError);
});
test.run();
