// What is read of a file that somebody names: regular files up to a limit. A file that never ends, or never
// begins, is read by a program of its own, so that a reader that hangs is ended.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError } from "./refusal.ts";
import { skip } from "../skip.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { readRun } from "../../sdk/recording/open.ts";
import { MAX_FILE_BYTES, MAX_HISTORY_BYTES } from "../../sdk/runtime/limits.ts";
import { readBytes, readText, readTextIfThere } from "../../sdk/runtime/read-file.ts";
import { diagnoseCommand } from "../../scripts/diagnose/command.ts";
import { predictCommand } from "../../scripts/predict/command.ts";
import { program } from "../live/outside.ts";

const self = fileURLToPath(import.meta.url);
const COMPOSE = "services: {k: {image: apache/kafka, env_file: x.env}}";

/** How a person names a file: as compose file, env file, and to each command. */
const READERS: Readonly<Record<string, (file: string) => string>> = {
  readText: (file) => codeOf(() => readText(file, { code: "BAD_COMPOSE" })),
  compose: (file) => codeOf(() => readCompose([file], { env: {}, cwd: "/" })),
  env_file: (file) =>
    codeOf(() => {
      const sources = [{ file: "o", text: `services: {k: {image: apache/kafka, env_file: ${file}}}` }];
      return readCompose([path.join(folderOf(file), "c.yml")], { env: {}, cwd: "/", overrides: sources });
    }),
  diagnose: (file) => diagnoseCommand([`--as=${file}=server`, file], { cwd: "/", env: {} }).err,
  predict: (file) => predictCommand([file], { cwd: "/", env: {} }).err,
};

function folderOf(file: string): string {
  return process.argv[3] ?? path.dirname(file);
}

function codeOf(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    return String((error as LabError).code);
  }
}

if (process.argv[2] === "--read") {
  for (const file of process.argv.slice(4))
    console.log(
      JSON.stringify([file, Object.entries(READERS).map(([name, read]) => `${name}: ${read(file)}`)]),
    );
  process.exit(0);
}

const folder = mkdtempSync(path.join(tmpdir(), "lab-read-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);
writeFileSync(at("c.yml"), COMPOSE);
writeFileSync(at("x.env"), "");

const HANG_GUARD_MS = 10_000;

/** What each reader makes of each file, all in one program. */
function readElsewhere(files: readonly string[]): Map<string, string[]> {
  const [runtime, args] = program(self, "--read", folder, ...files);
  const { stdout, stderr, error } = spawnSync(runtime, args, { encoding: "utf8", timeout: HANG_GUARD_MS });
  assert.is(error, undefined, `${String(error)}\n${stdout}\n${stderr}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => JSON.parse(line) as [string, string[]]));
}

const socket = net.createServer().listen(at("socket"));
execFileSync("mkfifo", [at("pipe")]);
symlinkSync("/dev/zero", at("link-to-zero"));
symlinkSync(at("link-to-itself"), at("link-to-itself"));
mkdirSync(at("folder"));
writeFileSync(at("large"), "");
truncateSync(at("large"), MAX_FILE_BYTES + 1);

/** What is said of each; a folder's files are diagnosed, and this one has none. */
const others: [file: string, why: string, whyNotDiagnosed?: string][] = [
  ["/dev/zero", "it is a device"],
  ["/dev/full", "it is a device"],
  ["/dev/tty", "it is a device"],
  [at("link-to-zero"), "it is a device"],
  [at("pipe"), "it is a named pipe"],
  [at("socket"), "it is a socket"],
  [at("folder"), "it is a folder", "the folder has no file of a known kind"],
  [at("large"), "it is larger than 1 MiB"],
];
const rejections = readElsewhere(others.map(([file]) => file));
for (const [file, why, whyNotDiagnosed = why] of others) {
  test(`${file.replace(folder, "…")} is refused by every reader, at once`, () => {
    const [text, compose, env, diagnosed, predicted] = rejections.get(file)!;
    assert.equal(
      [text, compose, env],
      ["readText: BAD_COMPOSE", "compose: BAD_COMPOSE", "env_file: BAD_COMPOSE"],
    );
    assert.match(
      diagnosed!,
      new RegExp(`^diagnose: LabError \\[BAD_CONFIGURATION\\]: Cannot read .*: ${whyNotDiagnosed}$`, "m"),
    );
    assert.match(
      predicted!,
      new RegExp(`^predict: LabError \\[BAD_COMPOSE\\]: Cannot read the compose file: ${why}$`, "m"),
    );
    assert.not.match(`${diagnosed}\n${predicted}`, /^ {4}at /m);
  });
}

test("readText() refuses what is not there, and readTextIfThere() has nothing of it", () => {
  const error = refused(() => readText(at("none"), { code: "BAD_CONFIGURATION", shown: "none" }));
  assert.equal([error.code, error.facts.file], ["BAD_CONFIGURATION", "none"]);
  assert.is(readTextIfThere(at("none"), { code: "BAD_COMPOSE" }), undefined);
  assert.is(readTextIfThere(at("c.yml/none"), { code: "BAD_COMPOSE" }), undefined);
  assert.is(
    refused(() => readTextIfThere(at("link-to-itself"), { code: "BAD_COMPOSE" })).code,
    "BAD_COMPOSE",
  );
  assert.is(refused(() => readTextIfThere(at("folder"), { code: "BAD_COMPOSE" })).code, "BAD_COMPOSE");
});

test("readText() reads to the limit and no further, whatever size the system tells", () => {
  writeFileSync(at("text"), "\uFEFFäöü");
  assert.is(readText(at("text"), { code: "BAD_COMPOSE" }), "äöü");
  assert.is(readText(at("text"), { code: "BAD_COMPOSE", limit: 9 }), "äöü");
  assert.is(refused(() => readText(at("text"), { code: "BAD_RUN", limit: 8 })).code, "BAD_RUN");
  assert.is(readBytes(at("x.env"), { code: "BAD_COMPOSE" }).length, 0);
});

test("readText() reads a file whose size the system says is 0, to the limit", () => {
  if (process.platform !== "linux") return skip("only Linux has /proc");
  assert.match(readText("/proc/self/status", { code: "BAD_COMPOSE" }), /^Name:/);
  assert.is(
    refused(() => readText("/proc/self/status", { code: "BAD_COMPOSE", limit: 10 })).code,
    "BAD_COMPOSE",
  );
});

test("readText() tells of a file that may not be read", () => {
  writeFileSync(at("secret"), "x");
  chmodSync(at("secret"), 0);
  const mayRead = process.getuid?.() === 0;
  assert.is(
    codeOf(() => readText(at("secret"), { code: "BAD_COMPOSE" })),
    mayRead ? "read" : "BAD_COMPOSE",
  );
});

test("readRun() refuses a history that is too large once decompressed, and one that is a folder", () => {
  mkdirSync(at("bomb"));
  writeFileSync(at("bomb/history.jsonl.gz"), gzipSync(new Uint8Array(MAX_HISTORY_BYTES + 1), { level: 1 }));
  const error = refused(() => readRun(at("bomb")));
  assertLabError(error, "BAD_RUN", {}, ["128 MiB"]);
  mkdirSync(at("none/history.jsonl"), { recursive: true });
  assert.is(refused(() => readRun(at("none"))).code, "BAD_RUN");
});

function refused(read: () => unknown): LabError {
  try {
    read();
  } catch (error) {
    return error as LabError;
  }
  return assert.unreachable("it was read") as never;
}

test.after(() => void socket.close());
test.run();
