// The settings of Connect's workers and of Kafka Streams beside their real ConfigDefs. Maven fetches the
// jars,
// which no broker and no other test needs.

import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  DEFINED_VERSIONS,
  definitionsOf,
  parseSetting,
  type SettingKind,
  settingNames,
} from "@kafka-failure-lab/sdk/testing";
import { askConfigDefs, withWorkerJars, workerDefinitionsFromJars } from "../../scripts/config-defs.ts";

const test = suite("definitions");
const KINDS: readonly SettingKind[] = ["connect", "standalone", "streams"];
const TEXTS = [
  "",
  "ten",
  "0",
  "-1",
  "-2",
  "1",
  "40000",
  "true",
  "a,b",
  "enabled",
  "exactly_once_v2",
  "Eager",
];

test("worker-definitions.json is what the jars say", async () => {
  const table = readFileSync(new URL("../../sdk/kafka/worker-definitions.json", import.meta.url), "utf8");
  assert.is(await workerDefinitionsFromJars(), table, "run: node --import tsx scripts/config-defs.ts");
});

for (const version of DEFINED_VERSIONS)
  test(`parseSetting() says of workers and Streams what Kafka ${version} says`, async () => {
    const all = KINDS.flatMap((kind) =>
      settingNames(kind, version).flatMap((name) => {
        const [definition] = definitionsOf(kind, name, version);
        // a class is not looked for, and what is unchecked is not compared
        const isCompared = definition!.type !== "CLASS" && definition!.rule !== "unchecked";
        return isCompared ? TEXTS.map((text) => ({ kind, name, text, definition: definition! })) : [];
      }),
    );
    const lines = all.map(({ kind, name, text }) => {
      return `${kind}\t${name}\t${Buffer.from(text).toString("base64")}`;
    });
    const answers = await withWorkerJars(version, (jars) =>
      askConfigDefs(version, "ask", lines.join("\n"), jars),
    );
    const said = answers.split("\n").map((line) => line !== "");
    const differing = all.filter(({ name, text, definition }, i) => {
      return "reason" in parseSetting(name, definition, text) !== said[i];
    });
    assert.equal(
      differing.map(({ kind, name, text }) => `${kind} ${name}=${text}`),
      [],
    );
    assert.ok(said.filter(Boolean).length > 300 && said.filter((one) => !one).length > 300);
  });

test.run();
