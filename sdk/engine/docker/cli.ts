// The docker command and compose: found once, then run with argument lists, never through a shell.

import { LabError } from "../../model/errors.ts";
import { type CommandOptions, type CommandResult, run } from "../../runtime/command.ts";
import type { Env } from "../../runtime/env.ts";
import { labCompose } from "../environment.ts";
import { failureOf } from "./failures.ts";

/** How to reach a Docker daemon, and compose. */
export interface Cli {
  /** The daemon's version. */
  readonly server: string;
  readonly env: Env;
  /** Runs `docker …`; `what` completes "Cannot …" where it fails. @throws LabError */
  docker(what: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs `docker compose …`, or `docker-compose …`. @throws LabError NO_COMPOSE where there is neither */
  compose(what: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** `docker compose 2.40.3`, `docker-compose 1.29.2`. @throws LabError NO_COMPOSE */
  composeVersion(): Promise<string>;
}

/** A daemon that does not answer within this time is taken for one that hangs. */
const ANSWER_MS = 10_000;
/**
 * No command takes that long whose daemon does not hang, but those that wait for something: pulls, stops,
 * compose.
 */
const LIMIT_MS = 60_000;
const WAITS: readonly string[] = ["pull", "stop", "restart"];

/**
 * Finds the daemon.
 *
 * @throws LabError NO_ENGINE: no docker command, no daemon, no permission, no answer; UNSUPPORTED for a
 *   daemon on another machine
 */
export async function findCli({ env, signal }: { env: Env; signal?: AbortSignal | undefined }): Promise<Cli> {
  assertHere(env["DOCKER_HOST"]);
  const compose = findCompose(env); // asked beforehand, side by side
  compose.catch(() => {}); // reported only where it is needed
  const { stdout } = await dockerOf(env)(
    "reach Docker",
    ["version", "--format", "{{.Server.Version}} {{.Client.Context}}"],
    { signal, timeoutMs: ANSWER_MS },
  );
  const [server = "", context = "default"] = stdout.trim().split(" ");
  if (!env["DOCKER_HOST"] && context !== "default") assertHere(await contextHost(env, signal));
  return {
    server,
    env,
    docker: dockerOf(env),
    compose: async (what, args, options) =>
      await checked(what, [...(await compose).argv, ...args], { env, ...options }),
    composeVersion: async () => (await compose).version,
  };
}

/**
 * True of the NO_ENGINE of a machine on which there is no docker command: nobody can have anything in Docker
 * there.
 */
export function hasNoProgram({ code, facts: { cause } }: LabError): boolean {
  return code === "NO_ENGINE" && (cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

/** Where the chosen `docker context` has its daemon; undefined where docker does not say. */
async function contextHost(env: Env, signal: AbortSignal | undefined): Promise<string | undefined> {
  const answer = await run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], {
    env,
    signal,
    timeoutMs: ANSWER_MS,
  }).catch(() => undefined);
  signal?.throwIfAborted();
  return answer?.exitCode === 0 ? answer.stdout.trim() : undefined;
}

/** Whether a daemon is on another machine: its published ports are not this one's. */
export function isElsewhere(host: string | undefined): boolean {
  return (
    Boolean(host) &&
    !/^(unix|npipe|fd):/.test(host!) &&
    !/^\w+:\/\/([^@/]*@)?(localhost|127\.|\[::1\])/.test(host!)
  );
}

function assertHere(host: string | undefined): void {
  if (!isElsewhere(host)) return;
  throw new LabError(
    "UNSUPPORTED",
    `Cannot use Docker: the ports that the daemon at ${host} publishes are not this machine's`,
    {
      hint:
        "Run the lab on that machine, or unset DOCKER_HOST; " +
        "the local engine needs no daemon: LAB_ENGINE=local.",
    },
  );
}

interface Compose {
  argv: readonly string[];
  version: string;
}

/** LAB_COMPOSE=v1 or v2 forces one of the two, none neither. */
async function findCompose(env: Env): Promise<Compose> {
  const wanted = labCompose(env);
  for (const [name, argv] of [
    ["v2", ["docker", "compose"]],
    ["v1", ["docker-compose"]],
  ] as const) {
    if (wanted !== undefined && wanted !== name) continue;
    const answer = await run([...argv, "version", "--short"], { env, timeoutMs: ANSWER_MS }).catch(
      () => undefined,
    );
    const version = answer?.exitCode === 0 ? /\d+\.\d+\.\d+\S*/.exec(answer.stdout)?.[0] : undefined;
    if (version !== undefined) return { argv, version: `${argv.join(" ")} ${version}` };
  }
  throw new LabError(
    "NO_COMPOSE",
    "Cannot find compose: neither docker compose (v2) nor docker-compose (v1) answers" +
      (wanted ? ` (LAB_COMPOSE=${wanted})` : ""),
    {
      hint:
        "Debian: apt-get install docker-compose; Docker's own packages: docker-compose-plugin. " +
        "The local engine needs neither: LAB_ENGINE=local.",
    },
  );
}

const dockerOf =
  (env: Env) =>
  (what: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    checked(what, ["docker", ...args], {
      env,
      ...(WAITS.includes(args[0] ?? "") ? {} : { timeoutMs: LIMIT_MS }),
      ...options,
    });

async function checked(
  what: string,
  argv: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const result = await run(argv, options).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new LabError("NO_ENGINE", `Cannot ${what}: there is no ${argv[0]} on the path`, {
      command: argv.join(" "),
      cause,
      hint: "Is Docker installed? The local engine does without: LAB_ENGINE=local.",
    });
  });
  if (result.exitCode === 0) return result;
  if (result.exitCode === null && options.timeoutMs !== undefined && result.tookMs >= options.timeoutMs) {
    throw new LabError("NO_ENGINE", `Cannot ${what}: no answer within ${options.timeoutMs / 1000} s`, {
      command: result.command,
      tookMs: result.tookMs,
      hint: "Does the Docker daemon hang?",
    });
  }
  throw failureOf(what, {
    command: result.command,
    exitCode: result.exitCode,
    stderr: result.stderr || result.stdout,
    tookMs: Math.round(result.tookMs),
  });
}
