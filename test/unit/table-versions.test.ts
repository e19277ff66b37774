import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LISTED_KAFKA } from "../../sdk/engine/local/supply/mod.ts";
import { CHANGES } from "../../scripts/table/versions/changes.ts";
import { exitCodeOf, type MeasuredVersion, versionLines } from "../../scripts/table/versions/command.ts";
import { expected, has } from "../../scripts/table/versions/row.ts";

const test = suite("versions");

for (const [since, version, isIn] of [
  [["4.1.0"], "4.0.2", false],
  [["4.1.0"], "4.1.0", true],
  [["4.1.0"], "4.1.1", true],
  [["4.1.0"], "3.9.2", false],
  [["4.1.0"], "4.4.0", true],
  [["3.9.2", "4.0.1"], "3.9.1", false],
  [["3.9.2", "4.0.1"], "3.9.2", true],
  [["3.9.2", "4.0.1"], "4.0.0", false],
  [["3.9.2", "4.0.1"], "4.0.2", true],
  [["3.9.2", "4.0.1"], "4.1.0", true],
  [["3.9.2", "4.0.1"], "3.8.1", false],
  [["4.0.0"], "3.9.2", false],
  [["4.0.0"], "4.0.2", true],
  [["4.2.0"], "4.1.1", false],
  [["4.2.0"], "4.2.0", true],
  [["4.3.0"], "4.2.0", false],
  [["4.3.0"], "4.3.1", true],
  [["4.4.0"], "4.3.1", false],
  [["4.4.0"], "4.4.0", true],
] as const)
  test(`a change since ${since.join(" and ")} is ${isIn ? "" : "not "}in ${version}`, () =>
    assert.is(has({ since }, version), isIn));

test("each change differs between versions that can be run, and names its source", () => {
  for (const change of CHANGES) {
    assert.is(new Set(LISTED_KAFKA.map((version) => expected(change, version))).size, 2, change.id);
    assert.match(change.name, /^(KIP|KAFKA)-\d+$/);
    assert.is.not(change.source, "");
  }
  assert.is(new Set(CHANGES.map(({ id }) => id)).size, CHANGES.length);
});

test("each change lies between two listed versions that follow each other", () => {
  const between = CHANGES.map((change) => {
    const at = LISTED_KAFKA.findIndex((version) => has(change, version));
    return [change.name, LISTED_KAFKA[at - 1], LISTED_KAFKA[at]];
  });
  assert.equal(between, [
    ["KIP-966", "4.0.2", "4.1.1"],
    ["KIP-996", "3.9.2", "4.0.2"],
    ["KAFKA-19294", "3.9.1", "3.9.2"],
    ["KIP-1166", "4.0.2", "4.1.1"],
    ["KIP-1102", "3.9.2", "4.0.2"],
    ["KIP-1242", "4.3.1", "4.4.0"],
    ["KIP-848", "3.9.2", "4.0.2"],
    ["KIP-932", "4.1.1", "4.2.0"],
    ["KIP-890", "3.9.2", "4.0.2"],
    ["KIP-1066", "4.2.0", "4.3.1"],
    ["KAFKA-8350", "4.1.1", "4.2.0"],
  ]);
});

const change = CHANGES[0]!;
const one = (version: string, outcome?: string): MeasuredVersion => ({
  change,
  version,
  expected: expected(change, version),
  ...(outcome === undefined ? { why: "no brokers" } : { seen: { outcome, evidence: "a line" } }),
});
test("the exit code: as expected, a miss, and what could not be measured", () => {
  assert.is(exitCodeOf([one("4.0.2", change.before), one("4.1.1", change.after)]), 0);
  assert.is(exitCodeOf([one("4.0.2", change.after), one("4.1.1")]), 2);
  assert.is(exitCodeOf([one("4.0.2", change.before), one("4.1.1")]), 3);
});
test("the change is named between the versions whose outcomes differ, and only there", () => {
  const differ = versionLines([
    one("3.9.2", change.before),
    one("4.0.2"),
    one("4.1.1", change.after),
    one("4.4.0", change.after),
  ]).at(-1)!;
  assert.ok(
    [change.name, "3.9.2", "4.1.1"].every((word) => differ.includes(word)),
    differ,
  );
  const same = versionLines([one("4.1.1", change.after), one("4.4.0", change.after)]).at(-1)!;
  assert.ok(same.includes("4.1.0") && !same.includes("4.4.0"), same);
});
test.run();
