// The supply of Java, jars, archives and formatted directories, on real files, a real Maven and real brokers.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, openSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as listen } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  bootstrapCheckpoint,
  brokerFlags,
  cacheFolder,
  classDataArchive,
  findJava,
  formatLogDir,
  randomId,
  supplyKafka,
} from "@kafka-failure-lab/sdk/testing";
import { program } from "./outside.ts";

/** This file is also the program that makes an archive and is killed in the middle. */
const makes = process.argv[2] === "maker" ? process.argv[3] : undefined;
const root = makes === undefined ? await mkdtemp(path.join(os.tmpdir(), "lab-supply-")) : "";
const children = new Set<ChildProcess>();
const usual = cacheFolder(process.env);
/** The environment without what would choose another way. */
const bare = { PATH: process.env["PATH"], JAVA_HOME: process.env["JAVA_HOME"] };
const folder = (name: string): string => path.join(root, name);

test.after(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(root, { recursive: true, force: true });
});

async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  ms = 90_000,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function processesWith(text: string): number[] {
  const table = execFileSync("ps", ["-axww", "-o", "pid=,stat=,args="], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  return table.split("\n").flatMap((line) => {
    const [, pid, state = "", args = ""] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return args.includes(text) && /^\S*java /.test(args) && !state.startsWith("Z") ? [Number(pid)] : [];
  });
}

/** Serves the jars of the usual cache as a repository on loopback. */
async function repository(version: string): Promise<{ url: string; asked: string[]; close: () => void }> {
  await supplyKafka({ version, env: process.env });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    createReadStream(path.join(usual, "jars", version, request.url ?? ""))
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

test("supplyKafka() fetches once, repairs what is spoilt, and two at once do no harm", async () => {
  const { url, asked, close } = await repository("3.9.2");
  try {
    const env = { ...bare, HOME: root, LAB_CACHE: folder("cache"), LAB_MAVEN_REPOSITORY: url };
    const lines: string[] = [];
    const supply = (more = {}) =>
      supplyKafka({ version: "3.9", env: { ...env, ...more }, onProgress: (line) => void lines.push(line) });
    const [one, two] = await Promise.all([supply(), supply()]);
    assert.equal([one.via, two.via, one.version, one.logging], ["https", "https", "3.9.2", "log4j1"]);
    assert.equal(one.classPath, [...one.classPath].sort());
    assert.match(lines.join("\n"), /^Kafka 3\.9\.2: 58 of 58 jars, 49 MB$/m);
    const before = asked.length;
    assert.is((await supply()).via, "cache");
    assert.is(asked.length, before);

    const jar = one.classPath.find((file) => file.includes("kafka_2.13"))!;
    const { mtimeMs } = await stat(jar);
    await appendFile(jar, "spoilt");
    assert.is((await supply()).via, "https");
    assert.is(asked.length, before + 1);
    assert.is(
      lines.filter((line) => line.includes("the cache is spoilt (kafka_2.13-3.9.2.jar), fetching again"))
        .length,
      1,
    );
    assert.is((await stat(jar)).mtimeMs, mtimeMs, "the time stays: archives check it");

    // altered with its size and time kept: only the full check sees it
    const bytes = await readFile(jar);
    bytes[1000]! ^= 255;
    await writeFile(jar, bytes);
    await utimes(jar, mtimeMs / 1000, mtimeMs / 1000);
    assert.is((await supply()).via, "cache");
    assert.is((await supply({ LAB_VERIFY: "1" })).via, "https");
    assert.is((await supply({ LAB_VERIFY: "1" })).via, "cache");
    const left = (await readdir(folder("cache"), { recursive: true })).filter((name) =>
      name.endsWith(".part"),
    );
    assert.equal(left, []);
  } finally {
    close();
  }
});

test("supplyKafka() goes to Maven where nothing else is configured, and where the repository fails", async () => {
  const lines: string[] = [];
  const env = {
    ...bare,
    HOME: folder("nobody"),
    LAB_CACHE: folder("maven"),
    LAB_MAVEN_REPOSITORY: "http://127.0.0.1:1",
  };
  const kafka = await supplyKafka({ version: "4", env, onProgress: (line) => void lines.push(line) });
  assert.equal([kafka.via, kafka.version, kafka.logging], ["maven", "4.4.0", "log4j2"]);
  assert.match(lines[0] ?? "", /fetching 46 of 46 jars/);
  assert.match(lines[1] ?? "", /does not serve it .*, trying Maven/);
  assert.equal(lines.at(-1), "Kafka 4.4.0: 46 of 46 jars, 46 MB");
  assert.equal(
    (await readdir(path.join(folder("maven"), "jars", "4.4.0"))).filter((name) => name.startsWith(".")),
    [],
  );
});

test("classDataArchive() survives a killed maker, is made once, and leaves no process or folder", async () => {
  const cache = folder("archives");
  const marker = `-Dsupply.test=${randomId()}`;
  const java = await findJava({ env: process.env });
  const kafka = await supplyKafka({ version: "3.9", env: process.env });
  const maker = spawn(
    ...program(fileURLToPath(import.meta.url), "maker", JSON.stringify({ java, kafka, cache, marker })),
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  children.add(maker);
  const gone = once(maker, "exit");
  await until("the training broker runs", () => {
    if (maker.exitCode !== null) throw new Error(`the maker ended with ${maker.exitCode}`);
    return processesWith(marker).length > 0 ? true : undefined;
  });
  maker.kill("SIGKILL");
  await gone;
  for (const pid of processesWith(marker)) process.kill(pid, "SIGKILL"); // what a guardian does
  await until("the training broker is gone", () => (processesWith(marker).length === 0 ? true : undefined));

  const make = () => classDataArchive({ java, kafka, cache, marker });
  const both = await Promise.all([make(), make()]);
  const made = both.find((one) => one.path !== undefined);
  assert.ok(made?.path !== undefined, JSON.stringify(both));
  assert.equal(
    both.filter((one) => one.path === undefined),
    [{ path: undefined, reason: "another process is making it" }],
  );
  assert.equal(await make(), made);
  assert.equal(await readdir(path.join(cache, "class-data")), [path.basename(made.path)]);
  assert.equal(processesWith(marker), []);
  const check = [
    "-Xshare:on",
    ...brokerFlags({ archive: made.path, logging: kafka.logging }).filter((flag) => flag !== "-Xshare:auto"),
    "-cp",
    kafka.classPath.join(path.delimiter),
    "-version",
  ];
  execFileSync(java.path, check, { stdio: "ignore" });
});

for (const [version, metadata] of [
  ["3.9", "3.9-IV0"],
  ["4", "4.4-IV2"],
] as const) {
  test(`formatLogDir() makes a cluster of Kafka ${version} that elects its first candidate and serves`, async () => {
    const java = await findJava({ env: process.env });
    const kafka = await supplyKafka({ version, env: process.env });
    const bootstrap = await bootstrapCheckpoint({ java, kafka, cache: usual });
    const archive = await classDataArchive({ java, kafka, cache: usual, marker: "-Dsupply.test" });
    const ports = await freePorts(6);
    const clusterId = randomId();
    const logs = [1, 2, 3].map((node) => folder(`node-${version}-${node}.log`));
    const brokers = await Promise.all(
      [1, 2, 3].map(async (node) => {
        const dir = folder(`node-${version}-${node}`);
        await formatLogDir({
          dir: path.join(dir, "data"),
          clusterId,
          nodeId: node,
          bootstrap,
          firstCandidate: node === 2,
        });
        await writeFile(path.join(dir, "server.properties"), properties(dir, node, ports));
        const log = openSync(logs[node - 1]!, "w");
        const broker = spawn(
          java.path,
          [
            ...brokerFlags({ archive: archive.path, logging: kafka.logging }),
            "-cp",
            kafka.classPath.join(path.delimiter),
            "kafka.Kafka",
            path.join(dir, "server.properties"),
          ],
          { stdio: ["ignore", log, log] },
        );
        children.add(broker);
        return broker;
      }),
    );
    await until("all three are unfenced", async () => {
      const texts = await Promise.all(logs.map((log) => readFile(log, "utf8")));
      if (brokers.some((broker) => broker.exitCode !== null))
        throw new Error(`a broker ended:\n${texts.map((text) => text.slice(-500)).join("\n")}`);
      return texts.every((text) => text.includes("The broker has been unfenced")) ? true : undefined;
    });
    const [one = "", two = ""] = await Promise.all(logs.map((log) => readFile(log, "utf8")));
    const states = (text: string): string[] =>
      [...text.matchAll(/Completed transition to (\w+?)(?:State)?\(.*?epoch=(\d+)/g)].map(
        ([, state, epoch]) => `${state} ${epoch}`,
      );
    assert.is(
      states(two)[0],
      "Candidate 1",
      "it resumes as candidate, without waiting for its election timeout",
    );
    assert.match(states(one)[0] ?? "", "Unattached 0");
    assert.match(two, `setting metadata.version to ${metadata}`);
    assert.match(one.split("\n")[0] ?? "", /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO .* \([\w.$]+\)$/);
    for (const broker of brokers) broker.kill("SIGKILL");
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => listen());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function properties(dir: string, node: number, ports: readonly number[]): string {
  return [
    `node.id=${node}`,
    "process.roles=broker,controller",
    `controller.quorum.voters=${[1, 2, 3].map((one) => `${one}@localhost:${ports[one + 2]}`).join(",")}`,
    "controller.listener.names=CONTROLLER",
    `listeners=PLAINTEXT://localhost:${ports[node - 1]},CONTROLLER://localhost:${ports[node + 2]}`,
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name=PLAINTEXT",
    `log.dirs=${path.join(dir, "data")}`,
    "log.cleaner.dedupe.buffer.size=2097152",
    "",
  ].join("\n");
}

if (makes === undefined) {
  await mkdir(folder("nobody"));
  test.run();
} else {
  void classDataArchive(JSON.parse(makes) as Parameters<typeof classDataArchive>[0]);
}
