// Makes sdk/kafka/definitions.json again, from the ConfigDefs in the jars of each pinned version.
//
//     node --import tsx scripts/config-defs.ts
//
// Run it for a new version, read the difference, commit the table.

import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { print } from "@kafka-failure-lab/sdk";
import { findJava, PINNED_KAFKA, supplyKafka } from "@kafka-failure-lab/sdk/testing";
import { layOut, tableOf } from "./config-defs/table.ts";

/** Reads the table from the jars, as text. */
export async function definitionsFromJars(): Promise<string> {
  const answers: Record<string, string> = {};
  for (const version of PINNED_KAFKA) answers[version] = await askConfigDefs(version, "table");
  return layOut(tableOf(answers));
}

/** Runs ConfigDefs.java on the jars of a version. */
export async function askConfigDefs(version: string, what: "table" | "ask", input?: string): Promise<string> {
  const { env } = process;
  const [java, kafka] = [await findJava({ env }), await supplyKafka({ version, env })];
  const program = fileURLToPath(new URL("config-defs/ConfigDefs.java", import.meta.url));
  const args = ["-cp", kafka.classPath.join(delimiter), program, what];
  return execFileSync(java.path, args, { encoding: "utf8", input: input ?? "", maxBuffer: 1 << 26 });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  void definitionsFromJars().then(async (text) => {
    await writeFile(fileURLToPath(new URL("../sdk/kafka/definitions.json", import.meta.url)), text);
    print(`${text.split("\n").length - 4} settings, ${Math.ceil(text.length / 1000)} kB`);
  });
