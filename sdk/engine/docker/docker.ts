// The docker engine: the compose files as they are, run by docker compose under a project name of the lab's own.
//
//   compose/ + overrides (owner's label, timers) ──▶ docker compose up ──▶ one container a node ──▶ container.ts (verbs)
//                                                          └──▶ docker events (effects), docker logs (the run's folder)

import { existsSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { type ComposeProject, type ComposeSource, type KafkaService, kafkaServices } from "../../compose/mod.ts";
import { LabError } from "../../errors.ts";
import { type Guardian, startGuardian } from "../../guardian/guardian.ts";
import { type Claim, claimFolder, release } from "../claims.ts";
import type { Action, ActionOptions, Engine, Exit, Node } from "../engine.ts";
import { tail } from "../tail.ts";
import type { Cli } from "./cli.ts";
import { type Container, makeContainer } from "./container.ts";
import { type EventStream, followEvents } from "./events.ts";
import { type ContainerFacts, containersOf, PROJECT_LABEL } from "./inspect.ts";
import { placeNodes } from "./nodes.ts";
import { writeOverrides } from "./overrides.ts";
import { OWNER_LABEL, ownerOf, writeOwner } from "./owner.ts";
import { removeAll } from "./removal.ts";

interface Common {
  /** Unique on this machine. */
  lab: string;
  cli: Cli;
  /** The folder for the brokers' logs. */
  logDir: string;
  onProgress(line: string): void;
  /** Hears of brokers that ended without being asked to. */
  onDeath?(service: string, exit: Exit): void;
  signal?: AbortSignal | undefined;
}

export interface DockerOptions extends Common {
  project: ComposeProject;
  /** Absolute paths of the compose files. */
  files: readonly string[];
  /** Compose's name for the cluster. @default one of the lab's own */
  name?: string | undefined;
  /** Images in place of the files', by service. */
  images: ReadonlyMap<string, string>;
  /** Sources to be merged after the files. */
  sources: readonly ComposeSource[];
  keep: boolean;
}

/**
 * Starts every service of the files and returns when the containers run, not when they serve.
 *
 * @throws LabError NO_COMPOSE, BAD_COMPOSE, PORT_TAKEN, PROJECT_TAKEN, NO_IMAGE, DISK_FULL, COMMAND_FAILED
 */
export async function openDocker(options: DockerOptions): Promise<Engine> {
  const { lab, cli, project, keep, signal } = options;
  const name = options.name ?? `kafka-failure-lab-${lab}`;
  const compose = await cli.composeVersion();
  if (options.name !== undefined) await assertFree(cli, name, signal);
  const owner = writeOwner(ownerOf(lab, keep));
  const label = `${OWNER_LABEL}=${owner}`;
  const claim = claimFolder(lab, keep);
  const guardian = startGuardian({ lab, keep, dirs: claim.paths, keepDirs: false, log: path.join(options.logDir, "guardian.log"), label });
  const parts = { ...options, label, guardian, claim, remove: () => removeAll(cli, label), restarts: keep };
  return await opened(parts, async () => {
    const added = writeOverrides(claim.dir, { project, owner, images: options.images, sources: options.sources });
    const files = [...options.files, ...added].flatMap((file) => ["--file", file]);
    await cli.compose("start the containers", ["--project-name", name, "--project-directory", path.dirname(options.files[0]!), ...files, "up", "--detach"], { signal, onPid: (pid) => guardian.helper(pid) });
    const services = kafkaServices(project);
    const images = new Set(services.map(({ service, image }) => options.images.get(service) ?? image));
    return { services, from: `${[...images].join(", ")}; Docker ${cli.server}, ${compose}, project ${name}`, keep };
  });
}

export interface AttachOptions extends Common {
  /** Compose's name for the running cluster. */
  name: string;
  /** The Kafka nodes among its containers, broker 1 first. */
  services: readonly KafkaService[];
}

/** Takes a cluster that is up already. It is never removed; at the end only the lab's own faults are healed. */
export async function attachDocker(options: AttachOptions): Promise<Engine> {
  const { lab, cli, services, name } = options;
  const claim = claimFolder(lab, false);
  const guardian = startGuardian({ lab, keep: true, dirs: claim.paths, keepDirs: false, log: path.join(options.logDir, "guardian.log") });
  const parts = { ...options, label: `${PROJECT_LABEL}=${name}`, guardian, claim, remove: async () => {}, restarts: true };
  return await opened(parts, () => Promise.resolve({ services, from: `project ${name}, which was up already; Docker ${cli.server}`, keep: true }));
}

const AGAIN_MS = 500;

interface Parts extends Common {
  label: string;
  guardian: Guardian;
  claim: Claim;
  remove(): Promise<void>;
  /** Whether the guardian starts what is stopped when the owner is gone, because the containers stay. */
  restarts: boolean;
}

interface Started {
  services: readonly KafkaService[];
  from: string;
  keep: boolean;
}

/** Follows the events from before the start, so that none is missed, and undoes everything where the start fails. */
async function opened(parts: Parts, start: () => Promise<Started>): Promise<Engine> {
  const { cli, label, guardian, claim, logDir, signal } = parts;
  const containers = new Map<string, Container>();
  let isClosed = false;
  const follow = (): EventStream => {
    const followed = followEvents({
      label,
      env: cli.env,
      onEvent: (event) => [...containers.values()].find(({ id }) => id === event.id)?.hear(event),
      onLost() {
        // the daemon was restarted, or somebody ended the command: what happened meanwhile is looked up
        setTimeout(() => {
          if (isClosed) return;
          stream = follow();
          for (const one of containers.values()) void one.look().catch(() => {});
        }, AGAIN_MS).unref();
      },
    });
    if (followed.pid !== undefined) guardian.helper(followed.pid);
    return followed;
  };
  let stream = follow();

  async function close({ keep }: { keep: boolean }): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    await Promise.all([stream.close(), ...[...containers.values()].map((one) => one.close())]);
    if (!keep) await parts.remove();
    release(claim);
    await guardian.dismiss();
  }

  try {
    const started = await start();
    const facts = await containersOf(cli, label, signal);
    const placed = placeNodes(started.services, facts);
    const broker = placed.nodes.find((node) => node.broker !== null && node.client === null);
    if (broker !== undefined) throw new LabError("UNSUPPORTED", `Cannot reach ${broker.service}: no port of a client listener is published`, { hint: "Has the service `ports:` for the listener that its clients use?" });
    const logFile = (service: string): string => path.join(logDir, `${service}.log`);
    for (const { service } of started.services) {
      const own = facts.find((one) => one.service === service);
      if (own === undefined) throw new LabError("COMMAND_FAILED", `Cannot find the container of ${service}: docker lists ${facts.map((one) => one.service).join(", ") || "none"}`);
      containers.set(service, makeContainer({
        cli,
        facts: own,
        logFile: logFile(service),
        onExit(exit, asked) {
          if (!asked) parts.onDeath?.(service, exit);
        },
        onHelper: (pid) => guardian.helper(pid),
      }));
    }
    signal?.throwIfAborted();
    const nodes = await Promise.all(placed.nodes.map(async (node): Promise<Node> => ({ ...node, controller: node.controller !== null && (await answers(node.controller)) ? node.controller : null })));
    const version = versionIn(started.services.map(({ service }) => logFile(service)), started.services[0]!.version);
    return makeEngine({ nodes, addresses: placed.addresses, differs: placed.notes, containers, started, version, logFile, close }, guardian, parts.restarts);
  } catch (error) {
    await close({ keep: false });
    throw error;
  }
}

interface Made {
  nodes: readonly Node[];
  addresses: ReadonlyMap<string, string>;
  differs: readonly string[];
  containers: ReadonlyMap<string, Container>;
  started: Started;
  /** The version that the containers' logs name. */
  version(): string;
  logFile(service: string): string;
  close(options: { keep: boolean }): Promise<void>;
}

/** The port, on containers; the guardian hears of every state that it would have to undo. */
function makeEngine({ nodes, addresses, differs, containers, started, version, logFile, close }: Made, guardian: Guardian, restarts: boolean): Engine {
  const container = (service: string): Container => {
    const one = containers.get(service);
    if (one === undefined) throw new LabError("NO_SUCH_BROKER", `Cannot find the service ${service}: the cluster has ${[...containers.keys()].join(", ")}`);
    return one;
  };
  const injected = async (service: string, undo: string | undefined, act: (one: Container) => Promise<Action>): Promise<Action> => {
    const one = container(service);
    if (undo !== undefined) guardian.open(service, ["docker", undo, one.id]);
    return await act(one);
  };
  const startInTurn = inTurn((service: string, options: ActionOptions | undefined) => undone(service, (one) => one.start(options)), (service) => container(service).address);
  const undone = async (service: string, act: (one: Container) => Promise<Action>): Promise<Action> => {
    const action = await act(container(service));
    guardian.healed(service);
    return action;
  };
  return {
    kind: "docker",
    get kafka() {
      return version();
    },
    from: started.from,
    differs,
    nodes,
    addresses,
    start: startInTurn,
    stop: (service, options) => injected(service, restarts ? "start" : undefined, (one) => one.stop(options)),
    kill: (service, options) => injected(service, restarts ? "start" : undefined, (one) => one.kill(options)),
    pause: (service, options) => injected(service, "unpause", (one) => one.pause(options)),
    resume: (service, options) => undone(service, (one) => one.resume(options)),
    status: (service) => container(service).status(),
    logFile,
    lastWords: (service) => tail(logFile(service)),
    close: ({ keep = started.keep } = {}) => close({ keep }),
  };
}

/**
 * Starts what is asked for at one moment one by one, lowest address first. Docker gives the lowest free address to whoever starts; two brokers
 * that swapped theirs would stay cut off: a follower that has resolved its leader's name goes on asking the other one, which answers.
 */
function inTurn(start: (service: string, options: ActionOptions | undefined) => Promise<Action>, addressOf: (service: string) => string): (service: string, options?: ActionOptions) => Promise<Action> {
  let asked: { service: string; begin(): Promise<unknown> }[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const flush = (): void => {
    const batch = asked.sort((a, b) => addressOf(a.service).localeCompare(addressOf(b.service), "en", { numeric: true }));
    asked = [];
    for (const { begin } of batch) last = last.then(begin);
  };
  return (service, options) => new Promise((resolve, reject) => {
    if (asked.length === 0) setImmediate(flush);
    asked.push({ service, begin: () => start(service, options).then(resolve, reject) });
  });
}

/** Reads what AppInfoParser says at the start of every broker; until it has said it, the image's tag. */
function versionIn(files: readonly string[], otherwise: string): () => string {
  let found: string | undefined;
  return () => {
    for (const file of files) {
      found ??= /Kafka version: (\d\S*)/.exec(existsSync(file) ? readFileSync(file, "utf8") : "")?.[1];
    }
    return found ?? otherwise;
  };
}

async function assertFree(cli: Cli, name: string, signal: AbortSignal | undefined): Promise<void> {
  const taken: ContainerFacts[] = await containersOf(cli, `${PROJECT_LABEL}=${name}`, signal);
  if (taken.length === 0) return;
  throw new LabError("PROJECT_TAKEN", `Cannot start the project ${name}: it has ${taken.length === 1 ? "a container" : `${taken.length} containers`} already (${taken.map(({ name }) => name).join(", ")})`, {
    hint: `To use what runs: attachLab({ project: "${name}" }). To end it: docker compose -p ${name} down.`,
  });
}

const REACH_MS = 300;

/** Says whether this machine reaches an address within the containers' network, as Linux does and Docker Desktop does not. */
function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(":");
  return new Promise((resolve) => {
    const socket = net.connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: REACH_MS });
    const settle = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    // refused is reached: the broker has not bound its port yet
    socket.once("connect", settle(true)).once("timeout", settle(false)).once("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED")());
  });
}
