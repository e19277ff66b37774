// explainError() and its command for whole logs: stacks, repetitions, what is not known, and hostile input.

import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explainErrorCommand, HELP } from "../../scripts/explain-error/command.ts";
import { MAX_INPUT_BYTES, readInput } from "../../scripts/explain-error/input.ts";
import {
  ENTRIES,
  errorLines,
  explainError,
  MAX_ERROR_LINES,
  MAX_ERROR_TEXT,
} from "../../sdk/analysis/errors/mod.ts";

const STAMP = "[2026-11-30 10:00:00,123]";
const LOG = `${STAMP} INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)
${STAMP} ERROR [ReplicaManager broker=1] Error processing append on partition orders-0 (kafka.server)
org.apache.kafka.common.errors.NotEnoughReplicasException: The size of the current ISR Set(1) is too small
	at kafka.cluster.Partition.appendRecordsToLeader(Partition.scala:1388)
	... 12 more
Caused by: java.lang.IllegalStateException: this is not known
	at kafka.A.b(A.scala:1)
${STAMP} ERROR [Widget id=1] frobnication 12 failed (com.example.Widget)
${STAMP} INFO [Partition orders-0 broker=1] Shrinking ISR from 1,2 to 1. Leader: (kafka.cluster.Partition)
${STAMP} ERROR [Widget id=1] frobnication 13 failed (com.example.Widget)

${STAMP} ERROR Error: NOT_ENOUGH_REPLICAS (org.apache.kafka.clients.producer.internals.Sender)
`;

test("a stack is one error, repeated ones are counted, and the order is that of first appearance", () => {
  const { errors, unknown, omitted } = explainError(LOG);
  assert.equal(
    errors.map(({ id, line, lastLine, count }) => [id, line, lastLine, count]),
    [
      ["not-enough-replicas", 3, 12, 2],
      ["isr-shrinks", 9, 9, 1],
    ],
  );
  assert.equal(
    unknown.map(({ line, count }) => [line, count]),
    [[8, 2]],
  );
  assert.match(unknown[0]!.text, /frobnication 12/);
  assert.is(omitted, 0);
});
test("line ends, prefixes of compose and docker, colours and escaped breaks change nothing", () => {
  const forms: readonly ((line: string) => string)[] = [
    (line) => `${line}\r`,
    (line) => `kafka-1  | ${line}`,
    (line) => `2026-11-30T10:00:00.123456789Z ${line}`,
    (line) => `{"log":"${line.replaceAll("\t", "\\t")}\\n","stream":"stdout"}`,
    (line) => line.replace("ERROR", "\x1b[31mERROR\x1b[0m"),
  ];
  const { errors, unknown } = explainError(LOG);
  const shape = (found: ReturnType<typeof explainError>): unknown => [
    found.errors.map(({ id, line, count }) => [id, line, count]),
    found.unknown.map(({ line, count }) => [line, count]),
  ];
  for (const form of forms)
    assert.equal(
      shape(explainError(LOG.split("\n").map(form).join("\n"))),
      shape({ errors, unknown, omitted: 0 }),
    );
});
test("of a stack the innermost cause that is known is explained, and the others are beside it", () => {
  const stack = [
    "org.springframework.kafka.listener.ListenerExecutionFailedException: Listener method 'x' threw " +
      "exception",
    "\tat a.B.c(B.java:1)",
    "Caused by: org.apache.kafka.common.errors.NotEnoughReplicasException: too few",
    "Caused by: java.net.ConnectException: Connection refused",
  ].join("\n");
  const { errors } = explainError(stack);
  assert.equal(
    errors.map(({ id, line, beside }) => [id, line, beside]),
    [["connection-refused", 4, ["NOT_ENOUGH_REPLICAS (19)"]]],
  );
});
test("exceptions below each other without a log's header are errors of their own", () =>
  assert.is(
    explainError("java.net.ConnectException: Connection refused\njava.lang.OutOfMemoryError: x").errors
      .length,
    2,
  ));
test("Python's stack is one error, known by its last line", () => {
  const stack = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    poll()\n';
  const { errors, unknown } = explainError(`${stack}BufferError: Local: Queue full\n`);
  assert.equal([errors.map(({ id, line }) => [id, line]), unknown], [[["librdkafka-queue-full", 4]], []]);
});
test("Kafka's codes without an entry are not known, and named", () => {
  const { unknown } = explainError("ERROR it was SNAPSHOT_NOT_FOUND");
  assert.equal(unknown[0]!.code, { name: "SNAPSHOT_NOT_FOUND", code: 98 });
});
test("a limit leaves errors out of both lists, and says how many", () => {
  const lines = ["ERROR one", "ERROR two", "ERROR NOT_LEADER_OR_FOLLOWER", "ERROR NOT_ENOUGH_REPLICAS"];
  const { errors, unknown, omitted } = explainError(lines.join("\n"), { limit: 1 });
  assert.equal([errors.length, unknown.length, omitted], [1, 1, 2]);
});
test("hostile texts take a bounded time", () => {
  const words = [...new Set(ENTRIES.flatMap(({ patterns }) => patterns))].join(" ");
  const texts = [
    "\n".repeat(1 << 20),
    "NOT_LEADER_OR_FOLLOWER_".repeat(50_000),
    `${"Topic ".repeat(700)}\n`.repeat(300),
    `${words.slice(0, 4000)}\n`.repeat(200),
    `${"a.".repeat(2000)}\n`.repeat(300),
    `${" ".repeat(4000)}x\n`.repeat(300),
    `${"\\n".repeat(2000)}\n`.repeat(300),
    `ERROR x\n${"\tat a.b(C.java)\n".repeat(100_000)}`,
    Array.from(
      { length: 50_000 },
      (_, i) => `ERROR ${String.fromCharCode(97 + (i % 26)).repeat(i % 300)}`,
    ).join("\n"),
  ];
  for (const [at, text] of texts.entries()) {
    const begun = performance.now();
    const found = explainError(text);
    const tookMs = performance.now() - begun;
    assert.ok(tookMs < 5_000, `${at}: ${tookMs}`);
    assert.ok(found.unknown.length <= 100 && found.errors.length <= 100);
  }
});
test("a text above the limit is a RangeError, for the function and for the command", async () => {
  assert.throws(() => explainError("x".repeat(MAX_ERROR_TEXT + 1)), RangeError);
  assert.throws(() => explainError("x\n".repeat(MAX_ERROR_LINES + 1)), RangeError);
  const big = Readable.from([Buffer.alloc(MAX_INPUT_BYTES), Buffer.from("x")]);
  const { exitCode, out } = await command([], () => readInput(big));
  assert.equal([exitCode, out], [1, ""]);
});

const command = (argv: readonly string[], input?: () => Promise<string>, cwd = "/") =>
  explainErrorCommand(argv, { cwd, env: {}, input });

test("the command reads a line, words, a file or its input; unknown errors have an exit code", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "explain-error-"));
  try {
    writeFileSync(path.join(folder, "a.log"), LOG);
    const cases: readonly (readonly [argv: readonly string[], input: string | undefined, code: number])[] = [
      [["19"], undefined, 0],
      [["Broker:", "Not", "leader", "for", "partition"], undefined, 0],
      [["ERROR frobnicated"], undefined, 3],
      [["all is well"], undefined, 0],
      [[], LOG, 3],
      [[], "", 0],
      [["--file", path.join(folder, "a.log")], undefined, 3],
      [["--file", path.join(folder, "none.log")], undefined, 1],
      [["--file", folder], undefined, 1],
      [["19", "--file", "a.log"], undefined, 1],
      [["--limit", "0", "19"], undefined, 1],
      [[], undefined, 1],
    ];
    for (const [argv, input, code] of cases) {
      const given = input === undefined ? undefined : () => Promise.resolve(input);
      const { exitCode, out, err } = await command(argv, given, folder);
      assert.is(exitCode, code, `${argv.join(" ")}: ${err}`);
      assert.is(out === "", code === 1);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
test("a file that is no text of UTF-8 is refused: in it no error would be found", async () => {
  const text = `${LOG}\n`;
  const files = {
    gzip: gzipSync(text),
    "UTF-16": Buffer.from(`\uFEFF${text}`, "utf16le"),
    "UTF-16 without its mark": Buffer.from(text, "utf16le"),
  };
  for (const [what, bytes] of Object.entries(files)) {
    const { exitCode, out, err } = await command([], () => readInput(Readable.from([bytes])));
    assert.equal([exitCode, out], [1, ""], what);
    assert.is.not(err, "");
  }
  // what log rotation by truncation leaves at the beginning is no reason
  const { exitCode } = await command([], () => Promise.resolve(`${"\0".repeat(4096)}${text}`));
  assert.is(exitCode, 3);
});
test("--json is what explainError() returns, and --help is the help", async () => {
  const { out } = await command(["--json"], () => Promise.resolve(LOG));
  assert.equal(JSON.parse(out), JSON.parse(JSON.stringify(explainError(LOG))));
  assert.is((await command(["--help"])).out, HELP);
});
test("errorLines() names place, causes, settings, checks, scenario and source", () => {
  const lines = errorLines(explainError(LOG)).join("\n");
  for (const part of [
    "line 3 to 12, 2 times",
    "NOT_ENOUGH_REPLICAS (19)",
    "min.insync.replicas",
    "npm run predict",
  ])
    assert.ok(lines.includes(part), part);
  assert.match(errorLines(explainError("NOT_LEADER_OR_FOLLOWER")).join("\n"), /scripts\/01-broker-stops\.ts/);
});
test.run();
