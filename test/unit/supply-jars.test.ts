import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames } from "./refusal.ts";
import { skip } from "../skip.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { run } from "../../sdk/runtime/command.ts";
import { readKafkaHome } from "../../sdk/engine/local/supply/home.ts";
import { fetchByHttps } from "../../sdk/engine/local/supply/https.ts";
import { contentOf, flawOf, type Jar, placeJar } from "../../sdk/engine/local/supply/jars.ts";
import { supplyLibrary } from "../../sdk/engine/local/supply/library.ts";
import { fetchByMaven, lastMeaningful } from "../../sdk/engine/local/supply/maven.ts";
import { LISTED_KAFKA, supplyKafka } from "../../sdk/engine/local/supply/mod.ts";
import { remoteIn, repositories } from "../../sdk/engine/local/supply/settings.ts";

const root = await mkdtemp(path.join(tmpdir(), "lab-jars-"));
const sumOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const content = (index: number): string => `jar ${index}\n`.repeat(1000);
const jars: Jar[] = Array.from({ length: 20 }, (_, index) => ({
  path: `org/x/x-${index}/1/x-${index}-1.jar`,
  bytes: content(index).length,
  sha256: sumOf(content(index)),
}));
const first = jars[0]!;
let folders = 0;
const folder = async (): Promise<string> => {
  const made = path.join(root, `f${folders++}`);
  await mkdir(made);
  return made;
};
const files = async (of: string): Promise<string[]> =>
  (await readdir(of, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
const failure = (work: Promise<unknown>): Promise<LabError> =>
  work.then(
    () => assert.unreachable("it succeeded"),
    (error: LabError) => error,
  ) as Promise<LabError>;
async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/**
 * A repository on loopback; `spoil` is asked for each answer with how often the path was asked for before.
 */
async function repository(
  spoil: (jar: number, before: number) => string | number | undefined = () => undefined,
): Promise<{ url: string; asked: string[]; most: () => number; close: () => void }> {
  const asked: string[] = [];
  let open = 0,
    most = 0;
  const server: Server = createServer((request, response) => {
    const url = request.url ?? "";
    const index = Number(/x-(\d+)-1\.jar$/.exec(url)?.[1]);
    const answer = spoil(index, asked.filter((each) => each === url).length) ?? content(index);
    asked.push(url);
    most = Math.max(most, ++open);
    setTimeout(() => {
      open -= 1;
      response
        .writeHead(typeof answer === "number" ? answer : 200)
        .end(typeof answer === "number" ? "" : answer);
    }, 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    most: () => most,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

const cached = suite("flawOf");
cached("flawOf() knows a file by size and time, and takes the sum where asked", async () => {
  const into = await folder();
  const file = path.join(into, first.path);
  assert.equal(await flawOf(into, first, false), { kind: "missing" });
  assert.is(await placeJar(into, first, bytes(content(0)), 0), undefined);
  const placed = await stat(file);
  assert.is(await flawOf(into, first, false), undefined);
  // one byte altered behind the lab's back, size and time kept: only the sum tells
  await writeFile(file, `X${content(0).slice(1)}`);
  await utimes(file, placed.atime, placed.mtime);
  assert.is(await flawOf(into, first, false), undefined);
  assert.is((await flawOf(into, first, true))?.kind, "differs");
  // the same with the time that a write leaves: noticed without being asked
  await writeFile(file, `X${content(0).slice(1)}`);
  assert.is((await flawOf(into, first, false))?.kind, "differs");
  await writeFile(file, "short");
  assert.match(JSON.stringify(await flawOf(into, first, false)), "5 bytes");
});
cached("flawOf() gives a sound file whose time is not ours our time back: archives check it", async () => {
  const into = await folder();
  await placeJar(into, first, bytes(content(0)), 0);
  const file = path.join(into, first.path);
  const { mtimeMs } = await stat(file);
  await utimes(file, new Date(), new Date());
  assert.is(await flawOf(into, first, false), undefined);
  assert.is((await stat(file)).mtimeMs, mtimeMs);
});
cached("placeJar() leaves nothing of a file that differs", async () => {
  const into = await folder();
  assert.equal(await placeJar(into, first, bytes("other"), 0), {
    kind: "differs",
    found: `5 bytes, sha256 ${sumOf("other")}`,
  });
  assert.equal(await files(into), []);
});
cached("placeJar() may run twice at once", async () => {
  const into = await folder();
  await Promise.all(Array.from({ length: 8 }, () => placeJar(into, first, bytes(content(0)), 0)));
  assert.equal(await files(into), ["x-0-1.jar"]);
  assert.is(await flawOf(into, first, true), undefined);
});
cached("placeJar() says DISK_FULL, where, and how much is needed", async () => {
  const small = await folder();
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return skip("a small tmpfs can be mounted by root on Linux only");
  const mounted = await run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small]);
  if (mounted.exitCode !== 0) return skip(`tmpfs cannot be mounted here (${mounted.stderr.trim()})`);
  try {
    const text = "x".repeat(100_000);
    const error = await failure(
      placeJar(small, { path: "a/b.jar", bytes: text.length, sha256: sumOf(text) }, bytes(text), 47_500_000),
    );
    const { facts } = assertLabError(error, "DISK_FULL", { file: small }, ["48 MB"]);
    assert.match(facts.hint!, "LAB_CACHE");
    assert.equal(await files(small), []);
  } finally {
    await run(["umount", small]);
  }
});
cached.run();

const https = suite("fetchByHttps");
https("fetchByHttps() fetches in parallel, each file checked", async () => {
  const { url, asked, most, close } = await repository();
  const into = await folder();
  const seen: Jar[] = [];
  await fetchByHttps({
    remote: url,
    missing: jars,
    folder: into,
    onJar: (jar) => void seen.push(jar),
  }).finally(close);
  assert.is((await files(into)).length, 20);
  assert.is(seen.length, 20);
  assert.equal(new Set(asked).size, asked.length);
  assert.ok(most() > 1 && most() <= 8, `${most()} at a time`);
});
https("fetchByHttps() fetches a spoilt file again", async () => {
  const { url, asked, close } = await repository((jar, before) =>
    jar === 3 && before === 0 ? "spoilt" : undefined,
  );
  const into = await folder();
  await fetchByHttps({ remote: url, missing: jars, folder: into, onJar: () => {} }).finally(close);
  assert.is(await flawOf(into, jars[3]!, true), undefined);
  assert.is(asked.length, 21);
});
https(
  "fetchByHttps() gives up on a file that differs twice: CHECKSUM with both sums and a remedy",
  async () => {
    const { url, close } = await repository((jar) => (jar === 3 ? "spoilt" : undefined));
    const error = await failure(
      fetchByHttps({ remote: url, missing: jars, folder: await folder(), onJar: () => {} }).finally(close),
    );
    const names = ["x-3-1.jar", jars[3]!.path, jars[3]!.sha256, sumOf("spoilt"), "KAFKA_HOME"];
    assertLabError(error, "CHECKSUM", {}, names);
  },
);
https("fetchByHttps() keeps what it has, so that the next one goes on from there", async () => {
  const broken = await repository((jar) => (jar === 19 ? 503 : undefined));
  const into = await folder();
  const error = await failure(
    fetchByHttps({ remote: broken.url, missing: jars, folder: into, onJar: () => {} }).finally(broken.close),
  );
  assertNames(error.message, ["x-19-1.jar", "503"]);
  const flaws = await Promise.all(
    jars.map(async (jar) => ((await flawOf(into, jar, true)) === undefined ? [] : [jar])),
  );
  const missing = flaws.flat();
  assert.ok(missing.length >= 1 && missing.length < 10, `${missing.length} are missing`);
  const sound = await repository();
  await fetchByHttps({ remote: sound.url, missing, folder: into, onJar: () => {} }).finally(sound.close);
  assert.is(sound.asked.length, missing.length);
  assert.equal(
    (await files(into)).filter((name) => name.endsWith(".part")),
    [],
  );
});
https("fetchByHttps() stops at its signal", async () => {
  const { url, close } = await repository();
  const reason = new Error("enough");
  assert.is(
    await failure(
      fetchByHttps({
        remote: url,
        missing: jars,
        folder: await folder(),
        onJar: () => {},
        signal: AbortSignal.abort(reason),
      }).finally(close),
    ),
    reason,
  );
});
https.run();

const maven = suite("fetchByMaven");

/** Puts a program called mvn, a shell script, alone in front of the path. */
async function fakeMaven(script: string): Promise<Record<string, string>> {
  const bin = await folder();
  await writeFile(
    path.join(bin, "mvn"),
    `#!/bin/sh\nfor word; do case "$word" in -DoutputDirectory=*) into="\${word#*=}";; ` +
      `-Dmaven.repo.local=*) empty=yes;; esac; done\n${script}\n`,
  );
  await chmod(path.join(bin, "mvn"), 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}
const pinned = { kafka: "3.9.2", logging: "log4j1", jars: [first] } as const;
const lay = (text: string): string => `mkdir -p "$into/org/x/x-0/1"; ${text} > "$into/${first.path}"`;
const GOOD = "yes 'jar 0' | head -n 1000";

maven("fetchByMaven() places what Maven gathers and counts what it downloads", async () => {
  const into = await folder();
  const lines: string[] = [];
  const env = await fakeMaven(
    `echo "[INFO] Downloaded from central: somewhere/${first.path} (6 kB at 1 MB/s)"; ${lay(GOOD)}`,
  );
  await fetchByMaven({
    pinned,
    missing: [first],
    folder: into,
    env,
    onProgress: (line) => void lines.push(line),
  });
  assert.equal(await files(into), ["x-0-1.jar"]);
  assert.equal(lines, ["Kafka 3.9.2: 1 of 1 jars, 1 MB"]);
});
maven("fetchByMaven() tries a spoilt local repository again with an empty one", async () => {
  const into = await folder();
  const env = await fakeMaven(`if [ "$empty" ]; then ${lay(GOOD)}; else ${lay("echo spoilt")}; fi`);
  await fetchByMaven({ pinned, missing: [first], folder: into, env, onProgress: () => {} });
  assert.is(await flawOf(into, first, true), undefined);
});
maven("fetchByMaven() gives up on a file that differs twice: CHECKSUM", async () => {
  const into = await folder();
  const error = await failure(
    fetchByMaven({
      pinned,
      missing: [first],
      folder: into,
      env: await fakeMaven(lay("echo spoilt")),
      onProgress: () => {},
    }),
  );
  assertLabError(error, "CHECKSUM", {}, [first.path, first.sha256, sumOf("spoilt\n")]);
  assert.equal(await files(into), []);
});
maven("fetchByMaven() without Maven: NO_MAVEN with three remedies", async () => {
  const error = await failure(
    fetchByMaven({
      pinned,
      missing: [first],
      folder: await folder(),
      env: { PATH: root },
      onProgress: () => {},
    }),
  );
  const remedies = ["apt-get install maven", "brew install maven", "LAB_MAVEN_REPOSITORY", "KAFKA_HOME"];
  assertLabError(error, "NO_MAVEN", {}, remedies);
});
maven("fetchByMaven() where Maven fails: NO_KAFKA with its last meaningful line", async () => {
  const env = await fakeMaven(
    "echo '[ERROR] Failed to execute goal: Could not transfer artifact x'; echo '[ERROR] " +
      "'; echo '[ERROR] Re-run Maven using the -X switch'; exit 1",
  );
  const error = await failure(
    fetchByMaven({ pinned, missing: [first], folder: await folder(), env, onProgress: () => {} }),
  );
  const { facts } = assertLabError(error, "NO_KAFKA", { exitCode: 1 }, ["3.9.2"]);
  assert.is(facts.stderr, "Failed to execute goal: Could not transfer artifact x");
});
maven("fetchByMaven() on a full disk: DISK_FULL", async () => {
  const env = await fakeMaven("echo '[ERROR] cannot write: No space left on device'; exit 1");
  assert.is(
    (
      await failure(
        fetchByMaven({ pinned, missing: [first], folder: await folder(), env, onProgress: () => {} }),
      )
    ).code,
    "DISK_FULL",
  );
});
maven("fetchByMaven() into a cache that cannot be written: NO_KAFKA with the remedy", async () => {
  const file = path.join(await folder(), "a-file");
  await writeFile(file, "");
  const error = await failure(
    fetchByMaven({
      pinned,
      missing: [first],
      folder: path.join(file, "jars"),
      env: { PATH: root },
      onProgress: () => {},
    }),
  );
  assertLabError(error, "NO_KAFKA", {}, ["LAB_CACHE"]);
});
maven("lastMeaningful() is the first error, not the advice after it", () => {
  assert.is(
    lastMeaningful(
      "[INFO] a\n[ERROR] Unknown host\n[ERROR] -> [Help 1]\n[ERROR] To see the full stack trace",
    ),
    "Unknown host",
  );
  assert.is(
    lastMeaningful("The JAVA_HOME environment variable is not defined correctly\n"),
    "The JAVA_HOME environment variable is not defined correctly",
  );
});
maven.run();

const settings = suite("remoteIn");
const mirror = (of: string, url: string): string =>
  `<mirror><id>a</id><mirrorOf>${of}</mirrorOf><url>${url}</url></mirror>`;
for (const [what, text, address] of [
  ["nothing", "<settings/>", undefined],
  ["a mirror of everything", mirror("*", "http://localhost:1/all"), "http://localhost:1/all"],
  ["a mirror of central among others", mirror("x, central", "http://localhost:1/c"), "http://localhost:1/c"],
  ["a mirror of another repository", mirror("x", "http://localhost:1/x"), undefined],
  ["a mirror of all but central", mirror("*,!central", "http://localhost:1/x"), undefined],
  ["a mirror in a comment", `<!-- ${mirror("*", "http://localhost:1/all")} -->`, undefined],
  ["an address with a variable", mirror("*", "http://localhost:1/${env.X}"), undefined],
  ["a blocked mirror", mirror("external:http:*", "http://0.0.0.0/"), undefined],
  [
    "a repository",
    "<repository><id>r</id><url>http://localhost:1/r?a=1&amp;b=2</url></repository>",
    "http://localhost:1/r?a=1&b=2",
  ],
] as const) {
  settings(`remoteIn() of ${what} is ${address}`, () => assert.is(remoteIn(text), address));
}
settings("repositories() reads the variable first, then the user's settings", async () => {
  const home = await folder();
  await mkdir(path.join(home, ".m2"));
  await writeFile(
    path.join(home, ".m2", "settings.xml"),
    "<settings><localRepository>/elsewhere</localRepository>" +
      `${mirror("*", "http://localhost:1/all/")}</settings>`,
  );
  assert.equal(await repositories({ HOME: home }), { remote: "http://localhost:1/all", local: "/elsewhere" });
  assert.equal(await repositories({ HOME: home, LAB_MAVEN_REPOSITORY: "http://localhost:2//" }), {
    remote: "http://localhost:2",
    local: "/elsewhere",
  });
  assert.equal(await repositories({ HOME: root }), { local: path.join(root, ".m2", "repository") });
});
settings.run();

const library = suite("a library beside Kafka");
library("placeJar() of a file that is not there fails, and ends nothing else", async () => {
  const of = await folder();
  const gone = contentOf(path.join(root, "not-there.jar"));
  await new Promise((resolve) => setTimeout(resolve, 20)); // a stream would have failed by now, unheard
  assert.is(((await failure(placeJar(of, first, gone, 1))) as { code?: unknown }).code, "ENOENT");
  assert.equal(await files(of), []);
});
library("supplyLibrary() asks Maven's local repository, and then Maven", async () => {
  const cache = await folder();
  const home = await folder();
  const jar = { ...first, artifact: "org.x:x-0:1" };
  const asked = { cache, env: { HOME: home, PATH: root }, onProgress: () => {} };
  assertLabError(await failure(supplyLibrary(jar, asked)), "NO_MAVEN", {}, ["x-0-1.jar"]);
  const kept = path.join(home, ".m2", "repository", first.path);
  await mkdir(path.dirname(kept), { recursive: true });
  await writeFile(kept, content(0));
  assert.is(await readFile(await supplyLibrary(jar, asked), "utf8"), content(0));
});
library.run();

const home = suite("KAFKA_HOME");
home(
  "supplyKafka() takes every jar of an unpacked Kafka, sorted, and its version from the jar's name",
  async () => {
    const unpacked = await folder();
    await mkdir(path.join(unpacked, "libs"));
    for (const name of ["zstd.jar", "kafka_2.13-4.1.2.jar", "a.jar", "README"])
      await writeFile(path.join(unpacked, "libs", name), "");
    const kafka = await supplyKafka({ version: "3.9", env: { KAFKA_HOME: unpacked } });
    assert.equal(kafka, {
      version: "4.1.2",
      classPath: ["a.jar", "kafka_2.13-4.1.2.jar", "zstd.jar"].map((name) =>
        path.join(unpacked, "libs", name),
      ),
      tools: [],
      via: "KAFKA_HOME",
      logging: "log4j2",
      differs: "Kafka 4.1.2 of KAFKA_HOME runs where 3.9 was asked for",
    });
    assert.is((await supplyKafka({ version: "4.1", env: { KAFKA_HOME: unpacked } })).differs, undefined);
  },
);
home("readKafkaHome() of another folder: NO_KAFKA", async () => {
  const error = await failure(readKafkaHome(root));
  assertLabError(error, "NO_KAFKA", {}, ["kafka_2.13-VERSION.jar", path.join(root, "libs")]);
});
home.run();

const pins = suite("kafka-VERSION.json");
for (const version of LISTED_KAFKA) {
  pins(`kafka-${version}.json pins every file once`, async () => {
    const list = JSON.parse(
      await readFile(new URL(`../../sdk/engine/local/supply/kafka-${version}.json`, import.meta.url), "utf8"),
    ) as { kafka: string; jars: Jar[] };
    assert.is(list.kafka, version);
    assert.ok(
      list.jars.every(
        (jar) => /^[\w./-]+\.jar$/.test(jar.path) && jar.bytes > 0 && /^[0-9a-f]{64}$/.test(jar.sha256),
      ),
    );
    assert.is(new Set(list.jars.map((jar) => jar.path)).size, list.jars.length);
    assert.ok(list.jars.some((jar) => jar.path.endsWith(`/kafka_2.13-${version}.jar`)));
  });
}
pins.after(() => rm(root, { recursive: true, force: true }));
pins.run();
