// The lab's own member in Java without brokers: it compiles with each Kafka that the lab brings, obeys
// orders, and ends. What it does with records is in test/live.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memberProperties } from "../../sdk/client/member/java-program.ts";
import { readMemberLine } from "../../sdk/client/member/line.ts";
import { groupSettings } from "../../sdk/client/member/settings.ts";
import {
  findJava,
  type Java,
  memberClasses,
  PINNED_KAFKA,
  type SuppliedKafka,
  supplyKafka,
} from "../../sdk/engine/local/supply/mod.ts";
import { propertiesText } from "../../sdk/runtime/properties-file.ts";
import { splitLines } from "../../sdk/runtime/split-lines.ts";
import { skip } from "../skip.ts";

const test = suite("java member");
const { env } = process;
let dir = "";
let java: Java | undefined;
let kafkas: readonly SuppliedKafka[] = [];

test.before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "lab-java-member-"));
  java = await findJava({ env }).catch(() => undefined);
  const supplied = PINNED_KAFKA.map((version) => supplyKafka({ version, env }).catch(() => undefined));
  kafkas = (await Promise.all(supplied)).flatMap((one) => one ?? []);
});
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A member of a cluster that does not answer. */
function startAlone(kafka: SuppliedKafka, classes: string): ChildProcess {
  const file = path.join(dir, `member-${kafka.version}.properties`);
  const settings = groupSettings({ client: "java", commit: "application" }, "orders", {
    kafka: kafka.version,
    brokers: [],
  });
  const start = { group: "billing", name: "billing.1", number: 1, settings, security: undefined };
  writeFileSync(file, propertiesText(memberProperties({ ...start, bootstrap: ["127.0.0.1:1"] })));
  const classPath = [...kafka.classPath, classes].join(path.delimiter);
  const args = ["-XX:TieredStopAtLevel=1", "-cp", classPath, "lab.Member", "--properties", file];
  return spawn(java!.path, args, { stdio: ["pipe", "pipe", "ignore"] });
}

for (const version of PINNED_KAFKA)
  test(`Kafka ${version}: it is compiled once, obeys, and ends with its standard input`, async () => {
    const kafka = kafkas.find((one) => one.version === version);
    if (java === undefined || kafka === undefined) return skip("no Java, or no jars of Kafka");
    const cache = path.join(dir, "cache");
    const classes = await memberClasses({ java, kafka, cache, marker: "-Dlab.test=1" });
    assert.is((classes as { reason?: string }).reason, undefined);
    assert.equal(await memberClasses({ java, kafka, cache, marker: "-Dlab.test=1" }), classes);
    assert.equal(
      readdirSync(path.join(cache, "members")).filter((name) => name.startsWith("compiling")),
      [],
    );
    const orders = ['x"\\\n\u2028é\u0001', "commit", "close"].map((what, id) => ({ id, do: what }));
    const lines: unknown[] = [];
    const member = startAlone(kafka, classes.path!);
    const cut = splitLines((text) => lines.push(readMemberLine(text) ?? []));
    member.stdout!.setEncoding("utf8").on("data", cut.add);
    const ended = once(member, "close");
    // what is no order is passed over
    const slow = '{ "id" : 7, "do" : "slow", "processMs" : 1.25e2 }';
    for (const text of ["", "commit", '{"id":}', slow, ...orders.map((one) => JSON.stringify(one))])
      member.stdin!.write(`${text}\n`);
    assert.equal(await ended, [0, null]);
    const answers = lines.flat().filter((line) => (line as { kind: string }).kind === "answer");
    assert.equal(answers, [
      { kind: "answer", id: 7, processMs: 125 },
      { kind: "answer", id: 0, error: `unknown order: ${orders[0]!.do}` },
      { kind: "answer", id: 1 },
      { kind: "answer", id: 2 },
    ]);
    const orphan = startAlone(kafka, classes.path!);
    orphan.stdin!.end();
    assert.equal(await once(orphan, "close"), [0, null]);
  });

test("a Java without a compiler, and a source that it refuses, are reasons", async () => {
  const kafka = kafkas[0];
  if (java === undefined || kafka === undefined) return skip("no Java, or no jars of Kafka");
  const cache = path.join(dir, "other");
  const without = await memberClasses({
    java,
    kafka: { ...kafka, classPath: [] },
    cache,
    marker: "-Dlab.test=1",
  });
  assert.is(without.path, undefined);
  assert.match((without as { reason: string }).reason, /refuses the lab's program: .*error: /);
  const program = path.join(dir, "java");
  writeFileSync(program, `#!/bin/sh\nexec "${java.path}" --limit-modules java.base "$@"\n`, { mode: 0o700 });
  const bare = await memberClasses({
    java: { ...java, path: program, version: "bare" },
    kafka,
    cache,
    marker: "-Dlab.test=1",
  });
  assert.equal(bare, { path: undefined, reason: "Java bare brings no compiler" });
});

test.run();
