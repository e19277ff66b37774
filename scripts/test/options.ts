// The options of `npm test`.

import process from "node:process";
import {
  count,
  file,
  type Kind,
  listOf,
  oneOf,
  orHelp,
  pattern,
  readArguments,
  text,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";

/** From fast to slow. */
const LANES = [
  "format",
  "tsc",
  "deno-check",
  "unit",
  "unit-many",
  "unit-deno",
  "programs",
  "programs-deno",
  "fuzz",
  "package",
  "live",
  "live-deno",
  "notebooks",
  "docker",
  "docker-v1",
  "docker-deno",
  "netem",
] as const;
/** They run only where they are named; the first two are what the netem lanes run in their kernel. */
const HIDDEN = [
  "netem-inside",
  "netem-inside-rest",
  "netem-rest",
  "unit-deno-rest",
  "programs-rest",
  "fuzz-rest",
  "live-rest",
  "live-deno-rest",
  "notebooks-rest",
  "docker-rest",
  "nightly",
] as const;

export type LaneName = (typeof LANES)[number] | (typeof HIDDEN)[number];

export interface TestOptions {
  /** In the order in which they are given; by default all that are not hidden. */
  lanes: readonly LaneName[];
  /** Which test files; undefined for all of them. */
  pattern: RegExp | undefined;
  /** How often the lanes are run. */
  times: number;
  /** One lane after another, where else some run side by side. */
  isSerial: boolean;
  /** Where deno is. */
  deno: string;
}

const HELP = `npm test -- [options] [PATTERN]: runs the tests whose file name matches this regular expression
(all of them without it)

  --lane NAME,...  some lanes only: ${LANES.join(", ")};
                   only where named: fuzz-rest, live-rest, live-deno-rest,
                   notebooks-rest, docker-rest, netem-rest, nightly
  --times N        the lanes N times in a row, to find what fails now and then (default 1)
  --serial         one lane after another; otherwise two rows of lanes run side by side
  --deno PATH      where deno is (default: LAB_DENO, else deno on the path)
  -h, --help       this text

exit code: 0 all passed, 1 not so. Ctrl-C lets the tests that run heal, and ends them;
a second one does not wait`;

/**
 * Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends
 * it with 1.
 */
export function testOptions(
  argv: readonly string[] = process.argv.slice(2),
  env: Readonly<Record<string, string | undefined>> = process.env,
): TestOptions {
  return orHelp(
    "npm test --",
    () => HELP,
    () => read(argv, env),
  );
}

/** A name is looked for on the path, a path starts from where the reader stands. */
const program: Kind<string> = (option, value) => (value.includes("/") ? file : text)(option, value);

const OPTIONS = {
  lane: listOf(oneOf([...LANES, ...HIDDEN])),
  times: count({ least: 1, cannot: (times) => `run the lanes ${times} times` }),
  serial: "flag",
  deno: program,
} as const;

function read(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TestOptions | null {
  const given = readArguments(argv, OPTIONS, { positionals: Infinity });
  if (given === null) return null;
  const { positionals, values } = given;
  const [only, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(
      `Cannot use the patterns ${positionals.join(" ")}: expected one, such as '${positionals.join("|")}'`,
    );
  if (values.lane?.length === 0) throw new UsageError("Cannot run nothing: --lane names no lane");
  return {
    lanes: values.lane ?? LANES,
    pattern: only === undefined ? undefined : pattern("the pattern", only),
    times: values.times ?? 1,
    isSerial: values.serial === true,
    deno: values.deno ?? (env["LAB_DENO"] || "deno"),
  };
}
