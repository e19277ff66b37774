// Ordinary mistakes, command by command: exit code 1, one first line, where the options are listed, and never
// a stack trace. What a command does before it prints is run here; what only a program of its own shows is a
// child, two at a time.

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explainErrorCommand } from "../../scripts/explain-error/command.ts";
import { traceCommand } from "../../scripts/trace/command.ts";
import { diagnoseCommand } from "../../scripts/diagnose/command.ts";
import { predictCommand } from "../../scripts/predict/command.ts";
import type { ErrorCode } from "@kafka-failure-lab/sdk";
import { assertNames } from "../unit/refusal.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "cli-mistakes-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const binary = file(
  "binary",
  Uint8Array.from({ length: 3000 }, (_, i) => (i * 197 + 13) % 256),
);
const empty = file("empty.yml", "");
const dir = path.join(folder, "dir");
const run = path.join(folder, "run");
mkdirSync(dir);
mkdirSync(path.join(run, "history.jsonl"), { recursive: true });
const missing = path.join(folder, "missing.yml");
const recorded = path.join(root, "notebooks/recordings/01-broker-stops/1");
const posted = path.join(root, "compose/as-posted.yml");

interface Ended {
  code: number | null;
  out: string;
  err: string;
}
interface How {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Closed at once, or a device. @default read to its end */
  stdout?: "closed" | "/dev/full";
}

/** No word of a runtime, and none of a value that was not there; what was typed may be repeated. */
function assertPlain({ err }: Ended, argv: readonly string[], title: string): void {
  const said = argv.filter((one) => one !== "").reduce((text, one) => text.replaceAll(one, "…"), err);
  assert.not.match(said, /\n\s+at |undefined|NaN|\[object |node:internal/, title);
}

/** The code of a LabError, or null for a mistake that has none; the names and values of the first line. */
type Said = readonly [code: ErrorCode | null, ...names: string[]];

function assertMistake(ended: Ended, argv: readonly string[], [code, ...names]: Said): void {
  const title = `${argv.join(" ")}: ${ended.err}`;
  assert.equal([ended.code, ended.out], [1, ""], title);
  const first = ended.err.split("\n", 1)[0]!;
  assert.is(/^LabError \[(\w+)\]: /.exec(first)?.[1] ?? null, code, title);
  assertNames(first, names);
  assert.match(ended.err.trimEnd(), / --help lists the (options|settings)\.$/, title);
  assertPlain(ended, argv, title);
}

// in this program

const predictWith = (argv: readonly string[], env = {}): Ended => {
  const { exitCode, out, err } = predictCommand(argv, { cwd: root, env });
  return { code: exitCode, out, err };
};
const diagnoseWith = (argv: readonly string[]): Ended => {
  const { exitCode, out, err } = diagnoseCommand(argv, { cwd: root, env: {} });
  return { code: exitCode, out, err };
};
const traceWith = async (argv: readonly string[]): Promise<Ended> => {
  const { exitCode, out, err } = await traceCommand(argv, folder);
  return { code: exitCode, out, err };
};

const explainWith = async (argv: readonly string[]): Promise<Ended> => {
  const { exitCode, out, err } = await explainErrorCommand(argv, { cwd: root, env: {}, input: undefined });
  return { code: exitCode, out, err };
};
for (const [argv, ...said] of [
  [[], null, "LINE", "--file"],
  [["--file", missing], "BAD_CONFIGURATION"],
  [["--file", dir], "BAD_CONFIGURATION"],
  [["--file", ""], null, "--file"],
  [["--limit", "x", "19"], null, "limit x"],
  [["--jsn", "19"], null, "--json"],
] as readonly (readonly [argv: readonly string[], ...said: Said])[])
  test(`explain-error ${argv.join(" ").replaceAll(folder, "")} is a mistake`, async () =>
    assertMistake(await explainWith(argv), argv, said));

const predictions: readonly (readonly [argv: readonly string[], ...said: Said])[] = [
  [[dir], "BAD_COMPOSE"],
  [[missing], "BAD_COMPOSE"],
  [[empty], "BAD_COMPOSE"],
  [[binary], "BAD_COMPOSE"],
  [["nowhere"], "BAD_COMPOSE"],
  [[""], null, '""'],
  [["--kafka", "9"], null, "--kafka 9"],
  [["--kafka", "99", "--json"], null, "--kafka 99"],
  [["--kafka", ""], null, '--kafka ""'],
  [["--bootstrap", "99"], null, "broker 99", "1, 2, 3"],
  [["--bootstrap", "1,4"], null, "broker 4"],
  [["--bootstrap", "0"], null, "--bootstrap 0"],
  [["--delay", "-5s"], null, "--delay", '"-5s"'],
  [["--lasts", "-1"], null, "--lasts", '"-1"'],
  [["--retries", "-1"], null, "--retries -1"],
  [["--retries", "1e400"], null, "--retries 1e400"],
  [["--min-isr", "0x1"], null, "--min-isr 0x1"],
  [["--fault", "lose", "--percent", "NaN"], null, "--percent NaN"],
  [["--fault", "lose", "--percent", "101"], null, "--percent 101"],
  [["--fault", "throttle", "--rate", "-5kB/s"], null, '--rate "-5kB/s"'],
  [["--leader", "9"], null, "broker 9"],
  [["--target", ""], null, '--target ""'],
  [["--falt", "kill"], null, "--falt", "--fault"],
  [["--fault"], null, "--fault"],
  [["--json=yes"], null, "--json=yes"],
];
for (const [argv, ...said] of predictions)
  test(`predict ${argv.join(" ").replaceAll(folder, "")} is a mistake`, () =>
    assertMistake(predictWith(argv), argv, said));

const diagnoses: readonly (readonly [argv: readonly string[], ...said: Said])[] = [
  [[], null, "FILE"],
  [[dir], "BAD_CONFIGURATION"],
  [[binary], "BAD_CONFIGURATION"],
  [[empty], "BAD_CONFIGURATION"],
  [[""], null, '""'],
  [[posted, "--kafka", "99"], null, "--kafka 99"],
  [[posted, "--delay", "-5s"], null, "--delay", '"-5s"'],
  [[posted, "--record-time", ""], null, "--record-time", '""'],
  [[posted, "--severity", "__proto__"], null, "--severity __proto__", "error"],
  [[posted, "--as", "poem"], null, "poem"],
];
for (const [argv, ...said] of diagnoses)
  test(`diagnose ${argv.join(" ").replaceAll(folder, "")} is a mistake`, () =>
    assertMistake(diagnoseWith(argv), argv, said));

const traceMistakes: readonly (readonly [argv: readonly string[], ...said: Said])[] = [
  [[], "NO_SUCH_RUN"],
  [["x".repeat(5000)], "NO_SUCH_RUN"],
  [["./binary/x"], "NO_SUCH_RUN"],
  [[run], "BAD_RUN", "folder"],
  [[recorded, "no-such-1"], null, '"no-such-1"'],
  [["--limit", "-1"], null, "limit -1"],
  [["--slower-than", "-5s"], null, "--slower-than", '"-5s"'],
];
for (const [argv, ...said] of traceMistakes)
  test(`trace ${argv.join(" ").slice(0, 50).replaceAll(folder, "")} is a mistake`, async () =>
    assertMistake(await traceWith(argv), argv, said));

// as programs

const isDeno = "Deno" in globalThis;
const tsx = path.join(root, "node_modules/tsx/dist/loader.mjs");

function start(
  script: string,
  argv: readonly string[],
  { cwd = root, env = {}, stdout }: How,
): Promise<Ended> {
  const device = stdout === "/dev/full" ? openSync(stdout, "w") : undefined;
  const own = path.join(root, "scripts", `${script}.ts`);
  const child = spawn(
    process.execPath,
    [...(isDeno ? ["run", "-A", "--quiet"] : ["--import", tsx]), own, ...argv],
    {
      cwd,
      env: { ...process.env, LAB_ENGINE: "local", LAB_DEBUG: "", NO_COLOR: "1", ...env },
      stdio: ["ignore", device ?? "pipe", "pipe"],
      timeout: 40_000,
    },
  );
  if (device !== undefined) closeSync(device);
  const ended: Ended = { code: null, out: "", err: "" };
  if (stdout === "closed") child.stdout!.destroy();
  else child.stdout?.setEncoding("utf8").on("data", (text: string) => (ended.out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (ended.err += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ ...ended, code }));
  });
}

type Mistake = readonly [script: string, argv: readonly string[], said: Said, how?: How];
const mistakes: readonly Mistake[] = [
  ["00-first-steps", ["--cluster", missing], ["BAD_COMPOSE"]],
  ["01-broker-stops", ["--cluster", dir, "--json"], ["BAD_COMPOSE"]],
  ["04-your-own-compose", ["--cluster", empty], ["BAD_COMPOSE"]],
  ["01-broker-stops", ["--kafka", "9"], [null, "--kafka 9"]],
  ["00-first-steps", ["--timers", "default"], ["COMMAND_FAILED"], { cwd: "/sys" }],
  ["00-first-steps", [], ["BAD_ENVIRONMENT", 'LAB_KAFKA="9"'], { env: { LAB_KAFKA: "9" } }],
  ["02-four-causes", [], ["BAD_ENVIRONMENT", 'LAB_ENGINE="x"'], { env: { LAB_ENGINE: "x" } }],
  ["start", ["--kafka", "9"], [null, "--kafka 9"]],
  ["app", ["--topic", "a/b"], [null, '--topic "a/b"']],
  ["app", ["--settings", dir], ["BAD_CONFIGURATION", dir]],
  ["notebooks", ["--cells-only", "--out", path.join(binary, "x"), "00"], [null, "ENOTDIR"]],
  ["hunt", ["--claim", "no-los"], [null, "--claim no-los", "no-loss"]],
  ["hunt", ["--claim", "recovery"], [null, "recovery", "--limit"]],
  ["hunt", ["--limit", "3s"], [null, "--limit", "no-loss"]],
  ["hunt", ["--idempotent", "--acks", "1"], [null, "--idempotent", "--acks 1"]],
  ["hunt", ["--faults", "kill,explode"], [null, "explode", "kill"]],
  ["hunt", ["--cluster", missing], ["BAD_COMPOSE"]],
  ["hunt", ["--out", path.join(binary, "x")], ["COMMAND_FAILED"]],
  ["replay", [], [null, "folder"]],
  ["replay", [run], ["BAD_RUN"]],
  ["clean", ["--bad"], [null, "--bad"]],
  ["table", ["--from", binary], ["BAD_RUN", "JSON"]],
  ["bench", ["--only", "constructor"], [null, "--only constructor", "boot"]],
  ["test", ["--times", "-1"], [null, "-1"]],
  ["jupyter", [], [null, "Jupyter"], { env: { PATH: dir } }],
];

/** Two at a time; each is awaited by its own test. */
const queue: (() => Promise<void>)[] = [];
function queued<T>(work: () => Promise<T>): Promise<T> {
  const done = new Promise<T>((resolve, reject) => queue.push(() => work().then(resolve, reject)));
  done.catch(() => {}); // its test tells
  return done;
}
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
}

for (const [script, argv, said, how = {}] of mistakes) {
  const ended = queued(() => start(script, argv, how));
  test(`${script} ${argv.join(" ").replaceAll(folder, "")} is a mistake`, async () =>
    assertMistake(await ended, argv, said));
}

const closed = (["predict", "replay", "table"] as const).map((script) => {
  const argv = { predict: [], replay: [recorded], table: ["--from", "scripts/table/data/2026-11-30.json"] };
  return [script, queued(() => start(script, argv[script], { stdout: "closed" }))] as const;
});
for (const [script, ended] of closed)
  test(`${script} ends as always where nobody reads its output`, async () => {
    const { code, err } = await ended;
    assert.equal([code, err], [0, ""]);
  });

const full = queued(() => start("predict", [], { stdout: "/dev/full" }));
test("predict says that its output could not be written", async () => {
  const ended = await full;
  assert.is(ended.code, 1);
  assert.match(ended.err, /ENOSPC|No space left/);
  assertPlain(ended, [], ended.err);
});

const homeless = queued(() =>
  start("doctor", ["--json"], { env: { HOME: undefined, XDG_CACHE_HOME: undefined } }),
);
test("doctor does without a home", async () => {
  const ended = await homeless;
  assert.ok([0, 2].includes(ended.code!), ended.err);
  assert.ok(JSON.parse(ended.out));
  assertPlain(ended, [], ended.err);
});

test.before(() => void Promise.all([work(), work()]));
test.run();
