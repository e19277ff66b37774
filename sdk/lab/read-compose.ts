// Reads compose files for a prediction: as `startLab` reads them, without a cluster.

import process from "node:process";
import { type ComposeProject, propertiesOverride } from "../compose/mod.ts";
import { readCompose as readFiles } from "../compose/read.ts";
import { composeFile } from "./plan.ts";

/** Where compose files are read, and with which variables. */
export interface ReadComposeOptions {
  /** Variables that the files refer to; they override the `.env` of the first folder. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. @default process.cwd() */
  readonly cwd?: string;
  /** Kafka properties of every node that override the files', such as `FAST_TIMERS`. @default {} */
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * Reads compose files, merged in order as `docker compose -f a -f b` does, for `fromCompose()`.
 *
 * @param files paths, or names of the lab's own files such as `"as-posted"`; @default ["three-brokers"]
 * @throws TypeError or RangeError for a wrong argument
 * @throws LabError BAD_COMPOSE for a file that cannot be read or parsed, or a name that is not the lab's own
 * @throws LabError UNSUPPORTED for a key that the lab refuses
 */
export function readCompose(
  files: readonly string[] = ["three-brokers"],
  { env = process.env, cwd = process.cwd(), properties = {} }: ReadComposeOptions = {},
): ComposeProject {
  const paths = files.map(composeFile);
  const plain = readFiles(paths, { env, cwd });
  if (Object.keys(properties).length === 0) return plain;
  return readFiles(paths, { env, cwd, overrides: [propertiesOverride(plain, properties)] });
}
