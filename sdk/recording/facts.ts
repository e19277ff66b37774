// `run.json`: the facts of a recorded lab, and the options that it was started with.

import path from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { LabOptions } from "../lab/lab.ts";
import { toPlain } from "./call.ts";
import { readJson } from "./json.ts";
import {
  fields,
  flag,
  listOf,
  moment,
  nullable,
  number,
  oneOf,
  optional,
  text,
  valuesOf,
} from "../model/shape.ts";

/** The facts of a lab, and the options that it was started with. */
export interface LabFacts {
  scenario: string;
  /** ISO 8601. */
  startedAt: string;
  engine: Pick<Engine, "kind" | "kafka" | "from" | "nodes">;
  differs: readonly string[];
  bootstrap: readonly string[];
  topic: string;
  bootMs: number;
  options: Asked;
}

/** The options that determine the cluster, with defaults filled in. */
export interface Asked {
  compose: readonly string[];
  engine: string;
  kafka: string | null;
  timers: string;
  properties: Readonly<Record<string, string>>;
  topic: Readonly<Record<string, unknown>>;
}

/** Leaves out options that do not change the cluster: folders, timeouts, callbacks. */
export function askedOf({
  compose = ["three-brokers"],
  engine = "auto",
  kafka,
  timers = "default",
  properties = {},
  topic,
}: LabOptions): Asked {
  return {
    compose: [...compose],
    engine,
    kafka: kafka ?? null,
    timers,
    properties: toPlain(properties) as Record<string, string>,
    topic: { name: "my_topic", create: true, ...(toPlain(topic ?? {}) as object) },
  };
}

const node = fields({
  service: text,
  broker: nullable(number),
  nodeId: number,
  roles: listOf(text),
  client: nullable(text),
  observed: nullable(text),
  controller: nullable(text),
  properties: optional(valuesOf(text)),
});
const shape = fields({
  scenario: text,
  startedAt: moment,
  engine: fields({ kind: oneOf("local", "docker"), kafka: text, from: text, nodes: listOf(node) }),
  differs: listOf(text),
  bootstrap: listOf(text),
  topic: text,
  bootMs: number,
  options: fields({
    compose: listOf(text),
    engine: text,
    kafka: nullable(text),
    timers: text,
    properties: valuesOf(text),
    topic: fields({ name: text, create: flag }),
  }),
});

/** @throws LabError BAD_RUN */
export function readFacts(dir: string): LabFacts {
  const file = path.join(dir, "run.json");
  const facts = readJson(file, { what: "replay the run", name: "its run.json", shape }) as LabFacts;
  // older recordings have no node properties
  return {
    ...facts,
    engine: {
      ...facts.engine,
      nodes: facts.engine.nodes.map((one) => ({ ...one, properties: one.properties ?? {} })),
    },
  };
}

/** How options differ from the recorded ones, a line each; empty if they do not. */
export function differentOptions(now: Asked, { options: was, engine }: LabFacts): string[] {
  const isSameEngine = now.engine === "auto" || now.engine === was.engine || now.engine === engine.kind;
  const isSameKafka = now.kafka === was.kafka || now.kafka === engine.kafka;
  const rest = (["compose", "timers", "properties", "topic"] as const)
    .filter((name) => sorted(now[name]) !== sorted(was[name]))
    .map((name) => [name, now[name], was[name]] as const);
  return [
    ...rest,
    ...(isSameEngine ? [] : [["engine", now.engine, was.engine] as const]),
    ...(isSameKafka ? [] : [["kafka", now.kafka, was.kafka ?? engine.kafka] as const]),
  ].map(
    ([name, asked, recorded]) =>
      `${name} is ${JSON.stringify(asked)}, was ${JSON.stringify(recorded)} when recorded`,
  );
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
