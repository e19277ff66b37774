// A history keeps of a long key or value its beginning and a sum: equal where the texts are equal only.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { keptText } from "../../sdk/runtime/kept-text.ts";

test("keptText() keeps a short text, and the same text where it is asked again", () => {
  for (const text of ["", "a", "x".repeat(1_000)]) assert.is(keptText(text), text);
  const kept = keptText("x".repeat(1_001));
  assert.is(kept, `${"x".repeat(40)}… sha256:${/[0-9a-f]{16}$/.exec(kept)![0]}`);
  assert.is(keptText(kept), kept);
});
test("keptText() tells long texts apart that begin alike", () => {
  const long = "x".repeat(1 << 20);
  const kept = [`${long}a`, `${long}b`, long].map((text) => keptText(text));
  assert.is(new Set(kept).size, 3);
  assert.ok(kept.every((text) => text.length < 100));
  assert.is(keptText("x".repeat(101), 100).length, 65);
});
test.run();
