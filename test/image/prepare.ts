// Makes this machine ready for the docker lanes: a daemon, compose, and the images that the compose files
// name.

import { fileURLToPath } from "node:url";
import { type CommandOptions, run } from "@kafka-failure-lab/sdk/testing";
import { startDaemon } from "./daemon.ts";

export interface PreparedDocker {
  /** Why the lanes cannot run here, and what would help. */
  cannot?: string;
  /** Ends the daemon if it was started here. */
  stop(): Promise<void>;
}

/** The Kafka versions that the tests run in containers, and the images that hold them. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  "3.9.2": ["apache/kafka:3.9.2", "bitnami/kafka:3.9"],
  "4.4.0": ["apache/kafka:4.4.0"],
};

export async function prepareDocker({ say }: { say(line: string): void }): Promise<PreparedDocker> {
  const daemon = await startDaemon({ say }).catch(
    (error: Error): PreparedDocker => ({ cannot: error.message.replaceAll("\n", " "), stop: async () => {} }),
  );
  if (daemon.cannot !== undefined) return daemon;
  const cannot = (await lacksCompose()) ?? (await provide(say));
  if (cannot === undefined) return daemon;
  await daemon.stop();
  return { cannot, stop: async () => {} };
}

async function lacksCompose(): Promise<string | undefined> {
  for (const argv of [
    ["docker", "compose", "version"],
    ["docker-compose", "version"],
  ])
    if ((await execute(argv)).code === 0) return undefined;
  return "neither docker compose nor docker-compose answers: `apt-get install docker-compose` brings it";
}

/**
 * Published images are taken where they are here or can be pulled; where they cannot, stand-ins of the same
 * name are built.
 */
async function provide(say: (line: string) => void): Promise<string | undefined> {
  for (const [version, images] of Object.entries(IMAGES)) {
    const missing = [];
    for (const image of images) if (!(await isPublished(image))) missing.push(image);
    if (missing.length === 0) continue;
    const built = await execute(["bash", fileURLToPath(new URL("build.sh", import.meta.url)), version], {
      onLine: say,
    });
    if (built.code !== 0) {
      const why = built.output.trim().split("\n").at(-1);
      return `${missing.join(", ")} can neither be pulled nor built: ${why}`;
    }
  }
  return undefined;
}

const PULL_MS = 300_000;

/** Stand-ins carry a label, and are built again where what they are made of has changed. */
async function isPublished(image: string): Promise<boolean> {
  const here = await execute(["docker", "image", "inspect", "--format", "{{json .Config.Labels}}", image]);
  if (here.code === 0) return !here.output.includes("kafka-failure-lab.stand-in");
  return (await execute(["docker", "pull", "--quiet", image], { timeoutMs: PULL_MS })).code === 0;
}

async function execute(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<{ code: number | null; output: string }> {
  return await run(argv, options).then(
    ({ exitCode, stdout, stderr }) => ({ code: exitCode, output: stdout + stderr }),
    () => ({ code: 127, output: `${argv[0]} is not on the path` }),
  );
}
