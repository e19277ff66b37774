import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leavesOfProperties } from "../../sdk/analysis/diagnose/read/properties.ts";
import { formatLogDir } from "../../sdk/engine/local/supply/mod.ts";
import { propertiesFile } from "../../sdk/client/java/settings.ts";
import { propertiesText } from "../../sdk/runtime/properties-file.ts";
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const lines: [key: string, value: string, line: string][] = [
  ["log.dirs", "/var/lib/kafka", "log.dirs=/var/lib/kafka"],
  ["a", "1\nlog.dirs=/x", "a=1\\nlog.dirs\\=/x"],
  ["a", "1\r\nb=2", "a=1\\r\\nb\\=2"],
  ["a", "C:\\data\\", "a=C\\:\\\\data\\\\"],
  ["a", "\t\f", "a=\\t\\f"],
  ["a", "  b  ", "a=\\ \\ b  "],
  ["a", "#!", "a=\\#\\!"],
  ["a", "naïve 日本 😀", "a=na\\u00efve \\u65e5\\u672c \\ud83d\\ude00"],
  ["a", "\u2028\u0000\u0085", "a=\\u2028\\u0000\\u0085"],
  ["a", "", "a="],
  ["a b=c:d", "e f", "a\\ b\\=c\\:d=e f"],
  ["#a", "v", "\\#a=v"],
  ["!a", "v", "\\!a=v"],
  [" a ", "v", "\\ a\\ =v"],
  ["a\nb", "v", "a\\nb=v"],
  ["listeners", "A://h:1,B://h:2", "listeners=A\\://h\\:1,B\\://h\\:2"],
];
for (const [key, value, line] of lines) {
  test(`propertiesText() ${JSON.stringify({ [key]: value })}`, () =>
    assert.is(propertiesText({ [key]: value }), `${line}\n`));
}

test("propertiesText() is read back entry by entry, whatever keys and values are", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  fc.assert(
    fc.property(fc.dictionary(text, text, { noNullPrototype: true }), (properties) => {
      const read = leavesOfProperties({ file: "x.properties", text: propertiesText(properties) });
      // the reader of diagnose drops blanks at the end of a value, as Kafka's own parser does
      assert.equal(
        read.map(({ path, value }) => [path, value]),
        Object.entries(properties).map(([key, value]) => [key, value.trimEnd()]),
      );
    }),
    { seed: 14, numRuns: 500 },
  );
});

test("propertiesFile() and formatLogDir() write one line a setting", async () => {
  const text = propertiesFile(
    { bootstrap: [], topic: "t", properties: { "client.rack": "a\nb=c" } } as never,
    { purpose: "read", name: "x\ny", major: 4 },
  );
  assert.is(text, "client.id=x\\ny\nclient.rack=a\\nb\\=c\n");
  const folder = mkdtempSync(path.join(tmpdir(), "lab-properties-"));
  try {
    const [dir, bootstrap] = [path.join(folder, "data"), path.join(folder, "bootstrap")];
    mkdirSync(bootstrap);
    await formatLogDir({ dir, clusterId: "a\nnode.id=7", nodeId: 1, bootstrap });
    const written = readFileSync(path.join(dir, "meta.properties"), "utf8");
    assert.match(written, /^cluster\.id=a\\nnode\.id\\=7\nversion=1\ndirectory\.id=\S+\nnode\.id=1\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
test.run();
