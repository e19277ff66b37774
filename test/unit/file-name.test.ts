// The names of the files of clients and members: none leads out of its folder, none is another's.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileNameOf } from "../../sdk/client/file-name.ts";
import { serviceOf } from "../../sdk/client/member/process.ts";
import { inside } from "../../sdk/runtime/inside.ts";

const NAMES = [
  "billing.1",
  "a/b.1",
  "a_b.1",
  "a:b.1",
  "../x.1",
  "..",
  ".",
  "-x --help",
  "%s",
  "$(id)",
  "\u{1f600}".repeat(200),
  `${"\u{1f600}".repeat(199)}\u{1f601}`,
  "x".repeat(200),
  `${"x".repeat(199)}y`,
];

test("fileNameOf() is a name of a file beside its endings, and each has its own", () => {
  for (const name of NAMES) {
    assert.match(fileNameOf(name), /^[\w.-]{1,120}$/);
    inside("/x", `${serviceOf(name)}.properties`);
    inside("/x", `${fileNameOf(name)}-java-12345.properties`);
  }
  assert.is(new Set(NAMES.map(fileNameOf)).size, NAMES.length);
});
test("fileNameOf() leaves a plain name as it is", () => assert.is(fileNameOf("billing.1"), "billing.1"));
test.run();
