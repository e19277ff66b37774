// What a target may leave and do: files in the lab's own folders, and nothing else.

import path from "node:path";
import type { Job, Problem } from "../job.ts";
import { type Effect, isInside } from "./effects.ts";
import { masked, problem } from "./oracle.ts";
import type { World } from "./world.ts";

/** The lab's own folders, beneath the world's root; the first group is what a lab keeps for later. */
const RUN = /^cwd\/\.lab(\/runs(\/[\w-]+(\/\d{4}-[\w.-]+(\/[\w.-]+)?)?)?)?$/;
const CACHE = /^home\/\.cache(\/kafka-failure-lab(\/.*)?)?$/;
/** Where labs have their state: in the user's runtime folder, in the temporary folder, or in the home. */
const ROOT = String.raw`(?:(?:tmp|run|home/\.local/state)/kafka-failure-lab[\w-]*|home/\.kafka-failure-lab)`;
/** That folder and those above it stay; what is in it ends with its lab. */
const STATE = new RegExp(`^(?:home/\\.local(?:/state)?|${ROOT}(?:/(?:labs|ports|processes))?)$`);
const LAB = new RegExp(
  `^${ROOT}/(?:${[
    String.raw`labs/[0-9a-f]{8}(?:[.-][\w-]+)?(?:/[\w./@-]*)?`,
    String.raw`ports/\d+`,
    String.raw`processes/[0-9a-f]{8}(?:/(?:end|keep)(?:/[\w-]+)?)?`, // the record of a process
  ].join("|")})$`,
);

/** Judges what was done and what is left; only `start` and scripts may do anything. */
export function judgeLeft(
  job: Job,
  world: World,
  effects: readonly Effect[],
  handles: readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  const mayAct = job.target === "start" || job.target === "script";
  const outside = effects.filter(
    ({ what, on }) => what === "write" && !isOwn(world.root, on) && !isAsked(job, on),
  );
  for (const { on } of outside.slice(0, 1))
    problems.push(problem("writes outside the lab's folders", shape(world.root, on), on));
  for (const { on } of effects.filter(({ what }) => what === "signal"))
    problems.push(problem("signals a process", masked(on), on));
  const acts = mayAct ? [] : effects.filter(({ what }) => what !== "signal");
  for (const what of new Set(acts.map((one) => one.what)))
    problems.push(problem(`${job.name ?? job.target} does more than to refuse: ${what}`, "", listed(acts)));
  const left = world.added().filter((one) => !RUN.test(one) && !CACHE.test(one) && !STATE.test(one));
  for (const one of left.slice(0, 1)) problems.push(problem("leaves a file", masked(one), left.join("\n")));
  // a script may have ended its process, which here goes on
  if (handles.length > 0 && job.target !== "script")
    problems.push(problem("leaves open", [...new Set(handles)].join(", "), handles.join(", ")));
  return problems;
}

/** `table --write` writes its page and its data, which is what it is for; here the guest refuses it. */
function isAsked({ target, argv = [] }: Job, file: string): boolean {
  return (
    target === "script" &&
    argv[0] === "table" &&
    argv.includes("--write") &&
    /\/scripts\/table\/(README\.md|(groups\/)?data\/\d{4}-\d\d-\d\d\.json)$/.test(file)
  );
}

function listed(effects: readonly Effect[]): string {
  return effects.map(({ what, on }) => `${what} ${on.slice(0, 150)}`).join("\n");
}

/** Whether a file is the lab's own: of a run, of the cache, or of one lab's folder. */
function isOwn(root: string, file: string): boolean {
  if (!isInside(root, file)) return false;
  const relative = path.relative(root, file);
  return [RUN, CACHE, STATE, LAB].some((one) => one.test(relative));
}

/** A path without what is another each time. */
function shape(root: string, file: string): string {
  return path
    .relative(root, file)
    .replace(/[0-9a-f]{8}/g, "ID")
    .replace(/\d{4}-\d\d-[\w.-]+/g, "TIME")
    .slice(0, 80);
}
