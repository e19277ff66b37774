// A fault outlives nobody. One guardian runs beside each lab and does one thing: when its owner is gone, it heals and cleans up.
//
//   owner ──stdin pipe──▶ guardian            the pipe closes when the owner ends, in whatever way it ends
//     │                      │
//     └── starts brokers     └── end of pipe: run the open undo commands, end the brokers, remove containers and folders
//
// argv[2] is the order as JSON: { lab, keep, root, dirs, keepDirs, log, label }; what carries the label is
// removed
// from Docker, and `dirs` only where they lie in `root`. Then one JSON object a line:
//   { "undo": id, "argv": [...] }   a command that undoes an open fault        { "done": id }   that fault was healed
//   { "undo": id, "revive": { service, java, args, dir, logFile, env } }   a broker that is to be started again
//   { "dirs": [...] }               what to remove, in place of the order's
//   { "helper": pid }               a command that the owner runs in a group of its own, to be ended with it
//   { "bye": true }                 the owner has cleaned up by itself
// Plain JavaScript: see processes.mjs.

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, openSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { removeLabelled } from "./containers.mjs";
import { removeInside } from "../runtime/own-folder.mjs";
import { marked, signalMarked, startOf } from "./processes.mjs";

const order = JSON.parse(process.argv[2]);
const undo = new Map();
const helpers = new Map();
/** An undo may have to wait for the end of what it undoes, such as a `docker stop` under way. */
const UNDO_MS = 30_000;
/** A broker that is still there so long after SIGTERM is killed, as by the stop that it undoes. */
const STOP_MS = 10_000;
/** What somebody else still uses cannot be removed: the next lab tries again. */
const PATIENCE_MS = 30_000;
let bye = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {}); // only the end of the owner ends the guardian
createInterface({ input: process.stdin })
  .on("line", hear)
  .on("close", () => {
    if (!bye) cleanUp();
    process.exit(0);
  });

function hear(line) {
  const said = JSON.parse(line);
  if (said.bye) bye = true;
  if (said.undo !== undefined) undo.set(said.undo, said);
  if (said.dirs !== undefined) order.dirs = said.dirs;
  if (said.done !== undefined) undo.delete(said.done);
  if (said.helper !== undefined) helpers.set(said.helper, startOf(said.helper));
}

function cleanUp() {
  const began = Date.now();
  const mine = (one) => one.lab === order.lab;
  endHelpers(); // a compose that is under way would go on making containers
  signalMarked(mine, "SIGCONT"); // first: what is frozen does not hear that it is to end
  const open = [...undo]
    .reverse()
    .filter(([, one]) => !undone(one))
    .map(([id]) => id);
  signalMarked((one) => mine(one) && !one.keep && order.keep, "SIGKILL"); // clients: kept brokers stay, and nobody else's clients with them
  if (order.keep) {
    if (order.keepDirs === false) removeDirs();
    return say(
      `the owner is gone: ${open.length === 0 ? "faults healed" : `not healed: ${open.join(", ")}`}, brokers kept, ${Date.now() - began} ms`,
    );
  }
  // a broker may be between fork and exec, not yet marked, and a container still be made: look until nothing has shown up for a while
  let ended = 0;
  for (let quiet = 0; quiet < 5 && Date.now() - began < PATIENCE_MS; quiet++) {
    const seen =
      signalMarked(mine, "SIGKILL") + (order.label === undefined ? 0 : removeLabelled(order.label));
    if (seen > 0) quiet = 0;
    ended = Math.max(ended, seen);
    sleep();
  }
  removeDirs();
  say(
    `the owner is gone: ${undo.size - open.length} faults healed, ${ended} brokers ended, ${Date.now() - began} ms`,
  );
}

/** Undoes a fault and says whether that worked. */
function undone({ argv, revive: broker }) {
  try {
    if (broker !== undefined) return revived(broker);
    const [command, ...args] = argv;
    return spawnSync(command, args, { stdio: "ignore", timeout: UNDO_MS }).status === 0;
  } catch {
    return false; // the others are still to be undone
  }
}

/** Starts a broker, in a session of its own; one that is still there, because its stop or its start was under way, is ended first, as `docker restart` does. */
function revived({ service, java, args, dir, logFile, env }) {
  const own = (one) => one.lab === order.lab && one.service === service;
  const began = Date.now();
  signalMarked(own, "SIGTERM");
  while (marked().some(own)) {
    const tookMs = Date.now() - began;
    if (tookMs > UNDO_MS) return false;
    if (tookMs > STOP_MS) signalMarked(own, "SIGKILL");
    sleep();
  }
  const log = logTo(logFile);
  const broker = spawn(java, args, { cwd: dir, detached: true, stdio: ["ignore", log, log], env });
  broker.on("error", () => {}); // it has no process id then
  broker.unref();
  return broker.pid !== undefined;
}

function logTo(file) {
  try {
    return openSync(file, "a", 0o600);
  } catch {
    return "ignore"; // the run's folder may be gone, and a broker that serves is worth more than its log
  }
}

function sleep() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}

function removeDirs() {
  if (order.root === undefined) return;
  for (const dir of order.dirs) {
    const why = removeInside(order.root, dir);
    if (why !== undefined) say(`could not remove ${dir}: ${why}`);
  }
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
    appendFileSync(order.log, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  } catch {
    // the run's folder may be gone; there is nobody left to tell
  }
}
