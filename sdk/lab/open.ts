// From the names of compose files to running brokers: reads and merges them, then hands them to an engine.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  checkSettings,
  type ComposeProject,
  type ComposeSource,
  assertSupported,
  isProjectName,
  kafkaServices,
  propertiesOverride,
  refusedSettings,
} from "../compose/mod.ts";
import { readCompose } from "../compose/read.ts";
import {
  attachDocker,
  type Cli,
  ensureImages,
  findCli,
  imagesOf,
  openDocker,
  quickStart,
  servicesOfProject,
  sweepContainers,
} from "../engine/docker/mod.ts";
import { deathOf } from "../engine/death.ts";
import type { Engine, Exit } from "../engine/engine.ts";
import { labEngine, labKafka } from "../engine/environment.ts";
import { openLocal } from "../engine/local/local.ts";
import { LabError, stateOf } from "../model/errors.ts";

/** Which cluster to run, and how. */
export interface ClusterOptions {
  /**
   * Compose files, later ones on top of earlier ones: paths, or names of the lab's own (`three-brokers`,
   * `as-posted`, `fix-quorum`, …).
   *
   * @default ["three-brokers"]
   */
  compose?: readonly string[];
  /**
   * What runs the brokers. `"auto"` is docker if a daemon responds and the images are available, otherwise local;
   * `lab.differs` has the reason.
   *
   * @default the environment variable LAB_ENGINE, otherwise "auto"
   */
  engine?: "auto" | "local" | "docker";
  /**
   * The Kafka version (`"4"`, `"3.9"`), instead of the image tag's.
   *
   * @default the environment variable LAB_KAFKA, otherwise the image tag's
   */
  kafka?: string;
  /** Compose's project name, for the docker engine. @default kafka-failure-lab-ID, with a unique ID */
  project?: string;
  /**
   * `"fast"` shortens the brokers' timers (`FAST_TIMERS`): a dead broker is fenced after 1.5 s instead of 9 s.
   *
   * @default "default"
   */
  timers?: "default" | "fast";
  /** Kafka properties for every node, by Kafka's names; they override the files'. @default {} */
  properties?: Readonly<Record<string, string>>;
}

/**
 * The timers of `timers: "fast"`, by Kafka's names: each is a broker's default divided by three to ten; their
 * order is kept.
 *
 * The last one limits how late a follower of the metadata log learns a commit: with the response to its next
 * fetch, which waits for the next record.
 */
export const FAST_TIMERS: Readonly<Record<string, string>> = Object.freeze({
  "broker.heartbeat.interval.ms": "200",
  "broker.session.timeout.ms": "1500",
  "controller.quorum.fetch.timeout.ms": "600",
  "controller.quorum.election.timeout.ms": "300",
  "controller.quorum.election.backoff.max.ms": "200",
  "controller.quorum.request.timeout.ms": "600",
  "replica.lag.time.max.ms": "3000",
  "metadata.max.idle.interval.ms": "100",
});

export interface OpenOptions extends ClusterOptions {
  logDir: string;
  keep: boolean;
  onProgress(line: string): void;
  onDeath(service: string, exit: Exit): void;
  signal?: AbortSignal;
}

/** A cluster that runs, and what a reader should know of how it came to run so. */
export interface Opened {
  engine: Engine;
  notes: readonly string[];
  /** The lab's name in the marks of its processes. */
  lab: string;
  /** Where it comes from: `compose files: …`, `project …`. */
  source: string;
  /** True where it was started for this lab. */
  isNew: boolean;
}

/** What the compose files say of the cluster that is to be started. */
export interface Plan {
  readonly files: readonly string[];
  /** The files alone. */
  readonly plain: ComposeProject;
  /** The files with the options' properties on top of them. */
  readonly project: ComposeProject;
  readonly sources: readonly ComposeSource[];
  readonly kafka: string | undefined;
}

/**
 * Reads the compose files, and does nothing else: what is wrong with them is told before a run has begun.
 *
 * @throws RangeError for a project name that compose would not take; LabError BAD_COMPOSE, UNSUPPORTED
 */
export function planEngine(options: ClusterOptions): Plan {
  const { env } = process;
  if (options.project !== undefined) assertProjectName(options.project);
  const kafka = options.kafka ?? labKafka(env);
  const files = (options.compose ?? ["three-brokers"]).map(composeFile);
  const properties = { ...(options.timers === "fast" ? FAST_TIMERS : {}), ...options.properties };
  const base = { env, cwd: process.cwd() };
  const plain = readCompose(files, base);
  const sources = Object.keys(properties).length === 0 ? [] : [propertiesOverride(plain, properties)];
  const project = sources.length === 0 ? plain : readCompose(files, { ...base, overrides: sources });
  kafkaServices(project); // a file without a broker is told of before anything else
  return { files, plain, project, sources, kafka };
}

/**
 * Starts the nodes; what they are told of and in what the cluster differs is in the engine.
 *
 * @throws RangeError, LabError as `planEngine`, where no plan is given
 */
export async function openEngine(
  options: OpenOptions,
  { files, plain, project, sources, kafka }: Plan = planEngine(options),
): Promise<Opened> {
  const { env } = process;
  const images = imagesOf(project, kafka);
  const chosen = await chooseEngine(wanted(options.engine ?? labEngine(env)), project, images, options);
  const common = {
    lab: randomBytes(4).toString("hex"),
    logDir: options.logDir,
    keep: options.keep,
    onDeath: options.onDeath,
    onProgress: options.onProgress,
  };
  const source = `compose files: ${files.join(", ")}`;
  if (chosen.kind === "docker") {
    const swept = await sweepContainers(chosen.cli);
    for (const line of [...swept.done, ...swept.left]) options.onProgress(line);
    for (const { service, reason } of refusedSettings(project, kafka))
      options.onProgress(`${service} may not start: ${reason}`);
    // a reader's own file runs as it is, but for what was asked for
    const variables = files.every(isOwn) ? quickStart(plain) : new Map<string, Record<string, string>>();
    const engine = await openDocker({
      ...common,
      signal: options.signal,
      cli: chosen.cli,
      project: plain,
      effective: project,
      files: files.map((file) => path.resolve(file)),
      name: options.project,
      images,
      variables,
      sources,
    });
    const dead = engine.nodes.find(({ service }) => engine.status(service).state === "stopped");
    if (dead !== undefined) {
      const error = deathOf(engine, dead.service);
      await engine.close({ keep: false });
      throw error;
    }
    const quick =
      variables.size === 0
        ? []
        : [
            "the brokers' Java runs with the serial collector and the quick compiler, which start sooner; in a file of your own it would not",
          ];
    return { engine, notes: [...project.notes, chosen.why, ...quick], source, lab: common.lab, isNew: true };
  }
  checkSettings(project, kafka);
  const notes = assertSupported(project, { kafka });
  const { signal } = options;
  const engine = await openLocal({
    ...common,
    services: kafkaServices(project),
    env,
    ...(kafka === undefined ? {} : { kafka }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (chosen.instead === undefined || !(error instanceof LabError)) throw error;
    const { cause: _, ...facts } = error.facts;
    throw new LabError(error.code, error.message.split("\n", 1)[0]!, {
      ...facts,
      cause: error,
      hint: `${facts.hint ?? ""}\n  Nor could docker be used: ${chosen.instead.message}`,
    });
  });
  return {
    engine,
    notes: [...notes, ...(chosen.why === undefined ? [] : [chosen.why])],
    source,
    lab: common.lab,
    isNew: true,
  };
}

type Choice = { kind: "docker"; cli: Cli; why: string } | { kind: "local"; why?: string; instead?: LabError };

/**
 * `auto` takes docker where a daemon and compose answer and every image is here or can be pulled, else local,
 * and says why.
 *
 * @throws LabError for `docker`, where it cannot be: NO_ENGINE, NO_COMPOSE, NO_IMAGE
 */
async function chooseEngine(
  engine: Wanted,
  project: ComposeProject,
  images: ReadonlyMap<string, string>,
  { onProgress, signal }: OpenOptions,
): Promise<Choice> {
  if (engine === "local") return { kind: "local" };
  try {
    const cli = await findCli({ env: process.env, signal });
    const [compose] = await Promise.all([
      cli.composeVersion(),
      ensureImages(
        cli,
        project.services.flatMap(({ service, image, keys }) =>
          keys.some(({ key }) => key === "build") ? [] : (images.get(service) ?? image ?? []),
        ),
        { onProgress, signal },
      ),
    ]);
    return {
      kind: "docker",
      cli,
      why: `docker engine, because a daemon (${cli.server}) and compose (${compose}) answer and the images are here`,
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (engine === "docker" || !(error instanceof LabError)) throw error;
    return {
      kind: "local",
      instead: error,
      why: `local engine, because docker cannot be used: ${stateOf(error)}`,
    };
  }
}

type Wanted = "auto" | "local" | "docker";

function wanted(engine: string | undefined): Wanted {
  if (engine === undefined || engine === "") return "auto";
  if (engine === "auto" || engine === "local" || engine === "docker") return engine;
  throw new LabError(
    "NO_ENGINE",
    `Cannot use the engine ${JSON.stringify(engine)}: there are "local" and "docker", and "auto", which takes docker where it can`,
    { hint: "The local engine needs Java 17 or newer, and no Docker." },
  );
}

/**
 * Finds the Kafka nodes of a compose project that is up. @throws LabError NO_SUCH_PROJECT, NO_ENGINE,
 * BAD_COMPOSE, UNSUPPORTED; RangeError for a name that is none
 */
export async function openAttached(
  options: Omit<OpenOptions, keyof ClusterOptions> & { project: string },
): Promise<Opened> {
  assertProjectName(options.project);
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
  });
  return { engine, notes: [], source: `the compose project ${options.project}`, lab, isNew: false };
}

function assertProjectName(name: string): void {
  if (isProjectName(name)) return;
  const rule = "lower-case letters, digits, - and _, a letter or digit first";
  throw new RangeError(`Cannot use the project name ${JSON.stringify(name)}: compose takes ${rule}`);
}

const OWN = fileURLToPath(new URL("../../compose/", import.meta.url));

function isOwn(file: string): boolean {
  return path.resolve(file).startsWith(OWN);
}

/**
 * A bare word names one of the lab's own files; everything else is a path.
 *
 * @throws LabError BAD_COMPOSE for a word that names none
 */
export function composeFile(name: string): string {
  if (!/^[\w-]+$/.test(name)) return name;
  const own = path.join(OWN, `${name}.yml`);
  if (existsSync(own)) return own;
  throw new LabError("BAD_COMPOSE", `Cannot find the compose file ${name}: the lab has none of that name`, {
    file: own,
    hint: "A path to a file of your own has a dot or a slash in it, such as ./compose.yml.",
  });
}
