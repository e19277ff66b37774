import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError } from "./refusal.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import {
  bootstrapCheckpoint,
  brokerFlags,
  classDataArchive,
  formatLogDir,
  type Java,
  logConfig,
  randomId,
  type SuppliedKafka,
} from "../../sdk/engine/local/supply/mod.ts";

const root = await mkdtemp(path.join(tmpdir(), "lab-format-"));
const bootstrap = path.join(root, "bootstrap");
await mkdir(path.join(bootstrap, "__cluster_metadata-0"), { recursive: true });
await writeFile(path.join(bootstrap, "__cluster_metadata-0", "0.checkpoint"), "snapshot");
test.after(() => rm(root, { recursive: true, force: true }));

test("formatLogDir() writes meta.properties with a new directory id, and the checkpoint", async () => {
  const dirs = [path.join(root, "a", "data"), path.join(root, "b", "data")] as const;
  for (const dir of dirs) await formatLogDir({ dir, clusterId: "my-cluster-id", nodeId: 2, bootstrap });
  const texts = await Promise.all(dirs.map((dir) => readFile(path.join(dir, "meta.properties"), "utf8")));
  for (const text of texts)
    assert.match(text, /^cluster\.id=my-cluster-id\nversion=1\ndirectory\.id=[\w-]{22}\nnode\.id=2\n$/);
  assert.is.not(texts[0], texts[1]);
  assert.is(await readFile(path.join(dirs[0], "__cluster_metadata-0", "0.checkpoint"), "utf8"), "snapshot");
  assert.equal((await readdir(path.join(dirs[0], "__cluster_metadata-0"))).sort(), ["0.checkpoint"]);
});
test("formatLogDir() leaves a directory without the metadata log alone, as Kafka 4 wants", async () => {
  const dir = path.join(root, "second");
  await formatLogDir({ dir, clusterId: "x", nodeId: 2, bootstrap: undefined });
  assert.equal(await readdir(dir), ["meta.properties"]);
});
test("formatLogDir() lets the first candidate vote for itself", async () => {
  const dir = path.join(root, "c");
  await formatLogDir({ dir, clusterId: "x", nodeId: 3, bootstrap, firstCandidate: true });
  const state = JSON.parse(
    await readFile(path.join(dir, "__cluster_metadata-0", "quorum-state"), "utf8"),
  ) as Record<string, unknown>;
  assert.equal(state, {
    clusterId: "",
    leaderId: -1,
    leaderEpoch: 1,
    votedId: 3,
    appliedOffset: 0,
    currentVoters: [],
    data_version: 0,
  });
});
test("bootstrapCheckpoint() needs a cache that can be written, classDataArchive() does not", async () => {
  const file = path.join(root, "a-file");
  await writeFile(file, "");
  const cache = path.join(file, "cache");
  const java: Java = { path: "/no/java", version: "17", major: 17, vendor: "none" };
  const kafka: SuppliedKafka = {
    version: "3.9.2",
    classPath: [],
    tools: [],
    via: "cache",
    logging: "log4j1",
  };
  const error = (await bootstrapCheckpoint({ java, kafka, cache }).then(
    () => assert.unreachable("it was made"),
    (caught: unknown) => caught as LabError,
  )) as LabError;
  const { facts } = assertLabError(error, "NO_KAFKA");
  assert.ok(facts.file!.startsWith(file), facts.file);
  assert.match(facts.hint!, "LAB_CACHE");
  const archive = await classDataArchive({ java, kafka, cache, marker: "-Dno.such" });
  assert.ok(archive.path === undefined);
  assert.match(archive.reason, "ENOTDIR");
});
test("randomId() is 16 bytes in Kafka's base64 and never reads as an option", () => {
  for (let n = 0; n < 500; n++) assert.match(randomId(), /^[A-Za-z0-9_][\w-]{21}$/);
});
test("brokerFlags() are small and quick, with an archive or without", () => {
  const bare = brokerFlags({ logging: "log4j1" });
  assert.equal(bare.slice(0, 2), ["-Xms64m", "-Xmx256m"]);
  assert.ok(bare.includes(`-Dlog4j.configuration=file:${logConfig("log4j1")}`));
  assert.not.match(bare.join(" "), "Share");
  const full = brokerFlags({ logging: "log4j2", archive: "/cache/x.jsa", heap: ["-Xmx1g"] });
  assert.equal(
    full.filter((flag) => /^-Xm/.test(flag)),
    ["-Xmx1g"],
  );
  assert.ok(full.includes("-XX:SharedArchiveFile=/cache/x.jsa"));
  assert.ok(full.includes(`-Dlog4j2.configurationFile=${logConfig("log4j2")}`));
});
const GIVEN: [given: Partial<Parameters<typeof brokerFlags>[0]>, flags: string][] = [
  [
    {},
    "-Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData " +
      "-XX:CICompilerCount=1 -Djava.awt.headless=true",
  ],
  [
    { heap: ["-Xms1G"], more: ["-Da=b"] },
    "-Xms1G -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData " +
      "-XX:CICompilerCount=1 -Djava.awt.headless=true -Da=b",
  ],
  [{ performance: ["-XX:+UseG1GC"] }, "-Xms64m -Xmx256m -XX:+UseG1GC -Djava.awt.headless=true"],
  [
    { more: ["-XX:+UseZGC"] },
    "-Xms64m -Xmx256m -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:CICompilerCount=1 " +
      "-Djava.awt.headless=true -XX:+UseZGC",
  ],
  [
    { more: ["-XX:TieredStopAtLevel=4"] },
    "-Xms64m -Xmx256m -XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true -XX:TieredStopAtLevel=4",
  ],
];
for (const [given, flags] of GIVEN) {
  test(`brokerFlags() makes room for what is given: ${JSON.stringify(given)}`, () =>
    assert.is(
      brokerFlags({ logging: "log4j1", ...given })
        .slice(0, -1)
        .join(" "),
      flags,
    ));
}
test("logConfig() writes ISO dates with milliseconds, level, text and logger", async () => {
  for (const logging of ["log4j1", "log4j2"] as const)
    assert.match(await readFile(logConfig(logging), "utf8"), "[%d{yyyy-MM-dd HH:mm:ss,SSS}] %p %m (%c)%n");
});
test.run();
