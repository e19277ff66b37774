// Makes sdk/kafka/definitions.json and worker-definitions.json again, from the ConfigDefs in the jars of each
// pinned version. The jars of Connect and Streams come from Maven, because no broker needs them.
//
//     node --import tsx scripts/config-defs.ts
//
// Run it for a new version, read the difference, commit the tables.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { print } from "@kafka-failure-lab/sdk";
import { findJava, PINNED_KAFKA, supplyKafka } from "@kafka-failure-lab/sdk/testing";
import { layOut, tableOf } from "./config-defs/table.ts";

/** Reads the table of brokers, topics and clients from the jars, as text. */
export async function definitionsFromJars(): Promise<string> {
  const answers: Record<string, string> = {};
  for (const version of PINNED_KAFKA) answers[version] = await askConfigDefs(version, "table");
  return layOut(tableOf(answers));
}

/** Reads the table of Connect's workers and of Streams, as text; Maven fetches what has them. */
export async function workerDefinitionsFromJars(): Promise<string> {
  const answers: Record<string, string> = {};
  for (const version of PINNED_KAFKA) {
    const all = await withWorkerJars(version, (jars) => askConfigDefs(version, "table", "", jars));
    answers[version] = all
      .split("\n")
      .filter((line) => /^\{"kind":"(connect|standalone|sink|source|streams)"/.test(line))
      .join("\n");
  }
  return layOut(tableOf(answers));
}

/** Runs with the jars of Connect and Streams of a version, which are removed afterwards. */
export async function withWorkerJars<T>(
  version: string,
  use: (jars: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "config-defs-"));
  try {
    const pom = fileURLToPath(new URL("config-defs/pom.xml", import.meta.url));
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
    execFileSync("mvn", ["-q", "-B", "-f", pom, `-Dkafka.version=${version}`, ...goal], { stdio: "pipe" });
    const wanted = /^(connect-runtime|connect-api|kafka-streams|jetty-util-\d)/;
    const names = readdirSync(folder).filter((name) => wanted.test(name));
    return await use(names.sort().map((name) => path.join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs ConfigDefs.java on the jars of a version. */
export async function askConfigDefs(
  version: string,
  what: "table" | "ask",
  input: string = "",
  jars: readonly string[] = [],
): Promise<string> {
  const { env } = process;
  const [java, kafka] = [await findJava({ env }), await supplyKafka({ version, env })];
  const program = fileURLToPath(new URL("config-defs/ConfigDefs.java", import.meta.url));
  const classPath = [...kafka.classPath, ...jars].join(path.delimiter);
  const args = ["-cp", classPath, program, what];
  return execFileSync(java.path, args, { encoding: "utf8", input, maxBuffer: 1 << 26 });
}

function laidDown(file: URL, text: string): Promise<void> {
  print(`${path.basename(file.pathname)}: ${text.split("\n").length - 4} settings`);
  return writeFile(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = new URL("../sdk/kafka/definitions.json", import.meta.url);
  const workers = new URL("../sdk/kafka/worker-definitions.json", import.meta.url);
  await laidDown(table, await definitionsFromJars());
  await laidDown(workers, await workerDefinitionsFromJars());
}
