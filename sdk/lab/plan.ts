// From the names of compose files to the description of a cluster: finds, reads and merges them.

import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  type ComposeProject,
  type ComposeSource,
  isProjectName,
  kafkaServices,
  propertiesOverride,
} from "../compose/mod.ts";
import { readCompose } from "../compose/read.ts";
import { labKafka } from "../engine/environment.ts";
import type { Secrets } from "../engine/secrets.ts";
import { LabError } from "../model/errors.ts";
import { makeSecrets, newPassword, secretVariables } from "./secrets.ts";
import { type ClusterOptions, FAST_TIMERS } from "./cluster-options.ts";

/** The cluster that the compose files describe. */
export interface Plan {
  readonly files: readonly string[];
  /** The files alone. */
  readonly plain: ComposeProject;
  /** The files, overridden by the options' properties. */
  readonly project: ComposeProject;
  readonly sources: readonly ComposeSource[];
  readonly kafka: string | undefined;
  /** Certificates and a password, where the files ask the lab for them. */
  readonly secrets: Secrets | undefined;
}

/**
 * Reads the compose files, and does nothing else: errors in them are reported before a run begins.
 *
 * @throws RangeError for an invalid project name; LabError BAD_COMPOSE, UNSUPPORTED
 */
export function planEngine(options: ClusterOptions): Plan {
  const password = newPassword();
  const env = { ...process.env, ...secretVariables(password) };
  if (options.project !== undefined) assertProjectName(options.project);
  const kafka = options.kafka ?? labKafka(env);
  const files = (options.compose ?? ["three-brokers"]).map(composeFile);
  const properties = { ...(options.timers === "fast" ? FAST_TIMERS : {}), ...options.properties };
  const base = { env, cwd: process.cwd() };
  const plain = readCompose(files, base);
  const sources = Object.keys(properties).length === 0 ? [] : [propertiesOverride(plain, properties)];
  const project = sources.length === 0 ? plain : readCompose(files, { ...base, overrides: sources });
  kafkaServices(project); // a file without a broker is reported first
  return { files, plain, project, sources, kafka, secrets: makeSecrets(project, password) };
}

/** @throws RangeError */
export function assertProjectName(name: string): void {
  if (isProjectName(name)) return;
  const rule = "lower-case letters, digits, - and _, a letter or digit first";
  throw new RangeError(`Cannot use the project name ${JSON.stringify(name)}: expected ${rule}`);
}

const OWN = fileURLToPath(new URL("../../compose/", import.meta.url));

/** Whether a compose file is one of the lab's own. */
export function isOwn(file: string): boolean {
  return path.resolve(file).startsWith(OWN);
}

/**
 * The path of a compose file: a bare word names one of the lab's own files, everything else is a path.
 *
 * @throws LabError BAD_COMPOSE for a word that is not the name of one
 */
export function composeFile(name: string): string {
  if (!/^[\w-]+$/.test(name)) return name;
  const own = path.join(OWN, `${name}.yml`);
  if (existsSync(own)) return own;
  throw new LabError(
    "BAD_COMPOSE",
    `Cannot find the compose file ${name}: no compose file of the lab has that name`,
    {
      file: own,
      hint: "A path to a file of your own contains a dot or a slash, such as ./compose.yml.",
    },
  );
}
