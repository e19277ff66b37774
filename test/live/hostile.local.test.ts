// Compose files that somebody made to harm: nothing of them runs, and nothing is left, neither a process
// nor a file. And what a file may say reaches Kafka as it was written.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { Kafka, logLevel } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type LabError, startLab } from "@kafka-failure-lab/sdk";
import { leftovers } from "./outside.ts";

const test = suite("hostile");
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-hostile-"));
const at = (name: string): string => path.join(folder, name);
test.after(() => rmSync(folder, { recursive: true, force: true }));

// wherever labs have their folders, it is here
for (const name of ["TMPDIR", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"]) {
  mkdirSync(at(name), { mode: 0o700 });
  process.env[name] = at(name);
}

/** One broker, with a name and more variables. */
function broker(service: string, variables: Readonly<Record<string, string>>): string {
  const environment = {
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_NODE_ID: "1",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@k:9093",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_LISTENERS: "PLAINTEXT://k:9092,CONTROLLER://k:9093",
    KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092",
    ...variables,
  };
  const node = { image: "apache/kafka:3.9.2", hostname: "k", ports: ["9092:9092"], environment };
  return JSON.stringify({ services: { [service]: node } }).replaceAll("$", "$$$$");
}

const touch = `touch\${IFS}${at("ran")}`;
const CASES: readonly (readonly [what: string, text: string, code: string])[] = [
  ...[
    `-Xmx8m -XX:OnOutOfMemoryError=${touch}`,
    `-XX:OnError=${touch} -XX:+CrashOnOutOfMemoryError`,
    `-XX:Flags=${at("flags")}`,
    `-XX:VMOptionsFile=${at("flags")}`,
    "-Xshare:dump",
    `-Xlog:all=info:file=${at("log")}`,
    `@${at("flags")}`,
    "-Dkafka.failure.lab=other/1/1/end/k",
  ].flatMap((flags) =>
    ["KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "JAVA_TOOL_OPTIONS"]
      .filter((name) => !(name === "KAFKA_JVM_PERFORMANCE_OPTS" && flags.startsWith("-Xlog")))
      .map((name) => [`${name}=${flags}`, broker("k", { [name]: flags }), "UNSUPPORTED"] as const),
  ),
  ...["../../../../evil", "..", "a/b", "a\nb", "/evil"].map(
    (name) => [`the service ${JSON.stringify(name)}`, broker(name, {}), "BAD_COMPOSE"] as const,
  ),
  ["two lines", broker("k", { KAFKA_MESSAGE_MAX_BYTES: `1048588\nlog.dirs=${at("data")}` }), "BAD_COMPOSE"],
  ["two keys", broker("k", { "KAFKA_LOG_DIRS ": at("data") }), "BAD_COMPOSE"],
  ["a cluster id of two lines", broker("k", { CLUSTER_ID: "a\nb" }), "BAD_COMPOSE"],
];

writeFileSync(at("flags"), `-XX:OnOutOfMemoryError=${touch}\n`);
for (const [what, text, code] of CASES) {
  test(`startLab() starts nothing and leaves nothing for ${what.replaceAll(folder, "…")}`, async () => {
    writeFileSync(at("compose.yml"), text);
    const before = everything();
    const error = await startLab({
      compose: [at("compose.yml")],
      engine: "local",
      runs: at("runs"),
      onProgress: false,
    }).then(
      (lab) => lab.close().then(() => assert.unreachable("it started") as never),
      (error: unknown) => error as LabError,
    );
    assert.is(error.code, code, String(error));
    assert.equal(everything(), before);
    assert.equal(leftovers(process.pid), []);
  });
}

/** All files, but the runs', which say what was tried. */
function everything(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.startsWith("runs"))
    .sort();
}

test("startLab() gives Kafka each value as it is written", async () => {
  const rack = " a\\b=c:d #e! ü😀\t$x ";
  writeFileSync(at("compose.yml"), broker("k", { KAFKA_BROKER_RACK: rack }));
  const lab = await startLab({
    compose: [at("compose.yml")],
    engine: "local",
    runs: at("runs"),
    onProgress: false,
  });
  try {
    const kafka = new Kafka({ brokers: [...lab.bootstrap], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 4, name: "1", configNames: ["broker.rack"] }],
    });
    await admin.disconnect();
    // Kafka's own parser takes blanks around a value away
    assert.is(resources[0]!.configEntries[0]!.configValue, rack.trim());
  } finally {
    await lab.close();
  }
  assert.equal(leftovers(process.pid), []);
  assert.not(existsSync(at("ran")));
});
test.run();
