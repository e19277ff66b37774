// The grammars of names in compose files, as compose's own schema and Docker have them. A name becomes a
// folder, a file of logs, an entry of a hosts file and an argument of programs, so none is taken that its
// grammar does not allow.

import { LabError } from "../model/errors.ts";
import type { SourceLocation } from "./project.ts";

/** What a name is of. */
export type NameKind =
  | "service"
  | "volume"
  | "network"
  | "container"
  | "host"
  | "image"
  | "variable"
  | "cluster";

interface Grammar {
  /** As it stands in an error. */
  readonly what: string;
  readonly pattern: RegExp;
  readonly rule: string;
}

/**
 * - `service`, `volume`, `network`: compose-go's schema, `^[a-zA-Z0-9._-]+$`; `.` and `..` are folders of
 *   any path
 * - `container`: Docker's RestrictedNamePattern
 * - `host`: what a hosts file and an address can hold
 * - `image`: the characters of distribution/reference; it never begins with a dash, which would make it an
 *   option
 * - `variable`: what no shell and no env file could set is a mistake; settings of Kafka's images are stricter
 * - `cluster`: Kafka takes any text, and the images hand it to a command line
 */
const GRAMMARS: Readonly<Record<NameKind, Grammar>> = {
  service: names("service name"),
  volume: names("volume name"),
  network: names("network name"),
  container: {
    what: "container_name",
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/,
    rule: "two or more letters, digits, `_`, `.` and `-`, beginning with a letter or a digit",
  },
  host: {
    what: "host name",
    pattern: /^[a-zA-Z0-9._-]{1,253}$/,
    rule: "letters, digits, `.`, `_` and `-`",
  },
  image: {
    what: "image",
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9._:/@+-]{0,511}$/,
    rule: "[registry/]repository[:tag][@digest]",
  },
  variable: {
    what: "variable name",
    pattern: /^(?!KAFKA_|\s)[^\0-\x1f\x7f=]+(?<!\s)$|^KAFKA_(?!(?:KAFKA_)*$)[A-Za-z0-9_.-]+$/,
    rule: "no `=` and no blanks around it; after KAFKA_ only letters, digits, `_`, `.` and `-`",
  },
  cluster: {
    what: "cluster id",
    pattern: /^[A-Za-z0-9_.+/=][A-Za-z0-9_.+/=-]{0,127}$/,
    rule: "letters, digits and `_.+/=-`, not beginning with `-`",
  },
};

function names(what: string): Grammar {
  return {
    what,
    pattern: /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,128}$/,
    rule: "letters, digits, `.`, `_` and `-`, at most 128 characters; neither `.` nor `..`",
  };
}

/**
 * Makes sure that a name is one.
 *
 * @throws LabError `BAD_COMPOSE` with file and line
 */
export function assertName(kind: NameKind, name: string, at: Partial<SourceLocation>): void {
  const { what, pattern, rule } = GRAMMARS[kind];
  if (pattern.test(name)) return;
  const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
  throw new LabError("BAD_COMPOSE", `Cannot read the compose file: ${shown} is not a valid ${what}`, {
    ...at,
    hint: `Allowed in a ${what}: ${rule}.`,
  });
}

/** Whether compose takes a project's name on its command line (compose-go, `NormalizeProjectName`). */
export function isProjectName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*$/.test(name);
}

/** The project name that compose makes of a file's top-level `name`; empty where nothing of it can stay. */
export function projectNameOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}
