// Which Kafka versions the lab brings, and which of them a wish or an image tag means.

import { LabError } from "../../../model/errors.ts";

/** Which logging library a Kafka line uses: 3.x log4j 1 (as reload4j), 4.x log4j 2. */
export type Logging = "log4j1" | "log4j2";

/** The versions whose jars are pinned (`kafka-VERSION.json`), oldest first. */
export const PINNED_KAFKA: readonly string[] = ["3.9.2", "4.4.0"];

/** The version that runs where nothing is asked for. */
export const DEFAULT_KAFKA = "3.9.2";

/** A pinned version, and in what it differs from what was asked for. */
export interface WantedKafka {
  readonly version: string;
  /** A sentence, where an image tag names a release that is not the pinned one of its line. */
  readonly differs?: string;
}

/**
 * Resolves a wish (`"4"`, `"3.9"`, `"latest"`) or an image tag (`"3.9.0"`, `"3.9.0-debian-12-r1"`) to a
 * pinned version.
 *
 * A tag of another patch release of a pinned line runs the pinned one, and says so.
 *
 * @throws LabError `UNSUPPORTED` where no pinned line fits; `KAFKA_HOME` is the way to run such a version.
 */
export function resolveKafka(wanted: string): WantedKafka {
  const newest = PINNED_KAFKA.at(-1) ?? DEFAULT_KAFKA;
  if (wanted === "latest") return { version: newest };
  const [, major, minor, patch, suffix] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[\w.-]+)?$/.exec(wanted) ?? [];
  const line = [major, minor].filter((part) => part !== undefined).join(".");
  const version =
    line === "" ? undefined : PINNED_KAFKA.findLast((pinned) => `${pinned}.`.startsWith(`${line}.`));
  if (version === undefined) {
    throw new LabError(
      "UNSUPPORTED",
      `Cannot run Kafka ${wanted}: the lab brings ${PINNED_KAFKA.join(" and ")}`,
      {
        hint: "To run another one, unpack its distribution and set KAFKA_HOME to that folder.",
      },
    );
  }
  const exact = `${line}${patch === undefined ? "" : `.${patch}`}`;
  const same = suffix === undefined && `${version}.`.startsWith(`${exact}.`);
  return same
    ? { version }
    : {
        version,
        differs: `Kafka ${version} runs where ${wanted} was asked for: of its line only ${version} is pinned`,
      };
}

/** The logging library of a Kafka version. */
export function loggingOf(version: string): Logging {
  return Number.parseInt(version, 10) < 4 ? "log4j1" : "log4j2";
}
