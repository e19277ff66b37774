// Changes between Kafka's versions, on real brokers: each outcome is the one that the change leads one to
// expect.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CHANGES } from "../../scripts/table/versions/changes.ts";
import { leftovers } from "../live/outside.ts";
import { begin } from "../live/script.ts";

test("every change has its outcome before it and with it, and is named", async () => {
  const script = fileURLToPath(new URL("../../scripts/table.ts", import.meta.url));
  const ran = await begin(script, "--versions", "3.9.1,3.9.2,4.0,4.1,4.4").ended;
  assert.equal(leftovers(ran.pid), []);
  assert.is(ran.code, 0, `${ran.out}\n${ran.err}`);
  for (const { name, after, before } of CHANGES)
    assert.ok(
      [`${name} (`, after, before].every((word) => ran.out.includes(word)),
      ran.out,
    );
});
test.run();
