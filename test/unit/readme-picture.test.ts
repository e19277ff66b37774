// The README's picture: two variants of one run, committed.

import { readFileSync } from "node:fs";
import { colour, type History, timelineOf } from "@kafka-failure-lab/sdk";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { darkVariant, lightVariant, programIn } from "../../scripts/readme/picture.ts";

const history: History = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    scenario: "s",
    engine: "local",
    kafka: "3.9.2",
    brokers: [],
  },
  { kind: "step", atMs: 1, name: "before" },
  { kind: "note", atMs: 9, text: "end" },
];

test("lightVariant() and darkVariant() follow no system setting, and have the colours of one page each", async () => {
  const { svg = "" } = await timelineOf(history);
  assert.match(svg, /prefers-color-scheme/);
  const [light, dark] = [lightVariant(svg), darkVariant(svg)];
  for (const one of [light, dark]) {
    assert.not.match(one, /prefers-color-scheme/);
    assert.match(one, /<style>[^<]*<\/style>/);
  }
  assert.ok(light.includes(`fill="${colour("page")}"`));
  assert.not.ok(dark.includes(`fill="${colour("page")}"`));
  assert.not.ok(dark.includes(`"${colour("ink")}"`));
});

test("programIn() is the first program, importing the SDK by the repository's name", () => {
  const page = 'text\n```sh\nnpm i\n```\n```ts\nimport { a } from "kafka-failure-lab";\n```\n```ts\nb\n```';
  assert.is(programIn(page), 'import { a } from "@kafka-failure-lab/sdk";\n');
});

for (const name of ["kill-light", "kill-dark"])
  test(`${name}.svg is committed, smaller than 60 kB, and the README shows it`, () => {
    const root = new URL("../../", import.meta.url);
    const svg = readFileSync(new URL(`docs/pictures/${name}.svg`, root), "utf8");
    assert.ok(svg.length < 60_000, `${svg.length} bytes`);
    assert.not.match(svg, /prefers-color-scheme|<script/);
    for (const page of ["README.md", "README.ko.md"])
      assert.ok(readFileSync(new URL(page, root), "utf8").includes(`docs/pictures/${name}.svg`), page);
  });

test.run();
