import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames, refusal } from "./refusal.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { cacheFolder, findJava, resolveKafka } from "../../sdk/engine/local/supply/mod.ts";

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

const failure = (env: Record<string, string>): Promise<LabError> =>
  findJava({ env }).then(
    () => assert.unreachable(),
    (error: LabError) => error,
  ) as Promise<LabError>;

const eight = await fakeJava("eight", "1.8.0_402");
const eleven = await fakeJava("eleven", "11.0.2");
const seventeen = await fakeJava("seventeen", "17.0.15");
const asked = await fakeJava("asked", "21.0.1", "program");
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
] as const) {
  kafka(`resolveKafka("${wanted}") is ${version}`, () => assert.equal(resolveKafka(wanted), { version }));
}
for (const [wanted, version] of [
  ["3.9.0", "3.9.2"],
  ["3.9.1", "3.9.2"],
  ["3.9.0-debian-12-r1", "3.9.2"],
  ["4.4.1", "4.4.0"],
] as const) {
  kafka(`resolveKafka("${wanted}") runs ${version} and says so`, () => {
    assert.equal(resolveKafka(wanted), {
      version,
      differs: `Kafka ${version} runs where ${wanted} was asked for: of its line only ${version} is pinned`,
    });
  });
}
for (const wanted of ["3.8", "4.0.0", "5", "", "4.", "newest"]) {
  kafka(`resolveKafka("${wanted}") is UNSUPPORTED and names what is pinned`, () => {
    assert.throws(() => resolveKafka(wanted), refusal("UNSUPPORTED", "3.9.2", "4.4.0", "KAFKA_HOME"));
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
