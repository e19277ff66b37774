// What the lab says of a group's settings before it starts: the findings of diagnose().

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { GroupOptions } from "../../sdk/client/member/options.ts";
import { type ClusterFacts, groupSettings } from "../../sdk/client/member/settings.ts";
import { groupAdvice } from "../../sdk/lab/groups/advice.ts";

const CLUSTER: ClusterFacts = { kafka: "4.0.0", brokers: [] };

const advice = (options: GroupOptions, cluster: ClusterFacts = CLUSTER): string[] =>
  groupAdvice("billing", groupSettings(options, "orders", cluster), cluster).map(
    (text) => /\(([a-z-]+)\)$/.exec(text)?.[1] ?? text,
  );

const SILENT: Readonly<Record<string, GroupOptions>> = {
  kafkajs: {},
  java: { client: "java" },
  "the protocol consumer": { client: "java", protocol: "consumer" },
  "static members": { client: "java", instanceIds: true },
  "every assignor": { client: "java", assignor: "cooperative-sticky" },
  "short timers that fit": {
    settings: { sessionTimeout: "6s", heartbeatInterval: "1s", rebalanceTimeout: "6s" },
  },
  "latest and automatic commits": { client: "java", reset: "latest", commit: "auto" },
};
for (const [what, options] of Object.entries(SILENT))
  test(`nothing is said of ${what}`, () => assert.equal(advice(options), []));

test("timers that will not work are reported, with the rule that knows", () => {
  assert.equal(advice({ settings: { rebalanceTimeout: "2s" } }), ["rebalance-timeout-below-heartbeat"]);
  assert.equal(advice({ settings: { maxWait: "40s" } }), ["kafkajs-fetch-wait-against-session"]);
  assert.equal(advice({ client: "java", settings: { rebalanceTimeout: "8s" } }), ["poll-interval-short"]);
  assert.equal(advice({ client: "java", settings: { maxWait: "30s" } }), [
    "fetch-wait-above-request-timeout",
  ]);
  assert.equal(advice({ process: "40s" }), ["poll-loop-too-slow"]);
});
test("the brokers' own settings count", () => {
  const brokers = [{ "offsets.commit.timeout.ms": "60000", "log.dirs": "/data" }];
  assert.equal(advice({}, { ...CLUSTER, brokers }), ["request-timeout-below-commit-timeout"]);
});
test("a value with a line break is no setting of its own", () => {
  const properties = { "client.rack": "a\nsession.timeout.ms=1" };
  assert.equal(advice({ client: "java", properties }), []);
});

test.run();
