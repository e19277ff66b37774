import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnoseCommand } from "../../scripts/diagnose/command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "diagnose-"));

function run(...args: string[]): { code: number; out: string; err: string } {
  const { exitCode, out, err } = diagnoseCommand(args, { cwd: root, env: {} });
  return { code: exitCode, out, err };
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test("diagnose.ts exits 0 and is silent but for one line on stderr where nothing is wrong", () => {
  assert.equal(run("compose/three-brokers.yml"), {
    code: 0,
    out: "",
    err: "nothing found in compose/three-brokers.yml",
  });
});
test("diagnose.ts exits 2 for the posted cluster, and 0 once only notes are left", () => {
  const bad = run("compose/as-posted.yml", "--severity", "error");
  assert.is(bad.code, 2);
  assert.match(bad.out, /^compose\/as-posted\.yml:18:9 error two-voters: /m);
  assert.match(bad.out, /^5 errors$/m);
  const file = path.join(folder, "consumer.json");
  writeFileSync(file, '{ "bootstrap.servers": "a:1,b:1", "group.id": "g" }');
  const note = run(file);
  assert.is(note.code, 0, note.err);
  assert.match(note.out, /note librdkafka-offset-before-processing/);
});
test(
  "diagnose.ts exits 3 where a file was not judged, whatever the severity, and 2 where another is " + "wrong",
  () => {
    const source = path.join(folder, "Plain.java");
    writeFileSync(source, "class C { Object p = new KafkaProducer<>(props); }");
    for (const more of [[], ["--severity", "error"], ["compose/three-brokers.yml"]]) {
      const { code, out, err } = run(source, ...more);
      assert.is(code, 3, err);
      assert.match(out, /note not-judged/);
    }
    assert.is(run(source, "compose/as-posted.yml").code, 2);
    assert.is(run(source, "--ignore", "not-judged").code, 0);
  },
);
test("diagnose.ts exits 1 for what it cannot read or is not told rightly, with the reason on stderr", () => {
  assert.match(run("no-such.yml").err, /\[BAD_CONFIGURATION\].*no-such\.yml/);
  const outcomes = [
    run("no-such.yml"),
    run(),
    run("README.md"),
    run("compose/three-brokers.yml", "--severity", "bad"),
    run("compose/three-brokers.yml", "--ignore", "bad"),
    run("README.md", "--as", "poem"),
  ];
  assert.equal(
    outcomes.map(({ code, out }) => [code, out]),
    outcomes.map(() => [1, ""]),
  );
});
test("diagnose.ts --json and --sarif print one value, with file names relative to the caller", () => {
  const json = run("--json", path.join(root, "compose/as-posted.yml"));
  const [first] = JSON.parse(json.out) as { rule: string; evidence: { file: string; line: number }[] }[];
  assert.equal(
    [json.code, first!.rule, first!.evidence[0]!.file, first!.evidence[0]!.line],
    [2, "image-gone", "compose/as-posted.yml", 8],
  );
  const log = JSON.parse(
    run("--sarif", "compose/as-posted.yml", "--ignore", "image-gone,two-voters").out,
  ) as { runs: { results: unknown[] }[] };
  assert.is(log.runs[0]!.results.length, 4);
});
test("diagnose.ts --rules lists every rule, --as FILE=KIND forces one file's kind", () => {
  const { code, out } = run("--rules");
  assert.is(code, 0);
  assert.match(out, /^two-voters +error +\w/m);
  const file = path.join(folder, "settings.txt");
  writeFileSync(file, "acks=1\n");
  assert.is(run(file).code, 1);
  assert.is(run(file, "compose/three-brokers.yml", "--as", `${file}=java`).code, 2);
});
test("diagnose.ts reads the .env beside the first compose file, over which the environment counts", () => {
  writeFileSync(path.join(folder, ".env"), "IMAGE=docker.io/bitnami/kafka:3.9\n");
  const file = path.join(folder, "compose.yml");
  writeFileSync(
    file,
    "services: {k: {image: '${IMAGE}', environment: {KAFKA_CFG_PROCESS_ROLES: 'broker,controller'}}}\n",
  );
  assert.match(run(file).out, /image-gone/);
  assert.not.match(
    diagnoseCommand([file], { cwd: folder, env: { IMAGE: "bitnamilegacy/kafka:3.9" } }).out,
    /image-gone/,
  );
});
test("diagnose.ts as a program prints and exits so", () => {
  const script = path.join(root, "scripts/diagnose.ts");
  const argv = "Deno" in globalThis ? ["run", "-A", "--quiet", script] : ["--import", "tsx", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...argv, "compose/as-posted.yml"], {
    encoding: "utf8",
    timeout: 45_000,
    cwd: root,
  });
  assert.is(status, 2, stderr);
  assert.match(stdout, /5 errors, 1 warning\n$/);
});
test.run();
