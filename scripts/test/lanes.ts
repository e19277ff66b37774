// The lanes of the gate: what each runs, with which runtime and engine, and which of them run side by side.
//
//   track 0   processes   formatter, types, units, programs, live, notebooks: one lane after another
//   track 1   containers  the package; docker, which waits, beside what computes; then netem, in a kernel of
//                         its own

import path from "node:path";
import { APART, DENO, LINES, PURE, SLOW, VARIANTS } from "./choice.ts";
import { dockerLanes } from "./docker-lanes.ts";
import type { Lane, Runtimes } from "./lane.ts";

/** From fast to slow; the nightly ones and what runs in the guest only where they are named. */
export function lanesFor(runtimes: Runtimes): Lane[] {
  return [
    ...staticLanes(runtimes),
    ...pureLanes(runtimes),
    ...programLanes(runtimes),
    ...localLanes(runtimes),
    ...nightlyLanes(runtimes),
    ...dockerLanes(runtimes),
  ];
}

const local = { LAB_ENGINE: "local" };
/** The live files with the local engine, those that take longest first. */
const liveLocal = {
  folder: "live",
  env: local,
  deadlineMs: 600_000,
  atOnce: 2,
  first: ["scenario", "java", "delay", "cluster", "guardian", "replay"],
  again: 3,
};
const unit = { folder: "unit", env: local, deadlineMs: 180_000, atOnce: 2, again: 1 };
const programs = { folder: "programs", env: local, deadlineMs: 300_000, atOnce: 2 };
const fuzz = { folder: "fuzz", env: local, deadlineMs: 300_000, atOnce: 2 };
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

function pureLanes({ node, deno }: Runtimes): Lane[] {
  return [
    {
      name: "unit",
      about: "pure units, Node",
      track: 0,
      tests: { ...unit, runner: node, not: SLOW, shared: { size: 20, not: APART } },
    },
    {
      name: "unit-many",
      about: "pure units that take seconds each, Node: many values, and the sources read by a compiler",
      track: 0,
      tests: {
        ...unit,
        runner: node,
        only: SLOW,
        first: ["compose-hostile"],
        shared: { size: 5, not: APART },
      },
    },
    {
      name: "unit-deno",
      about: "pure units, Deno",
      track: 0,
      needsDeno: true,
      tests: {
        ...unit,
        runner: deno,
        not: SLOW,
        shared: { size: 12, not: APART },
      },
    },
  ];
}

/** Programs of their own, without brokers but for the package. */
function programLanes({ node, deno, denoPath }: Runtimes): Lane[] {
  return [
    {
      name: "programs",
      about: "command lines as programs of their own, Node: closed outputs, paths, another user's files",
      track: 0,
      tests: { ...programs, runner: node, not: LINES },
    },
    {
      name: "programs-deno",
      about: "the same, Deno; mistakes and hostile text",
      track: 0,
      needsDeno: true,
      tests: { ...programs, runner: deno },
    },
    {
      name: "fuzz",
      // it patches Node's builtin modules, limits V8's heap and talks to a child by Node's own messages: not
      // so with Deno. The deadline is for the red: an input that hangs costs ten seconds, and what was found
      // is said
      about: "hostile inputs of one seed: files, command lines, arguments; Node only",
      track: 0,
      tests: { ...fuzz, runner: node },
    },
    {
      name: "package",
      about: "npm pack, installed in an empty folder: Node, tsx, tsc, Deno, command line; local engine",
      track: 1,
      tests: {
        folder: "package",
        runner: node,
        env: { ...local, LAB_DENO: denoPath },
        deadlineMs: 600_000,
        atOnce: 1,
        again: 1,
      },
    },
  ];
}

function localLanes({ node, deno, denoPath }: Runtimes): Lane[] {
  return [
    {
      name: "live",
      about: "real brokers, local engine, Node",
      track: 0,
      tests: { ...liveLocal, runner: node, not: new RegExp(`\\.docker\\.test|${VARIANTS.source}`) },
    },
    {
      name: "live-deno",
      about: "real brokers, local engine, Deno: processes, signals, sockets, kafkajs, files",
      track: 0,
      needsDeno: true,
      tests: { ...liveLocal, runner: deno, first: ["cluster", "net"], only: DENO },
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
        again: 2,
        first: ["scenarios-tslab", "scenarios-tslab-long", "scenarios-deno"],
        not: /-rest\./,
      },
    },
  ];
}

/** What runs only where it is named. */
function nightlyLanes({ node, deno, denoPath }: Runtimes): Lane[] {
  const today = String(Math.floor(Date.now() / 86_400_000));
  return [
    {
      name: "unit-deno-rest",
      about: "many values through pure functions, Deno",
      track: 0,
      needsDeno: true,
      tests: { ...unit, runner: deno, only: PURE, shared: { size: 12, not: APART } },
    },
    {
      name: "programs-rest",
      about: "mistakes and hostile text on command lines, Node",
      track: 0,
      tests: { ...programs, runner: node, only: LINES },
    },
    {
      name: "fuzz-rest",
      about: "hostile inputs of the day's seed, three times as many",
      track: 0,
      tests: { ...fuzz, runner: node, env: { ...local, LAB_FUZZ_SEED: today, LAB_FUZZ_TIMES: "3" } },
    },
    {
      name: "live-rest",
      about: "real brokers, local engine, Node: variants of scenario 01, 03 with Java, groups, elections",
      track: 0,
      // six scenarios of a minute each in one file, on a machine of half the speed
      tests: { ...liveLocal, deadlineMs: 1_200_000, runner: node, only: VARIANTS },
    },
    {
      name: "notebooks-rest",
      about: "notebooks of consumers and elections, and the long ones in Deno's kernel, local engine",
      track: 0,
      needsDeno: true,
      tests: {
        folder: "notebook",
        runner: node,
        env: { ...local, LAB_DENO: denoPath },
        deadlineMs: 900_000,
        atOnce: 1,
        only: /-rest\./,
      },
    },
    {
      name: "live-deno-rest",
      about: "real brokers, local engine, Deno: the files that the lane live-deno leaves out",
      track: 0,
      needsDeno: true,
      tests: { ...liveLocal, runner: deno, not: new RegExp(`\\.docker\\.test|^gate\\.|${DENO.source}`) },
    },
    {
      name: "nightly",
      about: "the full length, the scenario table, fixed files, local engine, forty minutes",
      track: 0,
      tests: { folder: "nightly", runner: node, env: local, deadlineMs: 2_400_000, atOnce: 1 },
    },
  ];
}
