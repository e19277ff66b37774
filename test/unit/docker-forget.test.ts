// What a killed container's files are cut to, by copies: a program that packs and unpacks stands in for
// `docker cp`.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cli } from "../../sdk/engine/docker/cli.ts";
import { forget, type Stopped } from "../../sdk/engine/docker/forget.ts";
import { LabError } from "../../sdk/model/errors.ts";

const DOCKER = `#!/bin/sh
[ -z "$SAYS" ] || { echo "$SAYS" >&2; exit 1; }
case $2 in
  -)
    tar --extract --directory "$ROOT\${3#*:}" || exit
    [ -z "$RUINS" ] || chmod 600 "$ROOT\${3#*:}"/*
    ;;
  *)
    file=$ROOT\${2#*:}
    [ -e "$file" ] || { echo "Could not find the file \${2#*:} in container x" >&2; exit 1; }
    [ -z "$CUT" ] || { printf "%0\${CUT}d" 0; echo "unexpected EOF" >&2; exit 1; }
    exec tar --create --format "$FORMAT" --directory "$(dirname "$file")" "$(basename "$file")"
    ;;
esac
`;

interface Context {
  dir: string;
  /** The container's file system. */
  at(name: string): string;
  container(env: Readonly<Record<string, string>>): Stopped;
}

const test = suite<Context>("forget, docker");
test.before.each((context) => {
  const dir = (context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-docker-forget-")));
  for (const name of ["bin", "copies", "root/data/a-0", "root/other", "root/tmp"])
    mkdirSync(path.join(dir, name), { recursive: true });
  writeFileSync(path.join(dir, "bin", "docker"), DOCKER);
  chmodSync(path.join(dir, "bin", "docker"), 0o755);
  context.at = (name) => path.join(dir, "root", name);
  context.container = (env) => {
    const all = {
      PATH: `${path.join(dir, "bin")}:${process.env["PATH"]}`,
      ROOT: path.join(dir, "root"),
      ...env,
    };
    const cli = { env: all } as unknown as Cli; // nothing else of it is used
    return { cli, service: "kafka-1", id: "x", folder: path.join(dir, "copies"), onProgress: () => {} };
  };
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true }));

const text = (length: number): string => "0123456789".repeat(length / 10);

for (const format of ["ustar", "pax"])
  test(`forget() cuts files to what was forced, and touches no other (${format})`, async ({
    dir,
    at,
    container,
  }) => {
    const files = {
      "data/a-0/0.log": 9000,
      "data/a-0/1.log": 100,
      "data/a-0/2.log": 1030,
      "data/b": 20,
      "other/c": 20,
    };
    for (const [name, length] of Object.entries(files)) writeFileSync(at(name), text(length));
    chmodSync(at("data/a-0/0.log"), 0o640);
    const journal = ["0 /data/a-0/0.log", "5000 /data/a-0/0.log", "100 /data/a-0/1.log", "0 /data/a-0/2.log"];
    const more = ["7 /data/gone", "20 /data/b", "0 /other/c", "0 /data/../other/c", "0 /data"];
    writeFileSync(at("tmp/journal"), `${[...journal, ...more].join("\n")}\n0 /data/`);
    const before = statSync(at("data/a-0/1.log")).ino;
    const lost = await forget(container({ FORMAT: format }), "/tmp/journal", ["/data"]);
    assert.equal(lost, { files: 2, bytes: 5030 });
    assert.equal(
      Object.keys(files).map((name) => statSync(at(name)).size),
      [5000, 100, 0, 20, 20],
    );
    assert.is(readFileSync(at("data/a-0/0.log"), "utf8"), text(5000));
    assert.is(statSync(at("data/a-0/0.log")).mode & 0o777, 0o640);
    assert.is(statSync(at("data/a-0/1.log")).ino, before);
    assert.equal(readdirSync(path.join(dir, "copies")), []);
    // once more: there is nothing left to lose
    assert.equal(await forget(container({ FORMAT: format }), "/tmp/journal", ["/data"]), {
      files: 0,
      bytes: 0,
    });
  });

test("forget() loses nothing where there is no journal", async ({ container }) => {
  const lost = await forget(container({ FORMAT: "ustar" }), "/tmp/journal", ["/data"]);
  assert.equal(lost, { files: 0, bytes: 0 });
});

for (const [what, env, code, says] of [
  [
    "a daemon that does not answer",
    { SAYS: "Cannot connect to the Docker daemon. Is the docker daemon running?" },
    "NO_ENGINE",
    /Cannot read \/tmp\/journal of kafka-1: no Docker daemon answers/,
  ],
  ["an archive that is cut off", { CUT: "300" }, "COMMAND_FAILED", /Cannot read \/tmp\/journal of kafka-1/],
  [
    "a file that came back with another mode",
    { RUINS: "1" },
    "COMMAND_FAILED",
    /Cannot cut \/data\/d of kafka-1 to what was forced: it came back with another owner, mode or length/,
  ],
] as const)
  test(`forget() rejects for ${what}`, async ({ dir, at, container }) => {
    writeFileSync(at("data/d"), text(20));
    writeFileSync(at("tmp/journal"), "10 /data/d\n");
    const forgetting = forget(container({ FORMAT: "ustar", ...env }), "/tmp/journal", ["/data"]);
    const error = await forgetting.catch((e: unknown) => e);
    assert.ok(error instanceof LabError && error.code === code, String(error));
    assert.match(error.message, says);
    assert.equal(readdirSync(path.join(dir, "copies")), []);
  });

test.run();
