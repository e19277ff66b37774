// The doctor on this machine, and on machines made poorer by their environment; nothing of it is left behind.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { doctor, type MachineCheck, type Report } from "@kafka-failure-lab/sdk";
import { startOf } from "@kafka-failure-lab/sdk/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { children, program, until } from "./outside.ts";

const test = suite("doctor");
const file = fileURLToPath(new URL("../../scripts/doctor.ts", import.meta.url));
let folder: string;
test.before(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "doctor-test-"))));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  tookMs: number;
}

async function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const began = performance.now();
  const child = spawn(...program(file, ...args), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let stdout = "",
    stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr, tookMs: performance.now() - began };
}

function find({ checks }: Report, name: string): MachineCheck {
  const found = checks.find((check) => check.name === name);
  if (found === undefined)
    throw new Error(`no check ${name} in ${checks.map((check) => check.name).join(", ")}`);
  return found;
}

/** A folder with programs that say what they are told to. */
function fakes(name: string, programs: Readonly<Record<string, string>>): string {
  const bin = path.join(folder, name);
  mkdirSync(bin, { recursive: true });
  for (const [program, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, program), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(bin, program), 0o755);
  }
  return bin;
}

/**
 * The interfaces of this machine, without those that a Docker daemon beside this test makes for containers.
 */
function interfaces(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/sys/class/net")
    .filter((name) => !/^(veth|br-|docker)/.test(name))
    .sort();
}

test("doctor prints a table and says which engine works, with 0", async () => {
  const { code, stdout, stderr } = await run([]);
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  for (const line of [
    /^ok +runtime +(Node|Deno) \d+/m,
    /^ok +Java +Java \d+/m,
    /^ok +source of Kafka|^ok +Kafka \d/m,
    /sch_netem/,
    /^engine local: works/m,
    /^engine docker: (works: real brokers in containers|does not work: it lacks docker)/m,
  ])
    assert.match(stdout, line);
});

test("doctor --json prints the report", async () => {
  const { code, stdout } = await run(["--json"]);
  const report = JSON.parse(stdout) as Report;
  assert.is(code, 0);
  assert.is(report.works, true);
  for (const { state, remedy, name } of report.checks)
    if (state === "ok") assert.is(remedy, undefined, `${name} needs no remedy`);
  assert.equal(
    [...new Set(report.checks.map(({ name }) => name))].length,
    report.checks.length,
    "two checks have one name",
  );
});

test("doctor() leaves no interface and no namespace behind", async () => {
  const before = interfaces();
  // the runtime's, without the ps that lists them
  const programs = (): string[] => children(process.pid).filter((args) => !/^(\S*\/)?ps /.test(args));
  const others = programs();
  const report = await doctor();
  assert.equal(interfaces(), before);
  // the namespace in which it tries netem is gone with the only process in it
  await until("no process of the doctor runs", () => programs().every((one) => others.includes(one)));
  const netem = find(report, "sch_netem");
  assert.ok(netem.state !== "unknown" || /root|Linux|tc|unshare/.test(netem.found), netem.found);
});

test("doctor without Java exits with 2 and names the command that adds it", async () => {
  const { code, stdout } = await run(["--json"], {
    PATH: fakes("no-java", {}),
    JAVA_HOME: "",
    LAB_JAVA_FOLDERS: "",
  });
  const report = JSON.parse(stdout) as Report;
  assert.is(code, 2);
  assert.is(find(report, "Java").state, "missing");
  assert.match(find(report, "Java").remedy ?? "", /apt-get install openjdk|brew install openjdk/);
  assert.is(find(report, "docker client").state, "missing");
  assert.match(report.engines[0]!.why, /Java/);
});

test("doctor() without jars, Maven or a repository says so; any one of them mends it", async () => {
  const home = path.join(folder, "home");
  mkdirSync(home, { recursive: true });
  const bare = {
    HOME: home,
    LAB_CACHE: path.join(home, "cache"),
    PATH: fakes("bare", {}),
    JAVA_HOME: path.join(folder, "java"),
  };
  fakes("java/bin", { java: "echo '    java.version = 17.0.1' >&2" });
  const none = await doctor({ env: bare });
  assert.equal(
    [none.works, find(none, "Kafka 3.9.2").state, find(none, "source of Kafka").state],
    [false, "missing", "missing"],
  );
  assert.match(none.engines[0]!.why, /Kafka's jars, or a way to get them/);
  assert.is((await doctor({ env: { ...bare, PATH: fakes("maven", { mvn: "exit 0" }) } })).works, true);
  assert.is(
    (await doctor({ env: { ...bare, LAB_MAVEN_REPOSITORY: "http://127.0.0.1:9/maven" } })).works,
    true,
  );
  fakes("kafka/libs", { "kafka_2.13-3.9.2.jar": "" });
  const withHome = await doctor({ env: { ...bare, KAFKA_HOME: path.join(folder, "kafka") } });
  assert.equal([withHome.works, find(withHome, "KAFKA_HOME").found], [true, "Kafka 3.9.2, 1 jars"]);
  assert.is((await doctor({ env: { ...bare, KAFKA_HOME: home } })).works, false);
});

test("doctor() does not wait for a docker that hangs, and ends it with whatever it started", async () => {
  const pids = path.join(folder, "pids");
  const docker = `sleep 600 &\necho $! >> ${pids}\nwait`;
  const PATH = `${fakes("hangs", { docker })}${path.delimiter}${process.env["PATH"]}`;
  const report = await doctor({ env: { ...process.env, PATH }, timeout: "1s" });
  assert.equal([find(report, "docker daemon").state, find(report, "docker client").state], ["unknown", "ok"]);
  const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
  assert.ok(started.length > 0);
  // a process that was killed is listed until the kernel has taken it down
  await until("the children of the fake docker have ended", () =>
    started.every((pid) => startOf(pid) === undefined),
  );
});

test("doctor() tells a socket that it may not open from a daemon that is not there", async () => {
  for (const [name, said, found] of [
    ["denied", "permission denied while trying to connect to the Docker daemon socket", /permission denied/],
    ["gone", "Cannot connect to the Docker daemon. Is the docker daemon running?", /no daemon/],
  ] as const) {
    const before = fakes(name, { docker: `echo '${said}' >&2; exit 1` });
    const PATH = `${before}${path.delimiter}${process.env["PATH"]}`;
    const daemon = find(await doctor({ env: { ...process.env, PATH } }), "docker daemon");
    assert.is(daemon.state, "missing");
    assert.match(daemon.found, found);
  }
});

test("doctor() names a published port that is taken, and the local engine works nevertheless", async () => {
  const server = net.createServer();
  const taken = await new Promise<boolean>((resolve) =>
    server.once("error", () => resolve(false)).listen(29_093, "127.0.0.1", () => resolve(true)),
  );
  try {
    const report = await doctor(); // where it was taken already, somebody else's hold does as well
    assert.is(find(report, "ports, three-brokers").state, "missing");
    assert.match(find(report, "ports, three-brokers").found, /29093.* taken/);
    assert.is(report.engines[0]!.works, true);
  } finally {
    if (taken) server.close();
  }
});

test("doctor() rejects with the signal's reason", async () => {
  const reason = new Error("enough");
  const rejected = await doctor({ signal: AbortSignal.abort(reason) }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.is(rejected, reason);
});

test("doctor refuses an unknown flag with 1", async () => assert.is((await run(["--jsn"])).code, 1));

test.run();
