// Two users of one machine: what one of them plants, or may not read, and what `npm run clean` says of it.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { asOther, canOther, noOther, plantLinks, type Ran, runAs } from "./other-user.ts";

const clean = fileURLToPath(new URL("../../scripts/clean.ts", import.meta.url));
const diagnose = fileURLToPath(new URL("../../scripts/diagnose.ts", import.meta.url));

interface Folders {
  /** A shared, sticky folder as /tmp is one. */
  shared: string;
  /** A folder of this user with a file in it, old enough to be swept. */
  victim: string;
}

const test = suite<Folders>("other user");
test.before.each((context) => {
  context.shared = mkdtempSync(path.join(os.tmpdir(), "lab-other-"));
  chmodSync(context.shared, 0o1777);
  context.victim = path.join(context.shared, "victim");
  mkdirSync(path.join(context.victim, "sub"), { recursive: true });
  for (const folder of [context.victim, path.join(context.victim, "sub")]) {
    writeFileSync(path.join(folder, "file"), "dear");
    utimesSync(folder, 1_000_000_000, 1_000_000_000);
  }
});
test.after.each(({ shared }) => rmSync(shared, { recursive: true, force: true }));

const untouched = ({ victim }: Folders): void =>
  assert.equal(readdirSync(victim, { recursive: true }).sort(), ["file", "sub", path.join("sub", "file")]);

function assertSaid({ code, out, err }: Ran, expected: number, words: RegExp): void {
  assert.is(code, expected, `${out}\n${err}`);
  assert.match(`${out}${err}`, words);
  assert.not.match(`${out}${err}`, /^\s+at /m);
}

for (const name of ["LAB_STATE", "XDG_STATE_HOME"]) {
  test(`clean refuses links that another user has planted by ${name}`, async (folders) => {
    if (noOther !== undefined) return skip(noOther);
    const root = path.join(folders.shared, "kafka-failure-lab");
    plantLinks(root, folders.victim);
    const ran = await runAs({ env: { LAB_STATE: undefined, [name]: folders.shared } }, clean);
    assertSaid(ran, 1, /it belongs to nobody \(uid 65534\)[^]*LAB_STATE/);
    untouched(folders);
  });
}

test("clean without a home uses the temporary folder, and refuses one made by another", async (folders) => {
  if (noOther !== undefined) return skip(noOther);
  const env = {
    HOME: "/root", // and in the user database nobody has none
    TMPDIR: folders.shared,
    LAB_STATE: undefined,
    XDG_STATE_HOME: undefined,
    XDG_RUNTIME_DIR: undefined,
  };
  assertSaid(
    await runAs({ isOther: true, env }, clean),
    0,
    /^(nothing to clean|Docker was not checked: .*)\n$/,
  );
  const root = path.join(folders.shared, "kafka-failure-lab-state-65534");
  mkdirSync(root);
  assertSaid(await runAs({ isOther: true, env }, clean), 1, /it belongs to root \(uid 0\)/);
  rmSync(root, { recursive: true });
  asOther(`mkdir -m 700 ${root} && ln -s ${folders.victim} ${root}/labs`);
  assertSaid(await runAs({ isOther: true, env }, clean), 1, /folder labs: it is a symbolic link/);
  untouched(folders);
});

test("clean removes what can be, says in a line why something stayed, and exits with 1", async (folders) => {
  if (noOther !== undefined) return skip(noOther);
  const state = path.join(folders.shared, "theirs");
  const labs = path.join(state, "kafka-failure-lab", "labs");
  asOther(
    `umask 077; mkdir -p ${labs}/a1 ${labs}/b2/locked ${labs}/c3; touch ${labs}/b2/locked/file; ` +
      `chmod 500 ${labs}/b2/locked; ` +
      `touch -d 2001-01-01 ${labs}/a1 ${labs}/b2 ${labs}/c3`,
  );
  const ran = await runAs({ isOther: true, env: { LAB_STATE: state } }, clean);
  assertSaid(ran, 1, /^could not remove \S+\/b2: EACCES/m); // Node says where in it, Deno does not
  for (const lab of ["a1", "c3"])
    assert.match(ran.out, new RegExp(`^removed the folder that lab ${lab} left$`, "m"));
  assert.equal(readdirSync(labs), ["b2"]);
});

test("diagnose names the file or folder that a user may not read, or may not write", async ({ shared }) => {
  if (noOther !== undefined) return skip(noOther);
  const folder = path.join(shared, "mine");
  mkdirSync(folder, { mode: 0o700 });
  const [file, open] = [path.join(folder, "client.properties"), path.join(shared, "client.properties")];
  for (const one of [file, open]) writeFileSync(one, "bootstrap.servers=a:1,b:1\nacks=1\n", { mode: 0o644 });
  const other = { isOther: true, env: { HOME: shared } };
  for (const one of [folder, file])
    assertSaid(await runAs(other, diagnose, one), 1, /^LabError \[BAD_CONFIGURATION\]: Cannot read .*EACCES/);
  assertSaid(await runAs(other, diagnose, "--write", open), 1, /^LabError \[COMMAND_FAILED\]: Cannot write /);
  assert.equal(readFileSync(open, "utf8"), readFileSync(file, "utf8"));
  assert.equal(
    readdirSync(shared).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("the other user can neither list nor read the state", async ({ shared }) => {
  if (noOther !== undefined) return skip(noOther);
  mkdirSync(path.join(shared, "mine", "kafka-failure-lab", "labs", "a1"), { recursive: true });
  const root = path.join(shared, "mine", "kafka-failure-lab");
  writeFileSync(path.join(root, "labs", "a1", "server.properties"), "ssl.key.password=secret");
  assert.is(canOther(`cat ${root}/labs/a1/server.properties`), true);
  // a folder of this user's own that is too open is closed by the first look
  const { code } = await runAs(
    { env: { LAB_STATE: path.join(shared, "mine") } },
    fileURLToPath(new URL("../unit/sweeps.ts", import.meta.url)),
  );
  assert.is(code, 0);
  for (const command of [`ls ${root}`, `ls ${root}/labs`, `cat ${root}/labs/a1/server.properties`])
    assert.is(canOther(command), false, command);
});
test.run();
