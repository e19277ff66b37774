// Runs the checks side by side and concludes which engine works.

import { setMaxListeners } from "node:events";
import process from "node:process";
import { toMs } from "../model/duration.ts";
import { checkDocker } from "./docker.ts";
import { checkFolders } from "./folders.ts";
import { checkJars, checkSource } from "./kafka.ts";
import { checkNetAdmin, checkNetem } from "./kernel.ts";
import type { DoctorOptions, EngineState, MachineCheck, Report, Surroundings } from "./report.ts";
import { checkDisk, checkMemory, checkPorts } from "./room.ts";
import { checkJava, checkRuntime } from "./runtime.ts";

type Check = (around: Surroundings) => Promise<MachineCheck[]>;

/** In the order of the report. */
const CHECKS: readonly (readonly [name: string, group: MachineCheck["group"], check: Check])[] = [
  ["runtime", "runtime", checkRuntime],
  ["Java", "local", checkJava],
  ["Kafka's source", "local", checkSource],
  ["Kafka", "local", checkJars],
  ["ports", "local", checkPorts],
  ["folders", "local", checkFolders],
  ["disk", "local", checkDisk],
  ["memory", "local", checkMemory],
  ["docker", "docker", checkDocker],
  ["sch_netem", "network", checkNetem],
  ["NET_ADMIN", "network", checkNetAdmin],
];

/**
 * Looks at this machine and says what the lab can do here, and the command that adds what is missing.
 *
 * All checks run at once, and each is bounded by `timeout`; whatever is wrong with the machine is in the
 * report, not thrown.
 */
export async function doctor({
  env = process.env,
  timeout = "4s",
  signal,
}: DoctorOptions = {}): Promise<Report> {
  const timeoutMs = toMs(timeout);
  signal?.throwIfAborted();
  const limit = new AbortController();
  setMaxListeners(0, limit.signal); // every check listens, and some of them more than once
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const abort = (): void => limit.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const around: Surroundings = { env, platform: process.platform, timeoutMs, signal: limit.signal };
    const checks = (
      await Promise.all(CHECKS.map(([name, group, check]) => bounded(name, group, check, around)))
    ).flat();
    signal?.throwIfAborted();
    const engines = concludeEngines(checks);
    return { checks, engines, works: engines.some(({ works }) => works) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** A check that fails, or does not end in time, is one line `unknown`. */
async function bounded(
  name: string,
  group: MachineCheck["group"],
  check: Check,
  around: Surroundings,
): Promise<MachineCheck[]> {
  const unknown = (error: unknown): MachineCheck[] => [
    {
      group,
      name,
      state: "unknown",
      found: error instanceof Error ? error.message.split("\n", 1)[0]! : String(error),
    },
  ];
  const over = new Promise<MachineCheck[]>((resolve) =>
    around.signal.addEventListener(
      "abort",
      () => setImmediate(() => resolve(unknown(around.signal.reason))),
      { once: true },
    ),
  );
  return await Promise.race([check(around).catch(unknown), over]);
}

/** What the local engine cannot do without, besides Kafka's jars. */
const NEEDED: readonly string[] = ["runtime", "Java", "state folder", "cache folder", "disk, state"];

/**
 * Concludes from the checks which engine works; for the local one, what is unknown gets the benefit of the
 * doubt.
 *
 * Ports are no condition for the local engine, since it takes others.
 */
export function concludeEngines(checks: readonly MachineCheck[]): EngineState[] {
  const is = (name: string, state: MachineCheck["state"]): boolean =>
    checks.some((check) => check.name === name && check.state === state);
  const lacking = NEEDED.filter((name) => is(name, "missing"));
  if (is("KAFKA_HOME", "missing")) lacking.push("what KAFKA_HOME names");
  else if (
    !is("KAFKA_HOME", "ok") &&
    is("source of Kafka", "missing") &&
    !checks.some(({ name, state }) => /^Kafka \d/.test(name) && state === "ok")
  )
    lacking.push("Kafka's jars, or a way to get them");
  return [
    {
      engine: "local",
      works: lacking.length === 0,
      why:
        lacking.length === 0
          ? "real brokers on this machine, without Docker"
          : `it lacks ${lacking.join(", ")}`,
    },
    docker(is),
  ];
}

const DOCKER_NEEDS: readonly string[] = ["docker client", "docker daemon", "docker compose"];

/** An image that is not here is pulled when it is needed. */
function docker(is: (name: string, state: MachineCheck["state"]) => boolean): EngineState {
  const lacking = DOCKER_NEEDS.filter((name) => !is(name, "ok"));
  return {
    engine: "docker",
    works: lacking.length === 0,
    why: lacking.length === 0 ? "real brokers in containers" : `it lacks ${lacking.join(", ")}`,
  };
}
