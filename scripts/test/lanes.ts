// The lanes of the gate: what each runs, with which runtime and engine, and which of them run side by side.
//
//   track 0   main      formatter, types, units, package, live, notebooks, docker: one lane after another
//   track 1   guest     the netem lane, in a kernel of its own; then units under Deno and hostile inputs

import path from "node:path";
import type { LaneName } from "./options.ts";

export interface Tests {
  folder: string;
  runner: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Of one process. */
  deadlineMs: number;
  /** How many processes. */
  atOnce: number;
  only?: RegExp;
  not?: RegExp;
  /** Names of the files that take longest: they begin first. */
  first?: readonly string[];
  /** Several files a process, except these. @default each file in a process of its own */
  shared?: { size: number; not: RegExp };
}

export interface Lane {
  name: LaneName;
  about: string;
  /** Lanes of different tracks run side by side. */
  track: 0 | 1;
  needsDeno?: boolean;
  needsDocker?: boolean;
  /** The test files that it runs; */
  tests?: Tests;
  /** or one program; */
  command?: readonly string[];
  /** or the guest. */
  isGuest?: boolean;
}

/** How the runtimes are called. */
export interface Runtimes {
  node: readonly string[];
  deno: readonly string[];
  /** Deno's program by its whole path, for kernels, which are started elsewhere. */
  denoPath: string;
}

/** From fast to slow; the last four only where they are named. */
export function lanesFor(runtimes: Runtimes): Lane[] {
  return [
    ...staticLanes(runtimes),
    ...pureLanes(runtimes),
    ...localLanes(runtimes),
    ...dockerLanes(runtimes),
  ];
}

const local = { LAB_ENGINE: "local" };
const inDocker = { LAB_ENGINE: "docker" };
/** Files that start many programs, or that are slow: a process of its own for each. */
const APART = /^(cli-mistakes|hostile-scripts|other-user|compose-hostile)\./;
/**
 * What can differ under Deno with real brokers: processes and their streams, signals, sockets, kafkajs,
 * files. The scenarios run under Deno in its notebooks.
 */
const DENO =
  /^(app|clean|cluster|doctor|guardian|java|leaks|net|private|probe|readme|supply)\.(local\.|alone\.)?test/;
/** What is the same on both engines. */
const ANYWHERE = /^(app|readme|matrix)\.test/;

function staticLanes({ deno }: Runtimes): Lane[] {
  const lane = { track: 0 } as const;
  return [
    {
      ...lane,
      name: "format",
      about: "the formatter and the linter find nothing",
      command: [path.join("node_modules", ".bin", "biome"), "ci", "."],
    },
    {
      ...lane,
      name: "tsc",
      about: "types, TypeScript",
      command: [process.execPath, "node_modules/typescript/bin/tsc", "-p", "."],
    },
    {
      ...lane,
      name: "deno-check",
      about: "types, Deno",
      needsDeno: true,
      command: [deno[0]!, "check", "--quiet", "sdk", "scripts", "bench", "test"],
    },
  ];
}

function pureLanes({ node, deno, denoPath }: Runtimes): Lane[] {
  const unit = { folder: "unit", env: local, deadlineMs: 180_000, atOnce: 2 };
  const first = ["cli-mistakes", "hostile-scripts", "other-user", "compose-hostile"];
  return [
    {
      name: "unit",
      about: "pure units, Node",
      track: 0,
      tests: { ...unit, runner: node, first, shared: { size: 12, not: APART } },
    },
    {
      name: "unit-deno",
      about: "pure units, Deno, each file in a process of its own",
      track: 1,
      needsDeno: true,
      tests: { ...unit, runner: deno, first },
    },
    {
      name: "fuzz",
      // it patches Node's builtin modules, limits V8's heap and talks to a child by Node's own messages: not
      // so with Deno. The deadline is for the red: an input that hangs costs ten seconds, and what was found
      // is said
      about: "hostile inputs of one seed: files, command lines, arguments; Node only",
      track: 1,
      tests: { folder: "fuzz", runner: node, env: local, deadlineMs: 300_000, atOnce: 2 },
    },
    {
      name: "package",
      about: "npm pack, installed in an empty folder: Node, tsx, tsc, Deno, command line; local engine",
      track: 0,
      tests: {
        folder: "package",
        runner: node,
        env: { ...local, LAB_DENO: denoPath },
        deadlineMs: 600_000,
        atOnce: 1,
      },
    },
  ];
}

function localLanes({ node, deno, denoPath }: Runtimes): Lane[] {
  const live = { folder: "live", env: local, deadlineMs: 600_000, atOnce: 2 };
  const first = ["scenario", "matrix", "java", "delay", "cluster", "guardian", "replay"];
  return [
    {
      name: "live",
      about: "real brokers, local engine, Node",
      track: 0,
      tests: { ...live, runner: node, first, not: /\.docker\.test/ },
    },
    {
      name: "live-deno",
      about: "real brokers, local engine, Deno: processes, signals, sockets, kafkajs, files",
      track: 0,
      needsDeno: true,
      tests: { ...live, runner: deno, first: ["java", "supply", "cluster", "net"], only: DENO },
    },
    {
      name: "notebooks",
      about: "the notebooks in both kernels, local engine; kernels killed, restarted and interrupted",
      track: 0,
      needsDeno: true,
      tests: {
        folder: "notebook",
        runner: node,
        env: { ...local, LAB_DENO: denoPath },
        deadlineMs: 900_000,
        atOnce: 2,
        first: ["scenarios-tslab", "scenarios-deno"],
      },
    },
    {
      name: "live-deno-rest",
      about: "real brokers, local engine, Deno: the files that the lane live-deno leaves out",
      track: 0,
      needsDeno: true,
      tests: { ...live, runner: deno, first, not: new RegExp(`\\.docker\\.test|^gate\\.|${DENO.source}`) },
    },
    {
      name: "nightly",
      about: "the scaled delay against the full length, and the scenario table, local engine, forty minutes",
      track: 0,
      tests: { folder: "nightly", runner: node, env: local, deadlineMs: 2_400_000, atOnce: 1 },
    },
  ];
}

/** One file at a time: they publish the same ports. */
function dockerLanes({ node, deno }: Runtimes): Lane[] {
  const live = { folder: "live", env: inDocker, deadlineMs: 600_000, atOnce: 1 };
  const lane = { track: 0, needsDocker: true } as const;
  // one at a time: its processor is slow, and the docker command has a minute for an answer
  const inside = { folder: "netem", runner: node, env: inDocker, deadlineMs: 3_300_000, atOnce: 1 };
  const tests: Tests = { ...inside, only: /\.netem\.test/, first: ["docker-net", "posted"] };
  return [
    {
      ...lane,
      name: "docker",
      about: "real brokers, docker engine, Node",
      tests: { ...live, runner: node, not: new RegExp(`\\.local\\.test|${ANYWHERE.source}`) },
    },
    {
      ...lane,
      name: "docker-rest",
      about: "real brokers, docker engine, Node: the files that the lane docker leaves out",
      tests: { ...live, runner: node, only: ANYWHERE },
    },
    {
      ...lane,
      name: "docker-v1",
      about: "real brokers, docker engine, compose v1: the engines' table",
      tests: { ...live, runner: node, env: { ...inDocker, LAB_COMPOSE: "v1" }, only: /^engines\.test/ },
    },
    {
      ...lane,
      name: "docker-deno",
      about: "real brokers, docker engine, Deno: the verbs",
      needsDeno: true,
      tests: { ...live, runner: deno, only: /^cluster\.test/ },
    },
    {
      name: "netem",
      about: "real netem: a kernel that has it, in a process, with a Docker daemon inside",
      track: 1,
      isGuest: true,
      tests,
    },
    { name: "netem-inside", about: "in that kernel", track: 0, tests },
  ];
}
