// From compose files to running brokers: chooses an engine and hands the files to it.
//
//   compose files ─plan.ts─▶ project ─choose-engine.ts─▶ docker: openDocker(files)
//                                                     └▶ local:  openLocal(services)

import { randomBytes } from "node:crypto";
import path from "node:path";
import process from "node:process";
import { checkSettings, assertSupported, kafkaServices, refusedSettings } from "../compose/mod.ts";
import {
  attachDocker,
  findCli,
  imagesOf,
  openDocker,
  quickStart,
  servicesOfProject,
  sweepContainers,
} from "../engine/docker/mod.ts";
import { deathOf } from "../engine/death.ts";
import type { Engine, Exit } from "../engine/engine.ts";
import type { Accepted } from "../engine/local/links/links.ts";
import { openLocal } from "../engine/local/local.ts";
import { openRemote } from "../engine/remote/remote.ts";
import type { Secrets } from "../engine/secrets.ts";
import { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";
import { type Choice, chooseEngine } from "./choose-engine.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { isOwn, type Plan, planEngine } from "./plan.ts";
import type { OnProgress } from "../runtime/progress.ts";

export interface OpenOptions extends ClusterOptions {
  logDir: string;
  keep: boolean;
  onProgress: OnProgress;
  onDeath(service: string, exit: Exit): void;
  /** Called for each connection of a client to a broker that runs as a process of this machine. */
  onAccepted?(connection: Accepted): void;
  signal?: AbortSignal;
  /** How the lab's clients authenticate and encrypt; a cluster whose secrets the lab makes has its own. */
  security?: Security | undefined;
}

/** A running cluster, and how it was started. */
export interface Opened {
  engine: Engine;
  /** How it differs from the compose files, and why this engine was chosen. */
  notes: readonly string[];
  /** The lab's id, by which its processes and containers are marked. */
  lab: string;
  /** What it was started from: `compose files: …`, `project …`. */
  source: string;
  /** True if it was started for this lab. */
  isNew: boolean;
  /** A topic that the lab creates when a probe needs it, on a cluster that it has not started. */
  ownTopic?: string | undefined;
  /** How the lab's clients authenticate and encrypt. @default neither */
  security?: Security | undefined;
  /** Those that the lab has made for this cluster. */
  secrets?: Secrets | undefined;
}

/**
 * Starts the nodes that `plan` describes; `notes` and `engine.differs` say how they differ from the files.
 *
 * @throws RangeError, LabError as `planEngine` if no plan is given; LabError as the engines
 */
export async function openEngine(options: OpenOptions, plan: Plan = planEngine(options)): Promise<Opened> {
  const images = imagesOf(plan.project, plan.kafka);
  const chosen = await chooseEngine(options, plan.project, images);
  const lab = randomBytes(4).toString("hex");
  const source = `compose files: ${plan.files.join(", ")}`;
  const started =
    chosen.kind === "docker"
      ? await startDocker(options, { plan, chosen, lab, images })
      : await startLocal(options, { plan, chosen, lab });
  const { secrets } = plan;
  return { ...started, source, lab, isNew: true, security: securityFor(options, plan), secrets };
}

/** What was asked for, otherwise the lab's own. */
function securityFor({ security }: OpenOptions, { secrets }: Plan): Security | undefined {
  return security ?? secrets?.security;
}

interface Starting<Kind extends Choice["kind"]> {
  plan: Plan;
  chosen: Extract<Choice, { kind: Kind }>;
  lab: string;
}

const QUICK_START_NOTE =
  "the brokers' Java runs with the serial collector and the C1 compiler only, for a faster start; a " +
  "compose file of your own runs unchanged";

async function startDocker(
  options: OpenOptions,
  { plan, chosen, lab, images }: Starting<"docker"> & { images: ReadonlyMap<string, string> },
): Promise<Pick<Opened, "engine" | "notes">> {
  const { files, plain, project, sources, kafka } = plan;
  const { logDir, keep, onDeath, onProgress, signal } = options;
  const swept = await sweepContainers(chosen.cli);
  for (const line of [...swept.done, ...swept.left]) onProgress(line);
  for (const { service, reason } of refusedSettings(project, kafka))
    onProgress(`${service} may not start: ${reason}`);
  // a reader's own file runs unchanged, apart from the options
  const variables = files.every(isOwn) ? quickStart(plain) : new Map<string, Record<string, string>>();
  const engine = await openDocker({
    lab,
    logDir,
    keep,
    onDeath,
    onProgress,
    signal,
    cli: chosen.cli,
    project: plain,
    effective: project,
    files: files.map((file) => path.resolve(file)),
    name: options.project,
    images,
    variables,
    sources,
    secrets: plan.secrets,
    security: securityFor(options, plan),
  });
  await assertAllRunning(engine);
  const quick = variables.size === 0 ? [] : [QUICK_START_NOTE];
  return { engine, notes: [...project.notes, chosen.why, ...quick] };
}

/** Closes the engine and throws if a node has exited already. */
async function assertAllRunning(engine: Engine): Promise<void> {
  const dead = engine.nodes.find(({ service }) => engine.status(service).state === "stopped");
  if (dead === undefined) return;
  const error = deathOf(engine, dead.service);
  await engine.close({ keep: false });
  throw error;
}

async function startLocal(
  options: OpenOptions,
  { plan, chosen, lab }: Starting<"local">,
): Promise<Pick<Opened, "engine" | "notes">> {
  const { project, kafka, secrets, files } = plan;
  checkSettings(project, kafka);
  const notes = assertSupported(project, { kafka });
  const { logDir, keep, onDeath, onAccepted, onProgress, signal } = options;
  const engine = await openLocal({
    lab,
    logDir,
    keep,
    onDeath,
    onProgress,
    services: kafkaServices(project),
    secrets,
    security: securityFor(options, plan),
    env: process.env,
    // only a reader's own file says where its clients dial
    hasOwnPorts: files.every(isOwn),
    ...(onAccepted && { onAccepted }),
    ...(kafka === undefined ? {} : { kafka }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw neither(error, chosen.instead);
  });
  return { engine, notes: [...notes, ...(chosen.why === undefined ? [] : [chosen.why])] };
}

/** Adds to a failure of the local engine why Docker was not available either. */
function neither(error: unknown, docker: LabError | undefined): unknown {
  if (docker === undefined || !(error instanceof LabError)) return error;
  const { cause: _, ...facts } = error.facts;
  return new LabError(error.code, error.message.split("\n", 1)[0]!, {
    ...facts,
    cause: error,
    hint: `${facts.hint ?? ""}\n  Docker is not available either: ${docker.message}`,
  });
}

/**
 * Finds the Kafka nodes of a running compose project.
 *
 * @throws LabError NO_SUCH_PROJECT, NO_ENGINE, BAD_COMPOSE, UNSUPPORTED
 */
export async function openAttached(
  options: Omit<OpenOptions, keyof ClusterOptions> & {
    /** A valid name. */
    project: string;
  },
): Promise<Opened> {
  const cli = await findCli({ env: process.env, signal: options.signal });
  const services = await servicesOfProject(cli, options.project, options.signal);
  const lab = randomBytes(4).toString("hex");
  const engine = await attachDocker({
    lab,
    cli,
    services,
    name: options.project,
    logDir: options.logDir,
    onDeath: options.onDeath,
    onProgress: options.onProgress,
    signal: options.signal,
    security: options.security,
  });
  const { security } = options;
  return { engine, notes: [], source: `compose project ${options.project}`, lab, isNew: false, security };
}

/**
 * Finds a running cluster through its bootstrap servers.
 *
 * @throws LabError NO_CLUSTER where none of them answers
 */
export async function openBootstrap(
  options: Omit<OpenOptions, keyof ClusterOptions | "keep"> & {
    bootstrap: readonly string[];
    lab: string;
    ownTopic: string | undefined;
  },
): Promise<Opened> {
  const { lab, bootstrap, ownTopic, logDir, onProgress, security, signal } = options;
  const engine = await openRemote({ lab, bootstrap, logDir, onProgress, security, signal });
  const source = `cluster at ${bootstrap.join(", ")}`;
  return { engine, notes: [], source, lab, isNew: false, ownTopic, security };
}
