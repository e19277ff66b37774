// How much two names differ, and how soon it is known that they differ too much.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { editDistance } from "../../sdk/model/edit-distance.ts";

const CASES: readonly (readonly [a: string, b: string, distance: number])[] = [
  ["", "", 0],
  ["acks", "acks", 0],
  ["acks", "ack", 1],
  ["gruop", "group", 2],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
];
for (const [a, b, distance] of CASES)
  test(`editDistance() of ${JSON.stringify(a)} and ${JSON.stringify(b)} is ${distance}`, () =>
    assert.equal([editDistance(a, b), editDistance(b, a)], [distance, distance]));

test("editDistance() with a limit is the distance up to it, and above it beyond", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, fc.nat(5), (a, b, most) => {
      const whole = editDistance(a, b);
      const limited = editDistance(a, b, most);
      assert.ok(whole <= most ? limited === whole : limited > most, `${whole} ${limited}`);
    }),
    { seed: 14, numRuns: 2000 },
  );
});
test.run();
