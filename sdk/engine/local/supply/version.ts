// Which Kafka versions the lab brings, and which of them a wish or an image tag means.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compareReleases } from "../../../kafka/release.ts";
import { LabError } from "../../../model/errors.ts";

/** Which logging library a Kafka line uses: 3.x log4j 1 (as reload4j), 4.x log4j 2. */
export type Logging = "log4j1" | "log4j2";

/** The versions that every lane runs, and that a line (`"3.9"`, `"4"`) means; oldest first. */
export const PINNED_KAFKA: readonly string[] = ["3.9.2", "4.4.0"];

/**
 * Every version whose jars are pinned: those with a list `kafka-VERSION.json` in this folder, oldest first.
 * A new version needs a list, which `npm run pin -- VERSION` makes, and nothing else.
 */
export const LISTED_KAFKA: readonly string[] = listed();

function listed(): string[] {
  const here = new URL(".", import.meta.url);
  const files = here.protocol === "file:" ? readdirSync(fileURLToPath(here)) : [];
  const found = files.flatMap((file) => /^kafka-(\d+\.\d+\.\d+)\.json$/.exec(file)?.[1] ?? []);
  return [...new Set([...PINNED_KAFKA, ...found])].sort(compareReleases);
}

/** The version that runs where nothing is asked for. */
export const DEFAULT_KAFKA = "3.9.2";

/** A pinned version, and in what it differs from what was asked for. */
export interface WantedKafka {
  readonly version: string;
  /** A sentence, where an image tag names a release that is not the pinned one of its line. */
  readonly differs?: string;
}

/**
 * Resolves a wish (`"4"`, `"3.9"`, `"4.1.1"`, `"latest"`) or an image tag (`"3.9.0"`,
 * `"3.9.0-debian-12-r1"`) to a version whose jars are pinned.
 *
 * A tag of another patch release of such a line runs the newest pinned one of the line, and says so.
 *
 * @throws LabError `UNSUPPORTED` where no pinned line fits; `KAFKA_HOME` is the way to run such a version.
 */
export function resolveKafka(wanted: string): WantedKafka {
  const newest = PINNED_KAFKA.at(-1) ?? DEFAULT_KAFKA;
  if (wanted === "latest") return { version: newest };
  const [, major, minor, patch, suffix] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[\w.-]+)?$/.exec(wanted) ?? [];
  const line = [major, minor].filter((part) => part !== undefined).join(".");
  const exact = `${line}${patch === undefined ? "" : `.${patch}`}`;
  const version = line === "" ? undefined : (LISTED_KAFKA.find((one) => one === exact) ?? newestOf(line));
  if (version === undefined) {
    throw new LabError(
      "UNSUPPORTED",
      `Cannot run Kafka ${wanted}: the lab brings ${LISTED_KAFKA.join(", ")}`,
      {
        hint: "To run another one, unpack its distribution and set KAFKA_HOME to that folder.",
      },
    );
  }
  const same = suffix === undefined && `${version}.`.startsWith(`${exact}.`);
  return same
    ? { version }
    : {
        version,
        differs: `Kafka ${version} runs where ${wanted} was asked for: that release is not pinned`,
      };
}

/** What a line means: the one that every lane runs, otherwise the newest one with a list. */
function newestOf(line: string): string | undefined {
  const isOfIt = (version: string): boolean => `${version}.`.startsWith(`${line}.`);
  return PINNED_KAFKA.findLast(isOfIt) ?? LISTED_KAFKA.findLast(isOfIt);
}

/** The logging library of a Kafka version. */
export function loggingOf(version: string): Logging {
  return Number.parseInt(version, 10) < 4 ? "log4j1" : "log4j2";
}
