// The `@example`s of the doc comments, put together as one program that prints what each of them prints.
//
//   doc comments ─▶ Example[] ─▶ program: imports, a lab, a block an example ─▶ output
//     ─▶ compared with the comments
//
// An example imports what it needs from "kafka-failure-lab" or a subpath of it. One that uses `lab` and does
// not make it gets a lab of three brokers. The comment behind a `console.log(…);` is what it prints; `…` in
// it stands for anything.

import { publicSymbols } from "./face.ts";

export interface Example {
  readonly name: string;
  readonly code: string;
  /** What it prints, a line each. */
  readonly prints: readonly string[];
}

/** The end of a run, and what reads a finished run: these come last. */
const LAST = ["Lab.conclude", "openRun"];

/** Returns every example once, in the order in which they run. */
export function examples(): Example[] {
  const found = publicSymbols().flatMap(({ name, example }) =>
    example === undefined ? [] : [{ name, code: example, prints: printedBy(example) }],
  );
  const once = found.filter(({ code }, at) => found.findIndex((one) => one.code === code) === at);
  return once.sort((a, b) => LAST.indexOf(a.name) - LAST.indexOf(b.name));
}

function printedBy(code: string): string[] {
  return [...code.matchAll(/^console\.log\(.*\); \/\/ (.+)$/gm)].map(([, text]) => text!);
}

const IMPORT = /^import \{ ([^}]*) \} from "kafka-failure-lab(\/\w+)?";\n/gm;

/** What earlier examples did to the brokers has moved leaders: each begins as a fresh cluster does. */
const PREFERRED = 'await lab.cluster.waitFor("full isr"); await lab.cluster.elect("preferred");';

/** Puts the examples together. Before each one the program prints its name. */
export function programOf(all: readonly Example[]): string {
  return [
    ...importsOf(all),
    'const lab = await startLab({ timers: "fast" });',
    ...all.flatMap(({ name, code }) => [
      "{",
      `console.log(${JSON.stringify(headOf(name))});`,
      ...(/\blab\.cluster\b/.test(code) ? [PREFERRED] : []),
      code.replace(IMPORT, ""),
      "}",
    ]),
    "await lab.close();",
  ].join("\n");
}

/** Each name once, from the repository's name of the package. */
function importsOf(all: readonly Example[]): string[] {
  const from = new Map([["startLab", ""]]);
  for (const { code } of all)
    for (const [, list, subpath = ""] of code.matchAll(IMPORT))
      for (const name of list!.split(", ")) if (!from.has(name)) from.set(name, subpath);
  return [...new Set(from.values())].map((subpath) => {
    const names = [...from].flatMap(([name, one]) => (one === subpath ? [name] : []));
    return `import { ${names.join(", ")} } from "@kafka-failure-lab/sdk${subpath}";`;
  });
}

function headOf(name: string): string {
  return `── ${name}`;
}

/** Returns what an example printed that its comments do not say, one line each; none if they agree. */
export function differences(all: readonly Example[], output: string): string[] {
  const lines = output.split("\n");
  return all.flatMap(({ name, prints }) => {
    const begin = lines.indexOf(headOf(name));
    if (begin < 0) return [`${name}: did not run`];
    const end = lines.findIndex((line, at) => at > begin && line.startsWith("── "));
    let rest = lines.slice(begin + 1, end < 0 ? undefined : end);
    return prints.flatMap((expected) => {
      const at = rest.findIndex((line) => pattern(expected).test(line));
      if (at < 0) return [`${name}: expected "${expected}", printed\n${rest.join("\n")}`];
      rest = rest.slice(at + 1);
      return [];
    });
  });
}

function pattern(expected: string): RegExp {
  const parts = expected.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
