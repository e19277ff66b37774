// The posted application beside a scenario: `scripts/app.ts`, started by zx.
//
//   startApplication({ bootstrap, topic, dir }) ─▶ app.ts --port 0 ─▶ dir/app.log
//                                               ─▶ curl http://127.0.0.1:…/sendMessage

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LabError } from "@kafka-failure-lab/sdk";
import { $ } from "zx";

/** An application that runs. */
export interface Application {
  /** Answers GET, and sends a message to Kafka. */
  readonly url: string;
  /** Ends it in order, within two seconds. */
  stop(): Promise<void>;
}

/** Which brokers and topic it uses, and where its output goes. */
export interface ApplicationOptions {
  /** `host:port` of brokers. */
  readonly bootstrap: readonly string[];
  readonly topic: string;
  /** The folder of `app.log`, such as `lab.run.dir`. */
  readonly dir: string;
}

/** A busy machine starts it in 40 s and more. */
const PATIENCE_MS = 120_000;
/** A file beside this one, compiled where this one is. */
const ENDING = path.extname(import.meta.url);
const APP = fileURLToPath(new URL(`./app${ENDING}`, import.meta.url));
/** Ends the application with this process, however that ends: its standard input is then at its end. */
const GUARD = 'exec 3<&0; "$@" > app.log 2>&1 & app=$!; (cat <&3 > /dev/null; kill $app) & wait $app';

/**
 * Starts the application and waits until it listens.
 *
 * @throws LabError COMMAND_FAILED where it ends, or does not listen within 2 minutes
 */
export async function startApplication({ bootstrap, topic, dir }: ApplicationOptions): Promise<Application> {
  const own = ["--port", "0", "--no-consumer", "--bootstrap", bootstrap.join(), "--topic", topic];
  const log = path.join(dir, "app.log");
  writeFileSync(log, ""); // an earlier application may have written its address there
  const running = $({ cwd: dir, quiet: true, nothrow: true })`sh -c ${GUARD} sh ${runtime()} ${APP} ${own}`;
  let hasEnded = false;
  void running.then(() => (hasEnded = true));
  const told = (): string => readFileSync(log, "utf8");
  for (const began = performance.now(); ; await wait(50)) {
    const url = /Listening on (\S+)/.exec(told())?.[1];
    if (url !== undefined) return { url, stop };
    if (!hasEnded && performance.now() - began < PATIENCE_MS) continue;
    await stop();
    throw new LabError("COMMAND_FAILED", "Cannot start the posted application: it does not listen", {
      command: running.cmd,
      stderr: told(),
    });
  }

  async function stop(): Promise<void> {
    running.stdin?.end();
    await running;
  }
}

/** What runs a file of this folder: the source needs tsx where Node does. */
function runtime(): string[] {
  if ("Deno" in globalThis) return [process.execPath, "run", "-A", "--quiet"];
  if (ENDING !== ".ts") return [process.execPath];
  const tsx = createRequire(import.meta.url).resolve("tsx"); // a kernel of tslab has no import.meta.resolve
  return [process.execPath, "--import", pathToFileURL(tsx).href];
}
