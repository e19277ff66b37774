// What docker and compose print when something is wrong, and what it means: the first sign that matches
// counts.

import { type ErrorCode, LabError } from "../../model/errors.ts";
import { exitWords } from "../../runtime/command.ts";

interface Sign {
  sign: RegExp;
  code: ErrorCode;
  /** The state, after the colon of the message. */
  why: string;
  hint: string;
}

/** One pattern of several alternatives, in any case. */
function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"), "i");
}

const SIGNS: readonly Sign[] = [
  {
    sign: /permission denied[^]*(docker(\.sock)?|daemon)/i,
    code: "NO_ENGINE",
    why: "this user may not open the Docker daemon's socket",
    hint: "sudo usermod -aG docker $USER && newgrp docker",
  },
  {
    sign: anyOf(
      /cannot connect to the docker daemon|is the docker daemon running/,
      /error during connect|failed to connect to the docker api/,
    ),
    code: "NO_ENGINE",
    why: "no Docker daemon answers",
    hint:
      "Is it started (`sudo systemctl start docker`, or Docker Desktop)? " +
      "Does DOCKER_HOST point at the right one?",
  },
  {
    sign: anyOf(
      /port is already allocated|ports are not available|bind[^]*address already in use/,
      /failed to bind host port|bind for \S+ failed/,
    ),
    code: "PORT_TAKEN",
    why: "a port that the file publishes is taken on this machine",
    hint:
      "Does another cluster or program use it? `docker ps` and `lsof -nP -iTCP -sTCP:LISTEN` list them. " +
      "The local engine takes other ports by itself: LAB_ENGINE=local.",
  },
  {
    sign: /container name "?\S+"? is already in use|name \S+ is already in use by container/i,
    code: "PROJECT_TAKEN",
    why: "a container of that name exists already",
    hint:
      "The file sets container_name: only one such cluster can exist. " +
      "Is it up already? Then `attachLab` takes it.",
  },
  {
    sign: anyOf(
      /pull access denied|manifest (for \S+ )?(unknown|not found)|no such image|not found: manifest/,
      /repository does not exist|failed to resolve reference/,
      /(lookup|dial tcp)[^]*(no such host|i\/o timeout|connection refused)/,
      /(lookup|dial tcp)[^]*(server misbehaving|network is unreachable)/,
      /context deadline exceeded|no matching manifest/,
    ),
    code: "NO_IMAGE",
    why: "an image is neither here nor can it be pulled",
    hint:
      "Is the tag right, and is the registry reachable? " +
      "The variables LAB_KAFKA_IMAGE and LAB_BITNAMI_IMAGE name other images; " +
      "the local engine needs none: LAB_ENGINE=local.",
  },
  {
    sign: /no space left on device/i,
    code: "DISK_FULL",
    why: "no space is left on Docker's disk",
    hint: "docker system df lists what uses it.",
  },
  {
    sign: anyOf(
      /yaml: |validating |unsupported config option|additional propert|top-level object/,
      /invalid (compose|interpolation|service|type|reference)|refers to undefined/,
      /no configuration file|services\.\S+ (must|contains|has)/,
    ),
    code: "BAD_COMPOSE",
    why: "compose does not accept the file",
    hint: "`docker compose -f FILE config` shows what it makes of it.",
  },
];

/** Makes the error for a docker or compose command that failed; what no sign explains is COMMAND_FAILED. */
export function failureOf(
  what: string,
  facts: { command: string; exitCode: number | null; stderr: string; tookMs: number },
): LabError {
  const said = facts.stderr
    .split("\n")
    .filter((line) => !/level=warning/.test(line))
    .join("\n"); // such as: `version` is obsolete
  const found = SIGNS.find(({ sign }) => sign.test(said));
  const stderr = decisiveLine(said, found?.sign);
  return new LabError(
    found?.code ?? "COMMAND_FAILED",
    `Cannot ${what}: ${found?.why ?? `the command ${exitWords(facts.exitCode)}`}`,
    { ...facts, stderr, ...(found === undefined ? {} : { hint: found.hint }) },
  );
}

/** The line that says it: the last that matches, else the last that names an error, else the last. */
function decisiveLine(stderr: string, sign: RegExp | undefined): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (
    lines.findLast((line) => sign?.test(line)) ??
    lines.findLast((line) => /error|cannot|fail/i.test(line)) ??
    lines.at(-1) ??
    ""
  );
}
