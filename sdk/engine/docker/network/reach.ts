// How commands get into a broker's network namespace.
//
//   docker exec -u root ID …
//       where the image has the tools and the container NET_ADMIN
//   docker run --rm --network container:ID --cap-add NET_ADMIN IMAGE …
//       otherwise: a helper in the same namespace; the broker needs neither

import type { Step } from "./plan.ts";

/** A way in. */
export interface Reach {
  /** In what it differs from a `docker exec`, where it does. */
  readonly differs?: string;
  /** The arguments of the one docker command that does all the steps. */
  argv(steps: readonly Step[]): string[];
  /** The same for a shell script. */
  script(text: string): string[];
}

export function execIn(id: string): Reach {
  const exec = ["exec", "--user", "root", id];
  return {
    argv: (steps) => [...exec, ...commandOf(steps)],
    script: (text) => [...exec, "sh", "-c", text],
  };
}

/** `label` marks the helper as the lab's, so that one which outlives its end is found. */
export function helperOf(id: string, image: string, label: string | undefined): Reach {
  const run = [
    "run",
    "--rm",
    "--network",
    `container:${id}`,
    "--cap-add",
    "NET_ADMIN",
    "--user",
    "0",
    ...(label === undefined ? [] : ["--label", label]),
    "--entrypoint",
  ];
  const command = ([program = "", ...args]: readonly string[]): string[] => [...run, program, image, ...args];
  return {
    differs: `done by a helper container of ${image} in the broker's network namespace`,
    argv: (steps) => command(commandOf(steps)),
    script: (text) => command(["sh", "-c", text]),
  };
}

/** A single program is run as it is, as a reader would type it. */
function commandOf(steps: readonly Step[]): readonly string[] {
  const [only, ...more] = steps;
  if (only !== undefined && more.length === 0 && only.input === undefined) return only.argv;
  return ["sh", "-c", scriptOf(steps)];
}

/** Writes steps as a script for `sh` that ends with the first that fails. */
export function scriptOf(steps: readonly Step[]): string {
  return [
    "set -e",
    ...steps.map(
      ({ argv, input }) => `${argv.join(" ")}${input === undefined ? "" : ` <<'END'\n${input}END`}`,
    ),
  ].join("\n");
}
