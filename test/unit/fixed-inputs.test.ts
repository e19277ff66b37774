// The files that are fixed and started elsewhere: each has its misconfiguration, and is accepted when it is
// fixed.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { fromCompose, predict } from "../../sdk/analysis/predict/mod.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";
import { BROKEN, fixedText, FURTHER, SAMPLE } from "../live/fix-inputs.ts";

const rulesOf = (text: string): string[] =>
  diagnose([{ file: "compose.yml", text }])
    .filter(({ severity }) => severity !== "note")
    .map(({ rule }) => rule);

test("there are at least 25, over at least 5 images, and 3 of them are of the gate", () => {
  assert.ok(BROKEN.length >= 25, `${BROKEN.length}`);
  assert.ok(new Set(BROKEN.map(({ text }) => /image: (\S+)/.exec(text)?.[1])).size >= 5);
  assert.is(new Set(SAMPLE.map(({ rule }) => rule)).size, 3);
});
for (const input of [...BROKEN, ...FURTHER])
  test(`${input.name}: found, fixed, read and predicted`, () => {
    const found = diagnose([{ file: "compose.yml", text: input.text }]).map(({ rule }) => rule);
    assert.ok(found.includes(input.rule), found.join(", "));
    const text = fixedText(input);
    assert.equal(rulesOf(text), [], text);
    const project = parseCompose([{ file: "compose.yml", text }]);
    const { failsOver } = predict(fromCompose(project, { fault: { kind: "kill", targets: [1] } }));
    assert.is(failsOver, input.brokers === 1 ? 0 : 1);
  });
test.run();
