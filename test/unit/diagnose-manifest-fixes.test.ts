// Fixes of manifests: each alone mends what it is for and brings up nothing, and all together leave only what
// a reader has to decide.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fixAll } from "../../scripts/diagnose/fix.ts";
import {
  applyEdits,
  type ConfigurationFinding,
  diagnose,
  type DiagnoseInput,
} from "../../sdk/analysis/diagnose/mod.ts";
import { PLANTED } from "./diagnose/planted-manifests.ts";
import { PLANTED as PLANTED_STRIMZI } from "./diagnose/planted-strimzi.ts";
import { PUBLIC_MANIFESTS } from "./diagnose/public-manifests.ts";

type Texts = readonly DiagnoseInput[];

const ALL: readonly (readonly [name: string, text: string])[] = [
  ...[...PLANTED, ...PLANTED_STRIMZI].map(([what, text]) => [what, text] as const),
  ...PUBLIC_MANIFESTS.map(({ row, text }) => [`row ${row}`, text] as const),
];

const found = (inputs: Texts): ConfigurationFinding[] => diagnose(inputs);
const placeOf = ({ rule, evidence: [first] }: ConfigurationFinding): string =>
  `${rule} ${first!.document} ${first!.key} ${first!.value}`;

for (const [name, text] of ALL) {
  const inputs = [{ file: "kafka.yaml", text }];
  const before = found(inputs);
  const known = new Set(before.map(({ rule }) => rule));
  for (const finding of before.filter(({ edits }) => edits.length > 0))
    test(`${name}: the fix of ${finding.rule}`, () => {
      const { files, skipped } = applyEdits(inputs, finding.edits);
      assert.equal(skipped, []);
      const after = found(files);
      const added = after.filter(({ rule }) => !known.has(rule));
      assert.equal(added.map(placeOf), [], files[0]!.text);
      assert.not.ok(after.map(placeOf).includes(placeOf(finding)), files[0]!.text);
    });
  test(`${name}: all fixes together`, () => {
    const { left } = fixAll(inputs, found);
    assert.equal(left.filter(({ rule, edits }) => edits.length > 0 || !known.has(rule)).map(placeOf), []);
  });
}

test.run();
