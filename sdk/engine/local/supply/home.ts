// KAFKA_HOME: the jars of a distribution that the user unpacked, taken as they are.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../model/errors.ts";

/** What a distribution holds. */
export interface KafkaHome {
  readonly version: string;
  /** All its jars, sorted. */
  readonly classPath: readonly string[];
}

/**
 * Reads the jars and the version of an unpacked distribution; the version is that of its
 * `libs/kafka_2.13-VERSION.jar`.
 *
 * @throws LabError `NO_KAFKA` where the folder holds no Kafka
 */
export async function readKafkaHome(home: string): Promise<KafkaHome> {
  const libs = join(home, "libs");
  const names = (await readdir(libs).catch(absent)).filter((name) => name.endsWith(".jar")).sort();
  const version = names
    .map((name) => /^kafka_2\.1\d-(\d+\.\d+\.\d+[\w.-]*)\.jar$/.exec(name)?.[1])
    .find((found) => found !== undefined);
  if (version === undefined) {
    throw new LabError("NO_KAFKA", `Cannot use KAFKA_HOME: there is no kafka_2.13-VERSION.jar in ${libs}`, {
      file: home,
      hint:
        "Is it the folder of an unpacked binary distribution (not of the sources)? " +
        "Unset KAFKA_HOME to let the lab bring its own.",
    });
  }
  return { version, classPath: names.map((name) => join(libs, name)) };
}

/** @throws LabError `NO_KAFKA` where the folder is there and cannot be read */
function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
  throw new LabError("NO_KAFKA", `Cannot use KAFKA_HOME: ${error.message}`, { cause: error });
}
