// Foreign text on the way to a terminal: what scripts write of hostile files, folders, arguments and
// programs.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explainErrorCommand } from "../../scripts/explain-error/command.ts";
import { traceCommand } from "../../scripts/trace/command.ts";
import { diagnoseCommand } from "../../scripts/diagnose/command.ts";
import { predictCommand } from "../../scripts/predict/command.ts";
import { type LabError, openRun, printable } from "@kafka-failure-lab/sdk";
import { honest, hostileHistory } from "../unit/hostile/history.ts";
import { assertCharacters, assertPrintable, HOSTILE, HOSTILE_IN_FILE } from "../unit/hostile/text.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "hostile-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A name as no system forbids it: without a slash and without what ends a string. */
const NAME = HOSTILE_IN_FILE.replaceAll("/", "").replaceAll("\0", "").slice(0, 60);
/** What an argument may hold. */
const ARGUMENT = HOSTILE_IN_FILE.replaceAll("\0", "");

const [run, plain] = ["run", "plain"].map((name) => path.join(folder, name)) as [string, string];
const lines = (history: readonly unknown[]): string =>
  history.map((event) => `${JSON.stringify(event)}\n`).join("");
for (const [dir, history] of [
  [run, hostileHistory(HOSTILE)],
  [plain, honest],
] as const) {
  mkdirSync(dir);
  writeFileSync(path.join(dir, "history.jsonl"), `${lines(history)}{"torn`);
}
writeFileSync(
  path.join(run, "verdict.json"),
  JSON.stringify({
    claim: `a claim${HOSTILE}`,
    verdict: true,
    judgement: {
      verdict: true,
      checks: [{ checker: "order", verdict: false, summary: HOSTILE }],
      counts: {},
      gap: null,
    },
  }),
);

const NOTHING = { verdict: true, checks: [], counts: {}, gap: null };

const text = JSON.stringify(HOSTILE_IN_FILE);
const file = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const compose = readFileSync(path.join(root, "compose/three-brokers.yml"), "utf8");
const instead = (name: string, setting: string): string =>
  file(name, compose.replace(new RegExp(`${setting}: .*`), `${setting}: ${text}`));
const FILES = {
  replicas: instead("replicas.yml", "KAFKA_MIN_INSYNC_REPLICAS"),
  listener: instead("listener.yml", "KAFKA_ADVERTISED_LISTENERS"),
  voters: instead("voters.yml", "KAFKA_CONTROLLER_QUORUM_VOTERS"),
  roles: instead("roles.yml", "KAFKA_PROCESS_ROLES"),
  protocols: instead("protocols.yml", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"),
  backoff: instead("backoff.yml", "KAFKA_REPLICA_FETCH_BACKOFF_MS"),
  image: file(
    "image.yml",
    `services: { ${text}: { image: "apache/kafka:3.9.2", ${text}: 1, volumes: [${text}] } }`,
  ),
  broken: file("broken.yml", `services: {\n${HOSTILE_IN_FILE}`),
  spring: file(
    "application.yml",
    `spring:\n  kafka:\n    consumer: { group-id: g, session.timeout.ms: ${text} }\n    producer: { ` +
      `acks: ${text}, retries: 1 }\n`,
  ),
  properties: file(
    "client.properties",
    `bootstrap.servers=${HOSTILE_IN_FILE.replaceAll("\n", "\\n\\\n")}\nacks=1\n`,
  ),
  json: file(
    "client.json",
    JSON.stringify({ "bootstrap.servers": HOSTILE, "group.id": HOSTILE, acks: HOSTILE }),
  ),
  named: file(`${NAME}.properties`, "acks=1\nbootstrap.servers=a:1\n"),
  binary: file("binary.bin", HOSTILE_IN_FILE),
};

const SETTINGS = file("settings.json", JSON.stringify({ [HOSTILE]: 1 }));
const COMPOSE_FILES = Object.values(FILES).filter((one) => one.endsWith(".yml") && one !== FILES.spring);

/** Its last line, which is what an error quotes of a program, has it all. */
const SAID = `${HOSTILE_IN_FILE}\n${HOSTILE_IN_FILE.replace(/[\r\n]/g, "")}\n`;
const fakes = path.join(folder, "bin");
mkdirSync(fakes);
writeFileSync(path.join(folder, "said"), SAID);
for (const program of ["docker", "docker-compose", "java", "mvn", "tc", "modprobe"]) {
  writeFileSync(path.join(fakes, program), `#!/bin/sh\ncat ${folder}/said\ncat ${folder}/said >&2\nexit 3\n`);
  chmodSync(path.join(fakes, program), 0o755);
}

const runtime = "Deno" in globalThis ? ["run", "-A", "--quiet"] : ["--import", "tsx"];

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Deno colours its errors where FORCE_COLOR is set, whatever it says; Node warns where both are. */
const { FORCE_COLOR: _, ...uncoloured } = process.env;

function script(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...runtime, path.join(root, "scripts", name), ...args], {
      cwd: root,
      env: { ...uncoloured, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    const ended: Ended = { code: null, out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (ended.out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (ended.err += chunk));
    child.once("error", reject).once("close", (code) => resolve({ ...ended, code }));
  });
}

const PATH = { PATH: `${fakes}${path.delimiter}${process.env["PATH"] ?? ""}` };
const anyValue = hostileHistory(HOSTILE).flatMap((event) => (event.kind === "send" ? [event.value] : []))[0]!;
const invocation = { cwd: folder, env: {} };

interface Printed {
  out: string;
  err: string;
}
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Printed | Promise<Printed>>> = {
  diagnose: (args) => diagnoseCommand(args, invocation),
  predict: (args) => predictCommand(args, invocation),
  "explain-error": (args) => explainErrorCommand(args, { ...invocation, input: undefined }),
  trace: (args) => traceCommand(args, folder),
};

const IN_PROCESS: readonly (readonly [command: string, ...args: string[]])[] = [
  ...Object.values(FILES).map((one) => ["diagnose", one] as const),
  ["diagnose", "--as", `${FILES.properties}=server`, FILES.properties, FILES.listener, FILES.spring],
  ["diagnose", "--json", FILES.listener, FILES.spring],
  ["diagnose", "--sarif", FILES.listener, FILES.spring, FILES.named],
  ["diagnose", "--severity", HOSTILE, FILES.spring],
  ["diagnose", "--ignore", HOSTILE, "--delay", HOSTILE, FILES.spring],
  ["diagnose", `no such ${HOSTILE}`],
  ...COMPOSE_FILES.map((one) => ["predict", one] as const),
  ["predict", "--json", FILES.replicas],
  ["predict", "--fault", HOSTILE],
  ["predict", `no such ${HOSTILE}`],
  ["explain-error", `ERROR ${HOSTILE}`],
  ["explain-error", "--json", `NOT_LEADER_OR_FOLLOWER ${HOSTILE}`],
  ["explain-error", "--file", `no such ${HOSTILE}`],
  ["explain-error", "--limit", HOSTILE],
  ["trace", run],
  ["trace", "--json", run],
  ["trace", run, anyValue],
  ["trace", "--json", run, anyValue],
  ["trace", run, anyValue.slice(0, 5)],
  ["trace", plain, HOSTILE],
];
/** How often the foreign text came into what is said. */
const reached: Record<string, number> = {};
const count = (name: string, said: string): void => {
  if (/\\(x|u00)1b\]0;title/.test(said)) reached[name] = (reached[name] ?? 0) + 1;
};
for (const [command, ...args] of IN_PROCESS)
  test(`${command} ${args.map(brief).join(" ")} says what prints`, async () => {
    const { out, err } = await COMMANDS[command]!(args);
    assert.ok(out !== "" || err !== "", "it said nothing");
    count(command, out + printable(err));
    if (args[0] === "--json" || args[0] === "--sarif") {
      if (out !== "") assert.equal(JSON.parse(printable(out, { lines: true })), JSON.parse(out));
    } else assertPrintable(out, "what it prints");
    // a message goes through printError(), as what is JSON through print(): the scripts below show that
    assertCharacters(printable(err, { lines: true }), "what it complains of");
  });

const CALLS: readonly (readonly [script: string, args: readonly string[], env?: Record<string, string>])[] = [
  ["diagnose.ts", ["--sarif", FILES.listener, FILES.spring, FILES.named]],
  ["predict.ts", ["--fault", ARGUMENT]],
  ["explain-error.ts", [`NOT_LEADER_OR_FOLLOWER ${ARGUMENT}`]],
  ["trace.ts", [run, ARGUMENT]],
  ["replay.ts", [run]],
  ["replay.ts", [`no such ${ARGUMENT}`]],
  ["doctor.ts", [], { ...PATH, DOCKER_HOST: ARGUMENT.slice(0, 40) }],
  ["app.ts", ["--settings", SETTINGS]],
  ["00-first-steps.ts", ["--cluster", `no such ${ARGUMENT}`, "--engine", "local"]],
  ["00-first-steps.ts", ["--engine", "docker"], PATH],
];
for (const [name, args, env] of CALLS)
  test(`${name} ${args.map(brief).join(" ")} writes what prints`, async () => {
    const { out, err } = await script(name, args, env);
    assert.ok(out !== "" || err !== "", "it wrote nothing");
    count(name, out + err);
    assertPrintable(out, `${name}: standard output`);
    // an argument's own line breaks are the reader's
    assertCharacters(err, `${name}: standard error`);
  });

test("the foreign texts do come into what is said", () => {
  const names = [...Object.keys(COMMANDS), ...CALLS.map(([name]) => name)];
  assert.equal(Object.keys(reached).sort(), [...new Set(names)].sort());
});

function brief(text: string): string {
  return JSON.stringify(path.basename(text)).slice(0, 30);
}

test("replay.ts --json has the foreign text as it was", async () => {
  const { out, err } = await script("replay.ts", ["--json", run]);
  assert.is(err, "");
  assert.is((JSON.parse(out) as { claim: string }).claim, `a claim${HOSTILE}`);
});
test("a LabError that nobody catches, and its causes, are written as text", async () => {
  const thrower = file(
    "thrower.ts",
    `import { readFileSync } from "node:fs";
import { LabError } from ${JSON.stringify(path.join(root, "sdk/index.ts"))};
const said = readFileSync(${JSON.stringify(path.join(folder, "said"))}, "utf8");
throw new LabError("COMMAND_FAILED", "Cannot do " + said, {
  stderr: said,
  cause: new Error(said, { cause: said }),
});`,
  );
  const { code, err } = await script(path.relative(path.join(root, "scripts"), thrower), []);
  assert.is(code, 1);
  assertPrintable(err, "standard error");
});
test("openRun() calls a verdict of checkers that do not exist a bad run", async () => {
  const dir = path.join(folder, "odd");
  mkdirSync(dir);
  writeFileSync(path.join(dir, "history.jsonl"), lines(honest));
  const verdict = { claim: "c", verdict: true, asked: { checks: [HOSTILE] }, judgement: NOTHING };
  writeFileSync(path.join(dir, "verdict.json"), JSON.stringify(verdict));
  const odd = await openRun(dir);
  try {
    odd.judge();
    assert.unreachable();
  } catch (error) {
    assert.is((error as LabError).code, "BAD_RUN");
    assertPrintable(String(error), "the error");
  }
});
test("a recorded run's own texts stay as they are", async () => {
  const { history, claim } = await openRun(run);
  assert.is(claim, `a claim${HOSTILE}`);
  assert.ok(history.some((event) => event.kind === "note" && event.text === `note${HOSTILE}`));
});

/** They write what this repository's own tests and benchmarks say, or speak a protocol. */
const APART = [
  "sdk/runtime/print.ts",
  "sdk/client/member/kafkajs.mjs",
  "sdk/engine/local/links/relay.mjs",
  "sdk/engine/local/supply/pin.ts",
  "scripts/bench.ts",
  "scripts/test.ts",
  "scripts/test/batch.ts",
  "scripts/test/output.ts",
];
/** Constant texts, and code for a kernel, are no foreign text. */
const WRITES = /(?<!`)\bconsole\.(?!\w+\((?:HELP|INSTALL)\))|process\.std(?:out|err)\.write/;

test("sdk/ and scripts/ write to a terminal through print() and printError() only, but for constant texts", () => {
  const guilty = ["sdk", "scripts"].flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
      .map((name) => `${room}/${name.split(path.sep).join("/")}`)
      .filter((name) => /\.m?[tj]s$/.test(name) && !name.includes("node_modules") && !APART.includes(name))
      .flatMap((name) =>
        readFileSync(path.join(root, name), "utf8")
          .split("\n")
          .filter((line) => WRITES.test(line) && !/^\s*\* /.test(line)) // an example is no code
          .map((line) => `${name}: ${line.trim()}`),
      ),
  );
  assert.equal(guilty, []);
});
test.run();
