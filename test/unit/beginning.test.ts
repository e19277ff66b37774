import { test } from "uvu";
import * as assert from "uvu/assert";
import { lostBootstrapRecords } from "../../sdk/lab/observe/bootstrap-records.ts";
import type { FeaturesAnswer } from "../../sdk/kafka/protocol/mod.ts";

const features = (min: number, max: number, level?: number): FeaturesAnswer => ({
  supported: new Map([["metadata.version", { min, max }]]),
  finalized: new Map(level === undefined ? [] : [["metadata.version", level]]),
});

test("lostBootstrapRecords() names the metadata.version of a cluster at the oldest one, or at none", () => {
  assert.match(
    lostBootstrapRecords(features(1, 21, 1))!,
    /KAFKA-20839.*metadata\.version is 1, the oldest that this Kafka supports, of 21$/,
  );
  assert.match(lostBootstrapRecords(features(7, 27, 7))!, /metadata\.version is 7/);
  assert.match(lostBootstrapRecords(features(7, 27))!, /metadata\.version is 7/);
});

test(
  "a cluster at a later one has not: the newest, one of an older formatting, and a Kafka that knows " +
    "only one",
  () => {
    assert.is(lostBootstrapRecords(features(1, 21, 21)), undefined);
    assert.is(lostBootstrapRecords(features(1, 21, 8)), undefined);
    assert.is(lostBootstrapRecords(features(1, 1, 1)), undefined);
  },
);

test("lostBootstrapRecords() is undefined if no broker answered", () => {
  assert.is(lostBootstrapRecords(undefined), undefined);
  assert.is(lostBootstrapRecords({ supported: new Map(), finalized: new Map() }), undefined);
});
test.run();
