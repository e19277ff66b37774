// The package as its readers have it: packed, installed in an empty folder, and used there on real brokers.

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const parent = mkdtempSync(path.join(os.tmpdir(), "lab-package-"));
const [packed, app] = [path.join(parent, "packed"), path.join(parent, "app")];
test.after(() => rmSync(parent, { recursive: true, force: true }));

const DEADLINE_MS = 150_000;
/** npm would take the variables of an npm that runs this test for its own options. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
function run(cwd: string, program: string, ...args: string[]): Promise<Ended> {
  const options = { cwd, env: { ...env, NO_COLOR: "1" }, timeout: DEADLINE_MS, maxBuffer: 64 << 20 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, out, err });
    });
  });
}

async function succeeds(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await run(cwd, program, ...args);
  assert.is(code, 0, `${[program, ...args].join(" ")} ended with ${code}:\n${out}\n${err}`);
  return out;
}

interface Concluded {
  readonly verdict: boolean | "unknown";
  readonly outcomes?: number;
}
/** What a program says in its last line: its claim held, or is inconclusive on a busy machine. */
async function concludes(program: string, ...args: string[]): Promise<Concluded & Ended> {
  const ran = await run(app, program, ...args);
  const said = `${ran.out}\n${ran.err}`;
  const last = lastLine(ran.out) as Concluded;
  assert.ok(last.verdict === true || last.verdict === "unknown", said);
  assert.is(ran.code, last.verdict === true ? 0 : 3, said);
  return { ...ran, ...last };
}

const write = (file: string, text: string): void => writeFileSync(path.join(app, file), text);
const lab = (...args: string[]): Promise<Ended> => run(app, "npx", "kafka-failure-lab", ...args);

/** Ten lines on a real cluster: a load, a prediction, a fault, a verdict. */
const TEN = `import { startLab } from "kafka-failure-lab";
const lab = await startLab({ timers: "fast" });
const load = lab.probe({ name: "app" }).start({ perSecond: 50 });
await load.acknowledged(20);
const prediction = await lab.predict("stop", "leader");
const fault = await lab.cluster.stop("leader");
await load.acknowledged(20);
await fault.heal();
const { verdict } = await lab.conclude({ claim: "nothing acknowledged is lost" });
console.log(JSON.stringify({ verdict, outcomes: prediction.possibilities?.length ?? 1 }));
`;
/** Every subpath, and what each is for, with its types. */
const TYPED = `import { type ComposeProject, fromCompose, type Lab, predict } from "kafka-failure-lab";
import { readCompose } from "kafka-failure-lab";
import { type ConfigurationFinding, diagnose, diagnosisLines } from "kafka-failure-lab/diagnose";
import { FAST_TIMERS, predict as derive, readCompose as read } from "kafka-failure-lab/predict";
import { openRun, type RecordedRun, timeline } from "kafka-failure-lab/report";
import { finish, output, scenarioOptions } from "kafka-failure-lab/scenario";
import { type Engine, readArguments, run as runs, shape, startOf } from "kafka-failure-lab/testing";

const project: ComposeProject = readCompose(["as-posted"], { properties: FAST_TIMERS });
const facts = fromCompose(project, { fault: { kind: "kill", targets: [1] }, leader: 1 });
const sentence: string = predict(facts).sentence + derive(facts).sentence + read().services.length;
const found: readonly ConfigurationFinding[] = diagnose([{ file: "a.properties", text: "acks=1" }]);
export async function stopped(lab: Lab): Promise<string> {
  const { sentence } = await lab.predict("kill", "leader", { lasts: "5s" });
  await using fault = await lab.cluster.stop("leader");
  return sentence + fault.id;
}
const drawn = async (run: RecordedRun): Promise<readonly string[]> => timeline(run.history, { width: 80 });
export { drawn, finish, openRun, output, readArguments, runs, scenarioOptions, shape, startOf, type Engine };
console.log(JSON.stringify({ sentence, lines: diagnosisLines(found) }));
`;
/** The last line, which the ten lines print. */
const lastLine = (out: string): unknown => JSON.parse(out.trim().split("\n").at(-1)!);

test("npm pack packs the compiled lab with its data, and no source", async () => {
  mkdirSync(packed);
  mkdirSync(app);
  const out = await succeeds(root, "npm", "pack", "--json", "--pack-destination", packed);
  const [{ files }] = JSON.parse(out) as [{ files: { path: string }[] }];
  const names = files.map((file) => file.path);
  for (const name of [
    "dist/compose/as-posted.yml",
    "dist/sdk/index.d.ts",
    "dist/sdk/engine/local/links/relay.mjs",
    "dist/sdk/engine/local/supply/pom.xml",
    "dist/sdk/runtime/guardian/guardian.mjs",
    "LICENSE",
    "README.md",
  ])
    assert.ok(names.includes(name), name);
  assert.equal(
    names.filter((name) => /(?<!\.d)\.ts$|^test|\/test(?!ing)|node_modules/.test(name)),
    [],
  );
});
test("npm i of the tarball installs it in an empty folder", async () => {
  write("package.json", '{ "private": true, "type": "module" }\n');
  const [tarball] = readdirSync(packed);
  await succeeds(app, "npm", "i", "--prefer-offline", "--no-audit", "--no-fund", path.join(packed, tarball!));
  assert.ok(existsSync(path.join(app, "node_modules", ".bin", "kafka-failure-lab")));
});
test("every relative import of the package is a file of the package", () => {
  const dist = path.join(app, "node_modules", "kafka-failure-lab", "dist");
  const missing = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(m?js|d\.m?ts)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(path.join(dist, file), "utf8");
      return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].flatMap(([, to]) => {
        const target = path.join(dist, path.dirname(file), to!);
        return existsSync(target) ? [] : [`${file} -> ${to}`];
      });
    });
  assert.equal(missing, []);
});
test("tsc --strict --module nodenext takes every subpath without further flags", async () => {
  write("typed.ts", TYPED);
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  await succeeds(app, process.execPath, tsc, "--strict", "--module", "nodenext", "--noEmit", "typed.ts");
});
test("every subpath loads under tsx", async () => {
  const tsx = pathToFileURL(path.join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  const { lines } = lastLine(await succeeds(app, process.execPath, "--import", tsx, "typed.ts")) as {
    lines: string[];
  };
  assert.ok(lines.length > 0);
});
test("ten lines of JavaScript run under plain Node, without a warning", async () => {
  write("ten.mjs", TEN);
  const { outcomes, err } = await concludes(process.execPath, "ten.mjs");
  assert.is(outcomes, 1);
  assert.not.match(err, /Warning/);
});
test("ten lines of TypeScript run under tsx", async () => {
  write("ten.ts", TEN);
  const tsx = pathToFileURL(path.join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  assert.is((await concludes(process.execPath, "--import", tsx, "ten.ts")).outcomes, 1);
});

const another = process.env["LAB_NODE"];
test("the same ten lines run under the Node of LAB_NODE", async () => {
  if (another === undefined) return skip("LAB_NODE names no other Node");
  assert.is((await concludes(path.resolve(another), "ten.mjs")).outcomes, 1);
});

const named = process.env["LAB_DENO"] || "deno";
const deno = named.includes("/") ? path.resolve(named) : named;
const hasDeno = (await run(parent, deno, "--version")).code === 0;
const withDeno = (name: string, run: () => Promise<void>): void =>
  test(name, () => (hasDeno ? run() : skip("no deno on the path, and none in LAB_DENO")));
withDeno("the same ten lines run under Deno", async () => {
  write("deno.json", '{ "nodeModulesDir": "manual" }\n');
  assert.is((await concludes(deno, "run", "-A", "--quiet", "ten.mjs")).outcomes, 1);
});
withDeno("deno publish finds no slow types", async () => {
  await succeeds(path.join(root, "sdk"), deno, "publish", "--dry-run", "--allow-dirty");
});

test("kafka-failure-lab run 00 runs a scenario on real brokers", async () => {
  await concludes("npx", "kafka-failure-lab", "run", "00", "--timers", "fast", "--json");
});
test("kafka-failure-lab replay and trace read that run", async () => {
  const runs = path.join(".lab", "runs", "00-first-steps");
  const [time] = readdirSync(path.join(app, runs));
  const replayed = await lab("replay", path.join(runs, time!), "--json");
  const { recorded, differences } = JSON.parse(replayed.out) as { recorded: unknown; differences: unknown };
  assert.is(replayed.code, recorded === true ? 0 : 3, replayed.err);
  assert.equal(differences, []);
  assert.is((await lab("trace", path.join(runs, time!), "--json")).code, 0);
});
test("kafka-failure-lab diagnose and predict read a compose file of the folder", async () => {
  const file = path.join("node_modules", "kafka-failure-lab", "dist", "compose", "as-posted.yml");
  write("compose.yml", readFileSync(path.join(app, file), "utf8"));
  const diagnosed = await lab("diagnose", "compose.yml", "--json");
  assert.is(diagnosed.code, 2, diagnosed.err);
  const predicted = await lab("predict", "compose.yml", "--fault", "stop", "--json");
  assert.is(predicted.code, 0, predicted.err);
  assert.type(
    (JSON.parse(predicted.out) as { prediction: { sentence: unknown } }).prediction.sentence,
    "string",
  );
});
test("kafka-failure-lab explain-error explains a code", async () => {
  const { code, out, err } = await lab("explain-error", "--json", "19");
  assert.is(code, 0, err);
  assert.is((JSON.parse(out) as { errors: { id: string }[] }).errors[0]?.id, "not-enough-replicas");
});
test("kafka-failure-lab --help names every command, and each has its own", async () => {
  const { out } = await lab("--help");
  for (const name of [
    "start",
    "predict",
    "diagnose",
    "explain-error",
    "hunt",
    "replay",
    "trace",
    "doctor",
    "clean",
    "app",
  ]) {
    assert.match(out, new RegExp(`^  ${name} `, "m"));
    const { code, out: own } = await lab(name, "--help");
    assert.is(code, 0, name);
    assert.ok(own.startsWith(`npx kafka-failure-lab ${name}`), `${name}: ${own.split("\n", 1)[0]}`);
  }
  assert.ok((await lab("run", "01", "--help")).out.startsWith("npx kafka-failure-lab run 01-broker-stops"));
});
test("nothing is left beside the folder", () => assert.equal(readdirSync(parent).sort(), ["app", "packed"]));
test.run();
