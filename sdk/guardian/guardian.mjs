// A fault outlives nobody. One guardian runs beside each lab and does one thing: when its owner is gone, it heals and cleans up.
//
//   owner ──stdin pipe──▶ guardian            the pipe closes when the owner ends, in whatever way it ends
//     │                      │
//     └── starts brokers     └── end of pipe: run the open undo commands, end the brokers, remove containers and folders
//
// argv[2] is the order as JSON: { lab, keep, dirs, keepDirs, log, label }; what carries the label is removed from Docker. Then one JSON object a line:
//   { "undo": id, "argv": [...] }   a command that undoes an open fault        { "done": id }   that fault was healed
//   { "dirs": [...] }               what to remove, in place of the order's
//   { "helper": pid }               a command that the owner runs in a group of its own, to be ended with it
//   { "bye": true }                 the owner has cleaned up by itself
// Plain JavaScript: see processes.mjs.

import { spawnSync } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { removeLabelled } from "./containers.mjs";
import { signalMarked, startOf } from "./processes.mjs";

const order = JSON.parse(process.argv[2]);
const undo = new Map();
const helpers = new Map();
/** An undo may have to wait for the end of what it undoes, such as a `docker stop` under way. */
const UNDO_MS = 30_000;
/** What somebody else still uses cannot be removed: the next lab tries again. */
const PATIENCE_MS = 30_000;
let bye = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {}); // only the end of the owner ends the guardian
createInterface({ input: process.stdin }).on("line", hear).on("close", () => {
  if (!bye) cleanUp();
  process.exit(0);
});

function hear(line) {
  const said = JSON.parse(line);
  if (said.bye) bye = true;
  if (said.undo !== undefined) undo.set(said.undo, said.argv);
  if (said.dirs !== undefined) order.dirs = said.dirs;
  if (said.done !== undefined) undo.delete(said.done);
  if (said.helper !== undefined) helpers.set(said.helper, startOf(said.helper));
}

function cleanUp() {
  const began = Date.now();
  const mine = (one) => one.lab === order.lab;
  endHelpers(); // a compose that is under way would go on making containers
  for (const [command, ...args] of [...undo.values()].reverse()) spawnSync(command, args, { stdio: "ignore", timeout: UNDO_MS });
  signalMarked(mine, "SIGCONT");
  signalMarked((one) => mine(one) && !one.keep && order.keep, "SIGKILL"); // clients: kept brokers stay, and nobody else's clients with them
  if (order.keep) {
    if (order.keepDirs === false) removeDirs();
    return say(`the owner is gone: faults healed, brokers kept, ${Date.now() - began} ms`);
  }
  // a broker may be between fork and exec, not yet marked, and a container still be made: look until nothing has shown up for a while
  let ended = 0;
  for (let quiet = 0; quiet < 5 && Date.now() - began < PATIENCE_MS; quiet++) {
    const seen = signalMarked(mine, "SIGKILL") + (order.label === undefined ? 0 : removeLabelled(order.label));
    if (seen > 0) quiet = 0;
    ended = Math.max(ended, seen);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  removeDirs();
  say(`the owner is gone: ${undo.size} faults healed, ${ended} brokers ended, ${Date.now() - began} ms`);
}

function removeDirs() {
  for (const dir of order.dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function endHelpers() {
  for (const [pid, start] of helpers) {
    if (start === undefined || startOf(pid) !== start) continue; // ended since, and the number may be somebody else's
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // it has just ended
    }
  }
}

function say(text) {
  try {
    appendFileSync(order.log, `${new Date().toISOString()} ${text}\n`);
  } catch {
    // the run's folder may be gone; there is nobody left to tell
  }
}
