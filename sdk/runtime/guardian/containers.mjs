// @ts-self-types="./containers.d.mts"
// What a lab makes in Docker, and the commands that list and remove it by its label. Plain JavaScript: see
// processes.mjs.

import { spawnSync } from "node:child_process";

/** In this order: a network and a volume can go only when no container uses them. */
export const REMOVALS = [
  {
    what: "containers",
    list: (label) => ["ps", "--all", "--quiet", "--no-trunc", "--filter", `label=${label}`],
    remove: ["rm", "--force", "--volumes"],
  },
  {
    what: "networks",
    list: (label) => ["network", "ls", "--quiet", "--no-trunc", "--filter", `label=${label}`],
    remove: ["network", "rm"],
  },
  {
    what: "volumes",
    list: (label) => ["volume", "ls", "--quiet", "--filter", `label=${label}`],
    remove: ["volume", "rm", "--force"],
  },
];

const TIMEOUT_MS = 30_000;

/** Removes what carries the label, waiting for each command; returns how many things there were. */
export function removeLabelled(label) {
  let count = 0;
  for (const { list, remove } of REMOVALS) {
    const listed = spawnSync("docker", list(label), { encoding: "utf8", timeout: TIMEOUT_MS });
    const ids = (listed.stdout ?? "").split("\n").filter((id) => id !== "");
    if (ids.length > 0) spawnSync("docker", [...remove, ...ids], { stdio: "ignore", timeout: TIMEOUT_MS });
    count += ids.length;
  }
  return count;
}
