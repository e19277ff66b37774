import { appendFile, chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames, refusal } from "./refusal.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import {
  cacheFolder,
  chooseJava,
  everyJava,
  findJava,
  LISTED_KAFKA,
  resolveKafka,
} from "../../sdk/engine/local/supply/mod.ts";

const java = suite("findJava");
const root = await realpath(await mkdtemp(path.join(tmpdir(), "lab-java-")));
const install =
  process.platform === "darwin" ? "brew install openjdk@21" : "sudo apt-get install openjdk-17-jre-headless";

/** Lays a Java out as distributions do; without a release file the program answers for itself. */
async function fakeJava(
  name: string,
  version: string,
  how: "release" | "program" = "release",
): Promise<string> {
  const home = path.join(root, name);
  await mkdir(path.join(home, "bin"), { recursive: true });
  await mkdir(path.join(home, "lib"), { recursive: true });
  await writeFile(path.join(home, "lib", "jvm.cfg"), "-server KNOWN\n");
  const settings = [
    `    java.home = ${home}`,
    `    java.runtime.version = ${version}+1`,
    "    java.vendor = Some One",
    `    java.version = ${version}`,
  ];
  await writeFile(
    path.join(home, "bin", "java"),
    how === "release"
      ? ""
      : `#!/bin/sh\nprintf '%s\\n' ${settings.map((line) => `'${line}'`).join(" ")} >&2\n`,
  );
  await chmod(path.join(home, "bin", "java"), 0o755);
  if (how === "release")
    await writeFile(
      path.join(home, "release"),
      `IMPLEMENTOR="Some One"\nJAVA_RUNTIME_VERSION="${version}+1"\nJAVA_VERSION="${version}"\n`,
    );
  return home;
}

/** Nothing of this machine's own. */
const NONE = { LAB_JAVA_FOLDERS: "" };
const failure = (env: Record<string, string>): Promise<LabError> =>
  findJava({ env: { ...NONE, ...env } }).then(
    () => assert.unreachable(),
    (error: LabError) => error,
  ) as Promise<LabError>;

const eight = await fakeJava("eight", "1.8.0_402");
const eleven = await fakeJava("eleven", "11.0.2");
const seventeen = await fakeJava("seventeen", "17.0.15");
const asked = await fakeJava("asked", "21.0.1", "program");
const twentyFive = await fakeJava("twenty-five", "25.0.3");
const newest = await fakeJava("newest", "26.0.1");
const broken = await fakeJava("broken", "21.0.2");
await rm(path.join(broken, "lib"), { recursive: true });
const foreign = await fakeJava("foreign", "21.0.2");
await appendFile(path.join(foreign, "release"), 'OS_ARCH="s390x"\n');
const silent = await fakeJava("silent", "21.0.2", "program");
await writeFile(path.join(silent, "bin", "java"), "#!/bin/sh\necho no >&2\nexit 3\n");
const empty = path.join(root, "empty");
await mkdir(empty);

java.after(() => rm(root, { recursive: true, force: true }));

java("findJava() takes JAVA_HOME before the path", async () => {
  const found = await findJava({ env: { JAVA_HOME: seventeen, PATH: path.join(asked, "bin") } });
  assert.equal(found, {
    path: path.join(seventeen, "bin", "java"),
    major: 17,
    version: "17.0.15+1",
    vendor: "Some One",
  });
});
java("findJava() asks the program where there is no release file", async () => {
  const found = await findJava({
    env: { PATH: [empty, path.join(asked, "bin"), process.env["PATH"]].join(path.delimiter) },
  });
  assert.equal(found, {
    path: path.join(asked, "bin", "java"),
    major: 21,
    version: "21.0.1+1",
    vendor: "Some One",
  });
});
java("findJava() passes over a JAVA_HOME that is too old or empty", async () => {
  for (const home of [eleven, empty])
    assert.is((await findJava({ env: { JAVA_HOME: home, PATH: path.join(seventeen, "bin") } })).major, 17);
});
java("chooseJava() says why it is this one, and that JAVA_HOME's is not", async () => {
  const PATH = path.join(seventeen, "bin");
  const first = await chooseJava({ env: { JAVA_HOME: asked, PATH } });
  assert.equal([first.java.major, first.passedOver], [21, undefined]);
  assertNames(first.why, ["JAVA_HOME"]);
  const none = await chooseJava({ env: { PATH } });
  assert.equal([none.java.major, none.passedOver], [17, undefined]);
  assertNames(none.why, ["path"]);
  for (const [home, why] of [
    [eleven, "Java 11"],
    [empty, "bin/java"],
    [broken, "jvm.cfg"],
    [foreign, "s390x"],
    [silent, "exited with 3"],
  ] as const) {
    const choice = await chooseJava({ env: { JAVA_HOME: home, PATH } });
    assert.is(choice.java.major, 17);
    assertNames(choice.passedOver!, ["JAVA_HOME", home, why, path.join(PATH, "java")]);
  }
});
java(
  "chooseJava() takes of several folders' the one that fits best, and only where the path has none",
  async () => {
    const folders = path.join(root, "folders");
    await mkdir(folders);
    const among = async (...homes: readonly string[]): Promise<string> => {
      await rm(folders, { recursive: true });
      await mkdir(folders);
      for (const home of homes) await symlink(home, path.join(folders, path.basename(home)));
      const { java: found, why } = await chooseJava({ env: { LAB_JAVA_FOLDERS: folders, PATH: empty } });
      assertNames(why, [folders]);
      return path.dirname(path.dirname(found.path));
    };
    assert.is(await among(eleven, seventeen, twentyFive, asked, newest), asked);
    assert.is(await among(eleven, seventeen, twentyFive, newest), seventeen);
    assert.is(await among(broken, newest, twentyFive), twentyFive);
    assert.is(await among(newest), newest);
    const onPath = { LAB_JAVA_FOLDERS: folders, PATH: path.join(seventeen, "bin") };
    assert.is((await chooseJava({ env: onPath })).java.major, 17);
  },
);
java("chooseJava() looks into SDKMAN's folder", async () => {
  const sdkman = path.join(root, "sdkman");
  await mkdir(path.join(sdkman, "candidates", "java"), { recursive: true });
  await symlink(twentyFive, path.join(sdkman, "candidates", "java", "25-tem"));
  const found = await everyJava({ env: { SDKMAN_DIR: sdkman, HOME: empty, PATH: empty } });
  const own = found.filter(({ source }) => source.startsWith(sdkman));
  assert.equal(
    own.map(({ java: one, problem }) => [one?.major, problem]),
    [[25, undefined]],
  );
});
java("everyJava() lists each once, with what is wrong with it", async () => {
  const found = await everyJava({
    env: {
      JAVA_HOME: eleven,
      PATH: [path.join(seventeen, "bin"), path.join(eleven, "bin")].join(path.delimiter),
      LAB_JAVA_FOLDERS: "",
    },
  });
  assert.equal(
    found.map(({ source, java: one, problem }) => [source, one?.major, problem === undefined]),
    [
      ["JAVA_HOME", 11, false],
      ["the path", 17, true],
    ],
  );
});
java("findJava() says that there is none, and how to get one", async () => {
  const error = await failure({ PATH: empty });
  assertNames(assertLabError(error, "NO_JAVA").facts.hint!, [install, "JAVA_HOME"]);
  assertLabError(await failure({ PATH: empty, JAVA_HOME: empty }), "NO_JAVA", {}, ["JAVA_HOME", empty]);
});
java("findJava() says which one is too old", async () => {
  const error = await failure({
    PATH: [path.join(eight, "bin"), path.join(eleven, "bin")].join(path.delimiter),
  });
  assertLabError(error, "NO_JAVA", {}, ["Java 8", "17", path.join(eight, "bin", "java")]);
  assert.match(
    error.message,
    process.platform === "darwin" ? install : "sudo apt-get install openjdk-17-jre-headless",
  );
});
java.run();

const kafka = suite("resolveKafka");
for (const [wanted, version] of [
  ["latest", "4.4.0"],
  ["4", "4.4.0"],
  ["4.4", "4.4.0"],
  ["3", "3.9.2"],
  ["3.9", "3.9.2"],
  ["3.9.2", "3.9.2"],
  ["3.9.1", "3.9.1"],
  ["4.1.1", "4.1.1"],
  ["4.1", "4.1.1"],
  ["4.2", "4.2.0"],
  ["4.3", "4.3.1"],
  ["4.0", "4.0.2"],
] as const) {
  kafka(`resolveKafka("${wanted}") is ${version}`, () => assert.equal(resolveKafka(wanted), { version }));
}
for (const [wanted, version] of [
  ["3.9.0", "3.9.2"],
  ["3.9.0-debian-12-r1", "3.9.2"],
  ["4.4.1", "4.4.0"],
  ["4.0.0", "4.0.2"],
] as const) {
  kafka(`resolveKafka("${wanted}") runs ${version} and says so`, () => {
    assert.equal(resolveKafka(wanted), {
      version,
      differs: `Kafka ${version} runs where ${wanted} was asked for: that release is not pinned`,
    });
  });
}
for (const wanted of ["3.8", "3.8.1", "5", "", "4.", "newest"]) {
  kafka(`resolveKafka("${wanted}") is UNSUPPORTED and names what is pinned`, () => {
    assert.throws(() => resolveKafka(wanted), refusal("UNSUPPORTED", ...LISTED_KAFKA, "KAFKA_HOME"));
  });
}
kafka.run();

const cache = suite("cacheFolder");
cache("cacheFolder() is LAB_CACHE, else in the user's cache folder", () => {
  assert.is(cacheFolder({ LAB_CACHE: "/lab", HOME: "/home/me" }, "linux"), "/lab");
  assert.is(cacheFolder({ XDG_CACHE_HOME: "/xdg", HOME: "/home/me" }, "linux"), "/xdg/kafka-failure-lab");
  assert.is(cacheFolder({ HOME: "/home/me" }, "linux"), "/home/me/.cache/kafka-failure-lab");
  assert.is(cacheFolder({ HOME: "/Users/me" }, "darwin"), "/Users/me/Library/Caches/kafka-failure-lab");
});
cache.run();
