// A runtime made by jlink, which has no class-data archive of Java's own classes: the lab makes one, and Java
// lays an application's on it.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { baseArchive, findJava } from "@kafka-failure-lab/sdk/testing";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "lab-jlink-")));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("baseArchive() makes an archive for a runtime without one, and Java makes an application's with it", async () => {
  const jdk = path.dirname((await findJava({ env: process.env })).path);
  const jlink = path.join(jdk, "jlink");
  if (!existsSync(jlink)) return skip("no jlink beside this machine's Java");
  const home = path.join(folder, "runtime");
  execFileSync(jlink, ["--add-modules", "java.base", "--output", home], { stdio: "ignore" });
  const java = await findJava({ env: { JAVA_HOME: home } });
  const before = readdirSync(path.join(home, "lib", "server"));
  const into = path.join(folder, "kept.base");
  let makes = 0;
  const made = await baseArchive({ java, work: folder, into, onMake: () => void makes++ });
  assert.equal([made, makes], [{ kind: "own", path: into }, 1]);
  assert.equal(readdirSync(path.join(home, "lib", "server")), before, "the runtime stays as it is");

  const application = path.join(folder, "application.jsa");
  const exitCode = (...args: string[]): number | null =>
    spawnSync(java.path, ["-XX:+UseSerialGC", ...args, "-version"], { stdio: "ignore" }).status;
  assert.is(exitCode(`-XX:SharedArchiveFile=${into}`, `-XX:ArchiveClassesAtExit=${application}`), 0);
  assert.ok(existsSync(application));
  assert.is(exitCode("-Xshare:on", `-XX:SharedArchiveFile=${application}`), 0);
});

test("baseArchive() leaves a Java that brings one as it is", async () => {
  const java = await findJava({ env: process.env });
  const makes = (): void => assert.unreachable();
  const options = { java, work: folder, into: path.join(folder, "unused"), onMake: makes };
  assert.equal(await baseArchive(options), { kind: "default" });
});
test.run();
