// Pins a Kafka version: lets Maven gather the jars that pom.xml names, and writes their list to
// kafka-VERSION.json.
//
//     npm run pin -- 4.1.1
//
// Run it once for a new version, read the difference, and commit the list: the version can be run then
// (`--kafka 4.1.1`). PINNED_KAFKA in version.ts has the versions that every lane runs.

import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "../../../runtime/command.ts";
import { type PinnedJars, sumOf } from "./jars.ts";
import { mavenCommand } from "./maven.ts";
import { loggingOf } from "./version.ts";

async function pin(version: string): Promise<PinnedJars> {
  const logging = loggingOf(version);
  const folder = await mkdtemp(join(tmpdir(), "pin-"));
  try {
    const { exitCode, stdout } = await run(mavenCommand({ version, logging, into: folder }));
    if (exitCode !== 0) throw new Error(stdout);
    const paths = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".jar")).sort();
    const jars = [];
    for (const path of paths) {
      const isTools = path.includes("/kafka-tools/");
      jars.push({
        path,
        bytes: (await stat(join(folder, path))).size,
        sha256: await sumOf(join(folder, path)),
        ...(isTools ? { tools: true as const } : {}),
      });
    }
    return { kafka: version, logging, jars };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One row a line, so that a change of one jar is a change of one line. */
function layOut({ kafka, logging, jars }: PinnedJars): string {
  const rows = jars.map((jar) => `  ${JSON.stringify(jar)}`);
  return `{ "kafka": "${kafka}", "logging": "${logging}", "jars": [\n${rows.join(",\n")}\n] }\n`;
}

const version = process.argv[2];
if (version === undefined) {
  console.error("usage: npm run pin -- VERSION");
  process.exitCode = 1;
} else {
  void pin(version).then(async (pinned) => {
    await writeFile(fileURLToPath(new URL(`kafka-${version}.json`, import.meta.url)), layOut(pinned));
    const bytes = pinned.jars.reduce((sum, jar) => sum + jar.bytes, 0);
    console.log(`Kafka ${version}: ${pinned.jars.length} jars, ${Math.ceil(bytes / 1e6)} MB`);
  });
}
