// The options of `npm test`.

import process from "node:process";
import { parseArgs } from "node:util";
import { oneOf, orHelp } from "../../sdk/scenario.ts";

/** From fast to slow. */
const LANES = [
  "format",
  "tsc",
  "deno-check",
  "unit",
  "unit-deno",
  "fuzz",
  "live",
  "live-deno",
  "notebooks",
  "docker",
  "docker-v1",
  "docker-deno",
  "netem",
] as const;
/** They run only where they are named; the first is what the netem lane runs in its kernel. */
const HIDDEN = ["netem-inside", "nightly"] as const;

export type LaneName = (typeof LANES)[number] | (typeof HIDDEN)[number];

export interface TestOptions {
  /** In the order in which they are given; by default all that are not hidden. */
  lanes: readonly LaneName[];
  /** Which test files; undefined for all of them. */
  pattern: RegExp | undefined;
  /** How often the lanes are run. */
  times: number;
  /** Where deno is. */
  deno: string;
}

const HELP = `npm test -- [options] [PATTERN]: runs the tests whose file name matches this regular expression (all of them without it)

  --lane NAME,...  some lanes only: ${LANES.join(", ")};
                   only where named: nightly
  --times N        the lanes N times in a row, to find what fails now and then (default 1)
  --deno PATH      where deno is (default: LAB_DENO, else deno on the path)
  -h, --help       this text

exit code: 0 all passed, 1 not so. Ctrl-C lets the tests that run heal, and ends them; a second one does not wait`;

/** Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends it with 1. */
export function testOptions(
  argv: readonly string[] = process.argv.slice(2),
  env: Readonly<Record<string, string | undefined>> = process.env,
): TestOptions {
  return orHelp("npm test --", () => read(argv, env));
}

function read(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): TestOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      lane: { type: "string" },
      times: { type: "string", default: "1" },
      deno: { type: "string", default: env["LAB_DENO"] ?? "deno" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const [pattern, ...more] = positionals;
  if (more.length > 0)
    throw new TypeError(
      `Cannot use the patterns ${positionals.join(" ")}: expected one, such as '${positionals.join("|")}'`,
    );
  if (!/^[1-9]\d{0,8}$/.test(values.times))
    throw new RangeError(`Cannot run the lanes ${values.times} times: expected a whole number above 0`);
  return {
    lanes:
      values.lane === undefined
        ? LANES
        : values.lane.split(",").map((name) => oneOf("--lane", name, [...LANES, ...HIDDEN])),
    pattern: pattern === undefined ? undefined : regularExpression(pattern),
    times: Number(values.times),
    deno: values.deno,
  };
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new TypeError(`Cannot use the pattern ${text}: ${(error as Error).message}`);
  }
}
