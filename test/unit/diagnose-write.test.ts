// `diagnose --fix` and `--write`: what they print, what they write, and how they exit.

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnoseCommand, type Diagnosed } from "../../scripts/diagnose/command.ts";
import { unifiedDiff } from "../../scripts/diagnose/diff.ts";
import { COMPOSE } from "./diagnose/bases.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "diagnose-write-"));
test.after(() => rmSync(cwd, { recursive: true, force: true }));

const BROKEN = COMPOSE.replace(
  "OFFSETS_TOPIC_REPLICATION_FACTOR: 3",
  "OFFSETS_TOPIC_REPLICATION_FACTOR: 1 # one",
);

function run(file: string, text: string, ...args: readonly string[]): Diagnosed {
  writeFileSync(path.join(cwd, file), text);
  return diagnoseCommand([...args, file], { cwd, env: {} });
}
const textOf = (file: string): string => readFileSync(path.join(cwd, file), "utf8");

test("--fix prints a diff, writes nothing, and exits as without it", () => {
  const { exitCode, out, write } = run("a.yml", BROKEN, "--fix");
  assert.is(exitCode, 2);
  const lines = out.split("\n");
  assert.equal(lines.slice(0, 2), ["--- a.yml", "+++ a.yml"]);
  assert.equal(
    lines.filter((line) => /^[-+] /.test(line)),
    [
      "-      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1 # one",
      "+      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3 # one",
    ],
  );
  assert.is(textOf("a.yml"), BROKEN);
  // what a yes at the terminal does
  assert.is(write?.().exitCode, 0);
  assert.is(textOf("a.yml"), BROKEN.replace("FACTOR: 1 #", "FACTOR: 3 #"));
});
test("--write writes, diagnoses the result, and exits by it", () => {
  const fixed = run("b.yml", BROKEN, "--write");
  assert.equal([fixed.exitCode, fixed.out], [0, ""]);
  assert.is(textOf("b.yml"), BROKEN.replace("FACTOR: 1 #", "FACTOR: 3 #"));
  const source = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@a:1,2@b:1\n";
  const left = run("server.properties", source, "--write", "--json");
  assert.is(left.exitCode, 2);
  assert.ok((JSON.parse(left.out) as { rule: string }[]).some(({ rule }) => rule === "two-voters"));
});
test("--fix of what only a reader can fix has no diff and nothing to write", () => {
  const file = "spring.cloud.stream.kafka.binder.brokers=a:9092\n";
  const { exitCode, write, err } = run("application.properties", file, "--fix");
  assert.is(exitCode, 3);
  assert.is(write, undefined);
  assert.is.not(err, "");
});
test("several findings of one setting are fixed one after the other", () => {
  const text = COMPOSE.replace("DEFAULT_REPLICATION_FACTOR: 3", "DEFAULT_REPLICATION_FACTOR: 1")
    .replace("INSYNC_REPLICAS: 2", "INSYNC_REPLICAS: 1")
    .replace("2@kafka-2:9093", "2@localhost:9999")
    .replaceAll("NODE_ID: 3", "NODE_ID: 1");
  const { exitCode, err } = run("c.yml", text, "--write");
  assert.is(exitCode, 0, err);
});
test("--fix with another form of output is refused", () => {
  for (const other of ["--write", "--json", "--sarif"])
    assert.is(run("d.yml", BROKEN, "--fix", other).exitCode, 1, other);
});
test("a file that changed since it was read is not written", () => {
  const { write } = run("e.yml", BROKEN, "--fix");
  writeFileSync(path.join(cwd, "e.yml"), "# mine\n");
  assert.throws(
    () => write!(),
    (error: { code?: string }) => error.code === "FILE_CHANGED",
  );
  assert.is(textOf("e.yml"), "# mine\n");
});
test("a file that is given twice, or by a link, is not written at all", () => {
  const text = "bootstrap.servers=a:1,b:1\nacks=1\n";
  writeFileSync(path.join(cwd, "g.properties"), text);
  symlinkSync("g.properties", path.join(cwd, "link.properties"));
  for (const other of ["./g.properties", "link.properties"]) {
    const { exitCode, err } = diagnoseCommand(["--write", "g.properties", other], { cwd, env: {} });
    assert.is(exitCode, 1, err);
    assert.is(textOf("g.properties"), text);
  }
});
test("a path that leads nowhere is refused as a file that cannot be read", () => {
  symlinkSync("h.yml", path.join(cwd, "h.yml"));
  const { exitCode, err } = diagnoseCommand(["h.yml"], { cwd, env: {} });
  assert.is(exitCode, 1);
  assert.match(err, /^LabError \[BAD_CONFIGURATION\]: /);
});
test("--fix shows the characters of a file that a terminal obeys as escapes", () => {
  const { out } = run("i.yml", BROKEN.replace("# one", "# \u202eone"), "--fix");
  assert.ok(out.includes("\\u202eone") && !out.includes("\u202e"));
});
test("--json has the edits of each finding", () => {
  const [finding] = JSON.parse(run("f.yml", BROKEN, "--json").out) as { edits: Record<string, unknown>[] }[];
  assert.equal(
    finding!.edits.map(({ action, file, line, service, key, value }) => [
      action,
      file,
      line,
      service,
      key,
      value,
    ]),
    ["kafka-1", "kafka-2", "kafka-3"].map((service) => [
      "set",
      "f.yml",
      19,
      service,
      "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR",
      "3",
    ]),
  );
});
test("a unified diff makes the one text of the other", () => {
  const line = fc.constantFrom("a", "b", "c", "d");
  const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.map((one) => `${one}\n`).join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      assert.is(patched(before, unifiedDiff("f", before, after)), after);
    }),
    { seed: 17, numRuns: 500 },
  );
});

/** What `patch` makes of a text. */
function patched(before: string, diff: readonly string[]): string {
  const lines = before.split("\n").slice(0, -1);
  const result: string[] = [];
  let at = 0;
  for (const line of diff.slice(2)) {
    const [, start, count] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
    if (start !== undefined) {
      const first = count === "0" ? Number(start) : Number(start) - 1;
      while (at < first) result.push(lines[at++]!);
    } else if (line.startsWith("+")) result.push(line.slice(1));
    else {
      assert.is(lines[at], line.slice(1));
      if (line.startsWith(" ")) result.push(lines[at]!);
      at++;
    }
  }
  return [...result, ...lines.slice(at)].map((line) => `${line}\n`).join("");
}
test.run();
