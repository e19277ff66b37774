// Folders that only this user can have made or changed: what is refused, what is mended, and that nothing is
// removed through a link.

import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames } from "./refusal.ts";
import { stateAt } from "./state-at.ts";
import { skip } from "../skip.ts";
import { claimFolder, claimPort, release } from "../../sdk/runtime/claims.ts";
import { sweep } from "../../sdk/runtime/sweep.ts";
import { cacheFolder, supplyKafka } from "../../sdk/engine/local/supply/mod.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { checkFolders } from "../../sdk/doctor/folders.ts";
import { removeInside } from "../../sdk/runtime/own-folder.mjs";
import { privateFolder } from "../../sdk/runtime/private-folder.ts";
import { stateFolder } from "../../sdk/runtime/state-folder.ts";
import { distrustOf } from "../../sdk/runtime/trust.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const SKIPPED = "only root can give a folder to another user";

interface Folders {
  /** A folder of this test's own. */
  dir: string;
  /** The lab's folder in it, where LAB_STATE is `dir`. */
  root: string;
  /** What must not be touched: a folder with a file in it, both old enough to be swept. */
  victim: string;
}

const test = suite<Folders>("private folder");
let restore: () => void;
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-private-"));
  context.root = path.join(context.dir, "kafka-failure-lab");
  context.victim = path.join(context.dir, "victim");
  for (const folder of [context.victim, path.join(context.victim, "sub")]) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, "file"), "dear");
    age(folder);
  }
  restore = stateAt(context.dir);
});
test.after.each(({ dir }) => {
  restore();
  rmSync(dir, { recursive: true, force: true });
});

function age(file: string): void {
  utimesSync(file, 1_000_000_000, 1_000_000_000);
}

const mode = (file: string): number => statSync(file).mode & 0o7777;
const untouched = ({ victim }: Folders): void =>
  assert.equal(readdirSync(victim, { recursive: true }).sort(), ["file", "sub", path.join("sub", "file")]);

function failureOf(work: () => unknown): LabError {
  try {
    work();
  } catch (error) {
    return error as LabError;
  }
  return assert.unreachable("it succeeded") as never;
}

/** What another user, or chance, can lay where the lab's folder belongs. */
const HOSTILE: readonly {
  what: string;
  needsRoot?: boolean;
  plant(folders: Folders): void;
  /** What the message's first line names: what lies there, its owner, its mode. */
  names: readonly string[];
}[] = [
  {
    what: "a link in place of the lab's folder",
    plant: ({ root, victim }) => symlinkSync(victim, root),
    names: ["symbolic link"],
  },
  {
    what: "a link that leads nowhere in its place",
    plant: ({ root, dir }) => symlinkSync(path.join(dir, "gone"), root),
    names: ["symbolic link"],
  },
  {
    what: "a link in place of labs",
    plant: ({ root, victim }) => (mkdirSync(root), symlinkSync(victim, path.join(root, "labs"))),
    names: ["labs", "symbolic link"],
  },
  {
    what: "a link in place of ports",
    plant: ({ root, victim }) => (mkdirSync(root), symlinkSync(victim, path.join(root, "ports"))),
    names: ["ports", "symbolic link"],
  },
  {
    what: "a file in its place",
    plant: ({ root }) => writeFileSync(root, ""),
    names: ["folder"],
  },
  {
    what: "a file in place of labs",
    plant: ({ root }) => (mkdirSync(root), writeFileSync(path.join(root, "labs"), "")),
    names: ["labs", "folder"],
  },
  {
    what: "another user's folder",
    needsRoot: true,
    plant: ({ root }) => (mkdirSync(root), chownSync(root, NOBODY, NOBODY)),
    names: ["uid 65534"],
  },
  {
    what: "another user's labs",
    needsRoot: true,
    plant: ({ root }) => {
      mkdirSync(path.join(root, "labs"), { recursive: true });
      chownSync(path.join(root, "labs"), NOBODY, NOBODY);
    },
    names: ["labs", "uid 65534"],
  },
  {
    what: "a folder above it that everybody can write to",
    plant: ({ dir }) => chmodSync(dir, 0o777),
    names: ["mode 0777"],
  },
  {
    what: "a folder above it that a group can write to",
    needsRoot: true,
    plant: ({ dir }) => (chownSync(dir, 0, NOBODY), chmodSync(dir, 0o770)),
    names: ["mode 0770", "gid 65534"],
  },
  {
    what: "a folder above it that is another user's",
    needsRoot: true,
    plant: ({ dir }) => chownSync(dir, NOBODY, NOBODY),
    names: ["uid 65534"],
  },
];
for (const { what, needsRoot = false, plant, names } of HOSTILE) {
  test(`sweep() and claimFolder() refuse ${what}, and nothing is removed or made`, (folders) => {
    if (needsRoot && !isRoot) return skip(SKIPPED);
    plant(folders);
    for (const work of [() => sweep(), () => claimFolder("0badcafe", false)]) {
      const { message } = assertLabError(failureOf(work), "UNSAFE_FOLDER", {}, ["LAB_STATE"]);
      assertNames(message.split("\n", 1)[0]!, names);
    }
    untouched(folders);
  });
}

test("claimFolder() and claimPort() make folders 0700 and files 0600 under any umask", async ({ root }) => {
  const umask = process.umask(0);
  try {
    const claim = claimFolder("0badcafe", false);
    await claimPort(claim, null);
    for (const folder of [root, path.join(root, "labs"), path.join(root, "ports"), claim.dir])
      assert.is(mode(folder), 0o700, folder);
    for (const file of [path.join(claim.dir, "owner.json"), claim.paths[1]!])
      assert.is(mode(file), 0o600, file);
    assert.equal(release(claim), []);
    assert.equal(claim.paths.filter(existsSync), []);
  } finally {
    process.umask(umask);
  }
});
test("claimFolder() closes a folder of this user's own that others can look into", ({ root }) => {
  for (const folder of [root, path.join(root, "labs")]) mkdirSync(folder), chmodSync(folder, 0o777);
  claimFolder("0badcafe", false);
  assert.equal([mode(root), mode(path.join(root, "labs"))], [0o700, 0o700]);
});
test("sweep() makes no folder where there is none", ({ dir, root }) => {
  assert.equal(sweep(), { done: [], left: [] });
  assert.is(existsSync(root), false);
  assert.equal(readdirSync(dir), ["victim"]);
});
test("sweep() removes what is left and tells of what it cannot remove, a line each", (folders) => {
  const { root, victim } = folders;
  const labs = path.join(root, "labs");
  mkdirSync(labs, { recursive: true, mode: 0o700 });
  for (const lab of ["a1", "c3"]) mkdirSync(path.join(labs, lab)), age(path.join(labs, lab));
  symlinkSync(victim, path.join(labs, "b2"));
  lutimesSync(path.join(labs, "b2"), 1_000_000_000, 1_000_000_000);
  const { done, left } = sweep();
  assert.equal(done, ["removed the folder that lab a1 left", "removed the folder that lab c3 left"]);
  assert.equal(left, [
    `could not remove ${path.join(labs, "b2")}: it is a symbolic link, which no lab makes`,
  ]);
  untouched(folders);
});
test("sweep() never goes into a lab's folder through a link in it", (folders) => {
  const lab = path.join(folders.root, "labs", "a1");
  mkdirSync(lab, { recursive: true, mode: 0o700 });
  symlinkSync(folders.victim, path.join(lab, "data"));
  age(lab);
  assert.equal(sweep().left, []);
  assert.is(existsSync(lab), false);
  untouched(folders);
});

for (const [what, target, why] of [
  ["outside of it", "../victim/file", /not inside/],
  ["that is itself", ".", /not inside/],
  ["above it", "..", /not inside/],
  ["behind a link", "labs/link/sub", /labs\/link is a symbolic link/],
  ["that is a link", "labs/link", /it is a symbolic link/],
  ["behind a file", "labs/file/x", /labs\/file is not a folder/],
] as const) {
  test(`removeInside() leaves what is ${what}`, (folders) => {
    mkdirSync(path.join(folders.root, "labs"), { recursive: true, mode: 0o700 });
    chmodSync(folders.root, 0o700);
    symlinkSync(folders.victim, path.join(folders.root, "labs", "link"));
    writeFileSync(path.join(folders.root, "labs", "file"), "");
    assert.match(removeInside(folders.root, path.join(folders.root, target)) ?? "", why);
    untouched(folders);
  });
}
test("removeInside() says nothing of what is gone already, and refuses a root that others can open", ({
  root,
}) => {
  mkdirSync(root, { mode: 0o700 });
  writeFileSync(path.join(root, "file"), "");
  assert.is(removeInside(root, path.join(root, "labs", "x", "y")), undefined);
  chmodSync(root, 0o755);
  assert.match(removeInside(root, path.join(root, "file")) ?? "", /open to other users \(mode 0755\)/);
  assert.is(existsSync(path.join(root, "file")), true);
});

test("distrustOf() follows the links of root and of this user, each on its own way", ({ dir }) => {
  mkdirSync(path.join(dir, "open"), { mode: 0o777 });
  chmodSync(path.join(dir, "open"), 0o777);
  mkdirSync(path.join(dir, "open", "in"));
  symlinkSync(path.join("open", "in"), path.join(dir, "link"));
  symlinkSync("round", path.join(dir, "round"));
  assert.is(distrustOf(path.join(dir, "victim", "sub")), undefined);
  assert.is(distrustOf(path.join(dir, "link", "x"))?.path, path.join(dir, "open"));
  assert.match(distrustOf(path.join(dir, "round"))?.why ?? "", /too many symbolic links/);
});
test("distrustOf() distrusts a link that is another user's", ({ dir }) => {
  if (!isRoot) return skip(SKIPPED);
  symlinkSync("victim", path.join(dir, "theirs"));
  lchownSync(path.join(dir, "theirs"), NOBODY, NOBODY);
  assert.match(distrustOf(path.join(dir, "theirs"))?.why ?? "", /belongs to .*65534/);
});

test("stateFolder() is LAB_STATE's, else XDG_STATE_HOME's, else the home's; what is unsafe is passed over", ({
  dir,
}) => {
  const home = path.join(dir, "home");
  const shared = path.join(dir, "tmp");
  const run = path.join(dir, "run");
  for (const folder of [home, shared, run]) mkdirSync(folder);
  chmodSync(shared, 0o1777);
  const env = { HOME: home, TMPDIR: shared };
  const at = (more: Record<string, string>, platform = "linux"): string =>
    path.relative(dir, stateFolder({ ...env, ...more }, platform).folder);
  assert.is(at({ LAB_STATE: path.join(dir, "x"), XDG_STATE_HOME: run }), "x/kafka-failure-lab");
  assert.is(at({ XDG_STATE_HOME: path.join(run, "state") }), "run/state/kafka-failure-lab");
  assert.is(at({ XDG_STATE_HOME: "relative" }), "home/.local/state/kafka-failure-lab");
  assert.is(at({}), "home/.local/state/kafka-failure-lab");
  assert.is(at({}, "darwin"), "home/Library/Application Support/kafka-failure-lab");
  chmodSync(run, 0o777);
  assert.is(at({ XDG_STATE_HOME: run }), "home/.local/state/kafka-failure-lab", "everybody can write there");
  assert.equal(readdirSync(dir).sort(), ["home", "run", "tmp", "victim"], "nothing was made");
});
test("stateFolder() passes over another user's home for the one that the machine has for this user", ({
  dir,
}) => {
  if (!isRoot) return skip(SKIPPED);
  chownSync(path.join(dir, "victim"), NOBODY, NOBODY);
  const env = { HOME: path.join(dir, "victim"), TMPDIR: dir };
  assert.is(
    stateFolder(env, "linux").folder,
    path.join(os.userInfo().homedir, ".local/state/kafka-failure-lab"),
  );
  assert.is(cacheFolder(env, "linux"), path.join(os.userInfo().homedir, ".cache/kafka-failure-lab"));
});

test("privateFolder() without `make` is undefined where there is none", ({ dir }) =>
  assert.is(privateFolder(path.join(dir, "none"), { make: false, hint: "" }), undefined));

for (const [what, spoil, isRefused] of [
  ["is this user's and may be read by others", (cache: string) => chmodSync(cache, 0o755), false],
  ["everybody can write to", (cache: string) => chmodSync(cache, 0o777), true],
  ["everybody can write to, and is sticky", (cache: string) => chmodSync(cache, 0o1777), true],
  [
    "has a jar that everybody can write",
    (cache: string) => chmodSync(path.join(cache, "a.jar"), 0o666),
    true,
  ],
  [
    "is closed to others, so that its jar's mode says nothing",
    (cache: string) => (chmodSync(cache, 0o700), chmodSync(path.join(cache, "a.jar"), 0o666)),
    false,
  ],
  ["is another user's", (cache: string) => chownSync(cache, NOBODY, NOBODY), true],
  ["has another user's jar", (cache: string) => chownSync(path.join(cache, "a.jar"), NOBODY, NOBODY), true],
] as const) {
  test(`supplyKafka() ${isRefused ? "refuses" : "takes"} a cache that ${what}`, async ({ dir }) => {
    if (/another user's/.test(what) && !isRoot) return skip(SKIPPED);
    const cache = path.join(dir, "cache");
    mkdirSync(cache, { mode: 0o755 });
    writeFileSync(path.join(cache, "a.jar"), "", { mode: 0o644 });
    spoil(cache);
    const env = { HOME: dir, LAB_CACHE: cache, PATH: path.join(dir, "bin") };
    const error = await supplyKafka({ version: "3.9", env }).then(
      () => assert.unreachable("there is no Maven"),
      (e: LabError) => e,
    );
    assert.is(error?.code, isRefused ? "UNSAFE_FOLDER" : "NO_MAVEN", String(error));
    if (isRefused) assert.match(error?.message ?? "", /LAB_CACHE/);
  });
}
test("supplyKafka() makes a cache of its own for this user alone, whatever the umask is", async ({ dir }) => {
  const umask = process.umask(0);
  try {
    const cache = path.join(dir, "deep", "cache");
    await supplyKafka({ version: "3.9", env: { HOME: dir, LAB_CACHE: cache, PATH: "" } }).catch(() => {});
    assert.equal([mode(cache), mode(path.join(cache, "jars"))], [0o700, 0o755]);
  } finally {
    process.umask(umask);
  }
});

test("checkFolders() tells the doctor whose folders they are, and mends nothing", async (folders) => {
  const { dir, root } = folders;
  const around = {
    env: { LAB_STATE: dir, LAB_CACHE: path.join(dir, "cache") },
    platform: "linux" as const,
    timeoutMs: 1000,
    signal: new AbortController().signal,
  };
  mkdirSync(root, { mode: 0o755 });
  const states = async (): Promise<string[]> => (await checkFolders(around)).map(({ state }) => state);
  assert.equal(await states(), ["ok", "ok"]);
  assert.is(mode(root), 0o755);
  rmSync(root, { recursive: true });
  symlinkSync(folders.victim, root);
  symlinkSync(folders.victim, path.join(dir, "cache"));
  assert.equal(await states(), ["missing", "ok"]);
  chmodSync(folders.victim, 0o777);
  assert.equal(await states(), ["missing", "missing"]);
});
test.run();
