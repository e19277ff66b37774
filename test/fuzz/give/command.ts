// Command lines: every option of every script with values that nobody expects, and files that are not what
// they should be.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Job } from "../job.ts";
import { text } from "./texts.ts";

/** Scripts and commands, and where their options are told. */
const PROGRAMS = {
  "predict command": ["scripts/predict/options.ts", "scripts/predict/group-options.ts"],
  "diagnose command": ["scripts/diagnose/command.ts"],
  "explain-error command": ["scripts/explain-error/command.ts"],
  "trace command": ["scripts/trace/command.ts"],
  "app options": ["scripts/app/settings.ts"],
  "delay options": ["scripts/delay/options.ts"],
  "hunt options": ["scripts/hunt/options.ts"],
  "matrix options": ["scripts/matrix/options.ts"],
  "notebooks options": ["scripts/notebook/options.ts"],
  "scenario options": ["sdk/cli/scenario.ts"],
  "table options": ["scripts/table/options.ts"],
  "test options": ["scripts/test/options.ts"],
  "replay script": ["scripts/replay.ts"],
  "clean script": ["scripts/clean.ts"],
  "table script": ["scripts/table/options.ts"],
  "00-first-steps script": ["sdk/cli/scenario.ts"],
  "01-broker-stops script": ["sdk/cli/scenario.ts"],
  "03-long-delay script": ["scripts/delay/options.ts"],
  "04-your-own-compose script": ["sdk/cli/scenario.ts"],
  "05-consumer-loses-a-broker script": ["sdk/cli/scenario.ts"],
  "06-consumer-dies script": ["sdk/cli/scenario.ts"],
  "07-rolling-consumers script": ["sdk/cli/scenario.ts"],
  "08-slow-consumer script": ["sdk/cli/scenario.ts"],
  "09-exactly-once script": ["sdk/cli/scenario.ts"],
  "10-leader-and-controller-election script": ["sdk/cli/scenario.ts"],
  "11-rolling-restart script": ["sdk/cli/scenario.ts"],
  "12-unclean-election script": ["sdk/cli/scenario.ts"],
  "13-one-broker-unreachable script": ["sdk/cli/scenario.ts"],
  "14-disk-full script": ["sdk/cli/scenario.ts"],
  "15-disk-hangs script": ["sdk/cli/scenario.ts"],
  "16-acks-and-min-isr script": ["sdk/cli/scenario.ts"],
  "17-power-cut script": ["sdk/cli/scenario.ts"],
  "18-producer-gives-up script": ["sdk/cli/scenario.ts"],
} as const;
export type Program = keyof typeof PROGRAMS;

export interface CommandInput {
  readonly program: Program;
  readonly argv: readonly string[];
}

/** Options that the texts name, as far as they are written out there. */
const OPTIONS = Object.fromEntries(
  Object.entries(PROGRAMS).map(([name, files]) => [name, files.flatMap(optionsIn)]),
) as unknown as Readonly<Record<Program, readonly string[]>>;

function optionsIn(file: string): string[] {
  const source = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const written = [...source.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option);
  const flags = [...source.matchAll(/^ {2}(\w+): \{$/gm)].map(
    ([, name = ""]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  return [...new Set([...written, ...(file.includes("app/") ? flags : [])]), "-h", "-x", "--no-such-option"];
}

/** What is in the working directory. */
const FILES: Readonly<Record<string, string>> = {
  "compose.yml": readFileSync(new URL("../../../compose/one-broker.yml", import.meta.url), "utf8"),
  "empty.yml": "",
  "text.yml": "just a sentence",
  "list.yml": "- a\n- b\n",
  "server.properties": "process.roles=broker\nnode.id=1\n",
  "binary.json": "base64:AAECA4CBgv/+/fzAwA==",
  "null.json": "null",
  "data.json": '{"date":"2026-01-01","rows":[],"failed":[],"skipped":[]}',
  "rows.json":
    '{"date":"x","rows":[{"id":"a","prediction":{},"facts":{},"circumstances":{}}],' +
    '"failed":[],"skipped":[]}',
  "settings.json": '{"requestTimeout": {}}',
  "folder/file": "x",
  "run/history.jsonl":
    '{"kind":"run","atMs":0,"startedAt":"2026-01-01T00:00:00.000Z","scenario":"s","engine":"local",' +
    '"kafka":"3.9.2","brokers":[]}\n',
  "runs/a/history.jsonl/file": "a history that is a folder",
  "verdict/history.jsonl": "",
  "verdict/verdict.json": "[]",
  "calls/run.json": "{}",
};
const PATHS = [
  ...Object.keys(FILES).map((name) => `./${name}`),
  "./folder",
  "./run",
  "./runs/a",
  "./verdict",
  "./calls",
  "./no-such-file.yml",
  "./server.properties/inside",
  "/dev/null",
  "/dev/full",
  "/proc/self/mem",
  ".",
  "..",
  "/",
  "",
];
const WORDS = [
  "three-brokers",
  "as-posted",
  "fix-quorum",
  "kafka-9",
  "leader",
  "leaderOf:my_topic-1",
  "leaderOf:orders",
  "node:1",
  "node:99",
  "service:kafka-2",
  "my_topic-3",
  "1",
  "2,3",
  "99",
  "9",
  "4",
  "fast",
  "java",
  "all",
  "local",
  "docker",
];

const value = fc.oneof(
  { weight: 3, arbitrary: text.filter((one) => !one.includes("\u0000")) },
  { weight: 3, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
);

export const commandInput: fc.Arbitrary<CommandInput> = fc
  .constantFrom(...(Object.keys(PROGRAMS) as Program[]))
  .chain((program) => {
    const option = fc.constantFrom(...OPTIONS[program]);
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(option, value).map(([name, given]) => [name, given]) },
      { weight: 1, arbitrary: fc.tuple(option, value).map(([name, given]) => [`${name}=${given}`]) },
      { weight: 1, arbitrary: option.map((name) => [name]) },
      { weight: 3, arbitrary: value.map((one) => [one]) },
    );
    return fc.array(part, { maxLength: 3 }).map((parts) => ({ program, argv: parts.flat() }));
  });

/** What measures for minutes where nothing is wrong with its options: it is run only where it reads files. */
const READS = { "table script": ["--from"] } as Readonly<Record<string, readonly string[]>>;

export function commandJob({ program, argv }: CommandInput): Job {
  const [name = "", kind = ""] = program.split(" ");
  const first = READS[program] ?? [];
  const all = argv.some((one) => first.some((option) => one.startsWith(option)))
    ? argv
    : [...first.flatMap((option) => [option, "data.json"]), ...argv];
  return kind === "command"
    ? { target: name as "predict", files: FILES, argv: all }
    : { target: kind as "script", files: FILES, argv: [name, ...all] };
}
