// Compose files: those of the lab with changes that people, other programs and enemies make.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import type { Job, Text } from "../job.ts";
import { json, text } from "./texts.ts";
import { type Edit, edited, pathsOf } from "./tree.ts";

const BASES = ["three-brokers", "as-posted", "one-broker"] as const;
type Base = (typeof BASES)[number];

/** What becomes of the finished text. */
export type Spoiled =
  | "bom"
  | "crlf"
  | "twice" // every key twice
  | "cut" // in the middle of a word
  | "tabs"
  | "two documents"
  | "aliases" // one anchor in the other, sixty times doubled
  | "deep"
  | "merge of a list"
  | "unknown tag";

/** A compose file and what is done with it. */
export interface ComposeInput {
  readonly base: Base;
  readonly edits?: readonly Edit[];
  readonly spoiled?: readonly Spoiled[];
  /** In place of all that. */
  readonly text?: Text;
  readonly target: "predict" | "diagnose" | "start";
  /** Other files of its folder. */
  readonly beside?: Readonly<Record<string, Text>>;
}

const TREES = Object.fromEntries(
  BASES.map((name) => [
    name,
    parse(readFileSync(new URL(`../../../compose/${name}.yml`, import.meta.url), "utf8"), { merge: true }),
  ]),
) as Readonly<Record<Base, Record<string, unknown>>>;

const ENVIRONMENT = "services/kafka-1/environment";
/** Settings whose texts are read by somebody, and flags. */
const VARIABLES = [
  "KAFKA_OPTS",
  "KAFKA_HEAP_OPTS",
  "KAFKA_JVM_PERFORMANCE_OPTS",
  "KAFKA_LOG_DIRS",
  "KAFKA_LOG_DIRS ",
  "KAFKA_METADATA_LOG_DIR",
  "KAFKA_MESSAGE_MAX_BYTES",
  "KAFKA_BROKER_RACK",
  "KAFKA_fuzz=x",
  "KAFKA_A\nB",
  "KAFKA_",
  "CLUSTER_ID",
] as const;
const FLAGS = [
  "-Xmx256m",
  "-XX:OnOutOfMemoryError=touch$${IFS}x",
  "-XX:OnError=x",
  "-XX:Flags=x",
  "-XX:VMOptionsFile=x",
  "-Xshare:dump",
  "-Xlog:all:file=x",
  "-javaagent:x.jar",
  "-XX:+UseG1GC -XX:HeapDumpPath=x",
  "-Dkafka.failure.lab=00000000/1/1/x/y",
  "-Djdk.net.hosts.file=x",
  "@x",
  "-cp x Evil",
] as const;
const PORTS = [
  "1-65535:1-65535",
  "0:9092",
  "65536:9092",
  "[::1]:1:2",
  "a:b",
  "9092/sctp",
  "1:2:3:4:5",
] as const;

const environment: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...VARIABLES), fc.oneof(text, fc.constantFrom(...FLAGS)))
  .map(([name, value]) => ({ put: `${ENVIRONMENT}/${name}`, value }));

/** A service of another name; its host is named as before, so that the voters find it. */
const renamed: fc.Arbitrary<readonly Edit[]> = text.map((as) => [
  { put: "services/kafka-1/hostname", value: "kafka-1" },
  { rename: "services/kafka-1", as },
]);

function editOf(base: Base): fc.Arbitrary<Edit> {
  const path = fc.constantFrom(...pathsOf(TREES[base]));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ put: path, value: fc.oneof(text, json) }) },
    { weight: 1, arbitrary: fc.record({ drop: path }) },
    { weight: 2, arbitrary: fc.record({ rename: path, as: text }) },
    { weight: 3, arbitrary: environment },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...PORTS).map((port) => ({ put: "services/kafka-1/ports", value: [port] })),
    },
  );
}

const SPOILED: readonly Spoiled[] = [
  "bom",
  "crlf",
  "twice",
  "cut",
  "tabs",
  "two documents",
  "deep",
  "merge of a list",
  "unknown tag",
];

export const composeInput: fc.Arbitrary<ComposeInput> = fc.constantFrom(...BASES).chain((base) =>
  fc.record({
    base: fc.constant(base),
    edits: fc.oneof(
      { weight: 9, arbitrary: fc.array(editOf(base), { maxLength: 3 }) },
      { weight: 1, arbitrary: renamed },
    ),
    spoiled: fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray([...SPOILED], { maxLength: 2 }) },
    ),
    target: fc.constantFrom("predict", "predict", "predict", "diagnose", "diagnose", "diagnose", "start"),
  }),
);

export function composeJob({ base, edits = [], spoiled = [], text, target, beside = {} }: ComposeInput): Job {
  const made =
    text ?? spoil(stringify(edited(TREES[base], edits), { aliasDuplicateObjects: false }), spoiled);
  return { target, files: { "compose.yml": made, ...beside }, argv: ["./compose.yml"] };
}

function spoil(text: string, how: readonly Spoiled[]): string {
  return how.reduce((now, one) => {
    switch (one) {
      case "bom":
        return `\ufeff${now}`;
      case "crlf":
        return now.replaceAll("\n", "\r\n");
      case "twice":
        return `${now}${now}`;
      case "cut":
        return now.slice(0, Math.floor(now.length / 2));
      case "tabs":
        return now.replaceAll("  ", "\t");
      case "two documents":
        return `${now}---\n${now}`;
      case "aliases":
        return `${now}x-0: &a0 [x]\n${doubled(60)}`;
      case "deep":
        return `${now}x-deep: ${"[".repeat(3000)}${"]".repeat(3000)}\n`;
      case "merge of a list":
        return `${now}x-list: &list [1]\nx-merged: { <<: *list }\n`;
      case "unknown tag":
        return `${now}x-tag: !fuzz { a: !!binary "***" }\n`;
    }
  }, text);
}

function doubled(times: number): string {
  return Array.from({ length: times }, (_, i) => `x-${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("");
}
