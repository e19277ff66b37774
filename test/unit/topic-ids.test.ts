import { test } from "uvu";
import * as assert from "uvu/assert";
import { topicIds } from "../../sdk/lab/observe/topic-ids.ts";
import { viewOf } from "../../sdk/lab/observe/view.ts";
import type { MetadataAnswer } from "../../sdk/kafka/protocol/mod.ts";

const cases: [what: string, ids: (string | null)[], changes: [id: string | null, before: string][]][] = [
  ["one that stays", ["A", "A"], []],
  ["one that is made", [null, null, "A"], []],
  ["one that is deleted", ["A", null, null], [[null, "A"]]],
  ["one that is made again", ["A", "B", "B"], [["B", "A"]]],
  [
    "one that is deleted, and then made again",
    ["A", null, "B"],
    [
      [null, "A"],
      ["B", "A"],
    ],
  ],
  [
    "one that a broker did not know for a moment",
    ["A", null, "A", "B"],
    [
      [null, "A"],
      ["A", "A"],
      ["B", "A"],
    ],
  ],
];
for (const [what, ids, changes] of cases)
  test(`topicIds() reports the changes of ${what}`, () => {
    const seen: [string | null, string][] = [];
    const { note } = topicIds(({ id, before }) => seen.push([id, before]));
    for (const id of ids) note("orders", id);
    assert.equal(seen, changes);
  });

const answer = (topicId: string | null, errorCode = 0): MetadataAnswer => ({
  brokers: [],
  topics: [{ topic: "orders", topicId, errorCode, partitions: [] }],
});
for (const [what, answers, expected] of [
  ["agree", [answer("A"), answer("A")], [["orders", "A"]]],
  ["all know no such topic", [answer(null, 3), answer(null, 3)], [["orders", null]]],
  ["disagree", [answer("A"), answer(null, 3)], []],
  ["refuse", [answer(null, 29)], []],
  ["do not answer", [undefined], []],
] as const)
  test(`viewOf() has a topic's id where the brokers ${what}: ${JSON.stringify(expected)}`, () => {
    const metadata = answers.map((one, n) => ({ broker: n + 1, answer: one }));
    const { topicIds: found } = viewOf(
      { metadata, quorum: [] } as Parameters<typeof viewOf>[0],
      () => undefined,
    );
    assert.equal([...found], expected);
  });

test.run();
