// The lanes whose labs are containers: on this machine, and in a guest whose kernel has netem.

import type { Lane, Runtimes, Tests } from "./lane.ts";

const inDocker = { LAB_ENGINE: "docker" };
/** What is the same on both engines, or varies what another file does on both. */
const ANYWHERE = new RegExp(
  "^(add-a-fault|app|beginning|delay|disk-forget|engines|guardian-moments|java|matrix|net|predict|readme|" +
    "scenario-fixed|scenario-variants|secure)\\.(alone\\.)?test",
);

/** One file at a time: they publish the same ports. */
export function dockerLanes({ node, deno }: Runtimes): Lane[] {
  const live = { folder: "live", env: inDocker, deadlineMs: 600_000, atOnce: 1, again: 2 };
  const lane = { track: 1, needsDocker: true } as const;
  // one at a time: its processor is slow, and the docker command has a minute for an answer
  const inside = { folder: "netem", runner: node, env: inDocker, deadlineMs: 1_800_000, atOnce: 1 };
  const tests: Tests = { ...inside, only: /(?<!-rest)\.netem\.test/ };
  const rest: Tests = { ...inside, only: /-rest\.netem\.test/ };
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
      about: "real brokers, docker engine, Deno: what is left behind",
      needsDeno: true,
      tests: { ...live, runner: deno, only: /^leaks\.test/ },
    },
    {
      name: "netem",
      about: "real netem: a kernel that has it, in a process, with a Docker daemon inside",
      track: 1,
      guest: "netem-inside",
      tests,
    },
    { name: "netem-inside", about: "in that kernel", track: 0, tests },
    {
      name: "netem-rest",
      about: "the ground of netem: what that kernel does, seen without the lab",
      track: 1,
      guest: "netem-inside-rest",
      tests: rest,
    },
    { name: "netem-inside-rest", about: "in that kernel", track: 0, tests: rest },
  ];
}
