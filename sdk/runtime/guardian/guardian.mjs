// One guardian runs beside each lab, so that no fault outlives its owner. When the owner is gone, it heals
// and cleans up.
//
//   owner ──stdin pipe──▶ guardian            the pipe closes when the owner ends, in whatever way it ends
//     │                      │
//     └── starts brokers     └── end of pipe: run the open undo commands, end the brokers,
//                                            remove containers and folders
//
// argv[2] is the order as JSON: { processes, keep, root, dirs, keepDirs, log, label }; `processes` is the
// folder of the lab's records (records.mjs), `root` the folder that `dirs` must lie in, and what carries the
// label is removed from Docker. Then one JSON object a line:
//   { "undo": id, "argv": [...] }   a command that undoes an open fault
//   { "done": id }                  that fault was healed
//   { "undo": id, "revive": { record, java, args, dir, logFile, env } }   a broker that is to be started
//   again
//   { "dirs": [...] }               what to remove, in place of the order's
//   { "helper": pid, "start": … }   a command that the owner runs in a group of its own, to be ended with it
//   { "bye": true }                 the owner has cleaned up by itself
// Plain JavaScript: see processes.mjs.

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, openSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { removeLabelled } from "./containers.mjs";
import { removeInside } from "../own-folder.mjs";
import { startOf } from "./processes.mjs";
import { canRun, endRecorded, recorded, recordedIn, signalRecorded, sleep } from "./records.mjs";

const order = JSON.parse(process.argv[2]);
const undo = new Map();
const helpers = new Map();
/** An undo may have to wait for the end of what it undoes, such as a `docker stop` under way. */
const UNDO_MS = 30_000;
/** A broker that is still there so long after SIGTERM is killed, as by the stop that it undoes. */
const STOP_MS = 10_000;
/** What somebody else still uses cannot be removed: the next lab tries again. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 50;
let bye = false;

// only the end of its owner ends the guardian
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on("line", onMessage)
  .on("close", () => {
    if (!bye) cleanUp();
    process.exit(0);
  });

function onMessage(line) {
  const message = JSON.parse(line);
  if (message.bye) bye = true;
  if (message.undo !== undefined) undo.set(message.undo, message);
  if (message.dirs !== undefined) order.dirs = message.dirs;
  if (message.done !== undefined) undo.delete(message.done);
  if (message.helper !== undefined) helpers.set(message.helper, message.start);
}

function cleanUp() {
  const began = Date.now();
  endHelpers(); // a compose that is under way would go on making containers
  signalRecorded(order.processes, () => true, "SIGCONT"); // first: a frozen process does not act on SIGTERM
  const open = [...undo]
    .reverse()
    .filter(([, one]) => !undone(one))
    .map(([id]) => id);
  // with `keep` only the clients, whose folder of records is another one
  const { ended } = endRecorded(order.processes, { kept: !order.keep, patienceMs: PATIENCE_MS });
  const took = () => `${Date.now() - began} ms`;
  if (order.keep) {
    if (order.keepDirs === false) removeDirs();
    const healed = open.length === 0 ? "faults healed" : `not healed: ${open.join(", ")}`;
    return note(`the owner is gone: ${healed}, brokers kept, ${took()}`);
  }
  const containers = order.label === undefined ? 0 : removeContainers(began);
  removeDirs();
  const [healed, brokers] = [undo.size - open.length, Math.max(ended, containers)];
  note(`the owner is gone: ${healed} faults healed, ${brokers} brokers ended, ${took()}`);
}

/** A container may still be made: looks until nothing has shown up for a while. */
function removeContainers(began) {
  let most = 0;
  for (let quiet = 0; quiet < 5 && Date.now() - began < PATIENCE_MS; quiet++) {
    const seen = removeLabelled(order.label);
    if (seen > 0) quiet = 0;
    most = Math.max(most, seen);
    sleep(LOOK_MS);
  }
  return most;
}

/** Undoes a fault and returns whether that worked. */
function undone({ argv, revive: broker }) {
  try {
    if (broker !== undefined) return revived(broker);
    const [command, ...args] = argv;
    return spawnSync(command, args, { stdio: "ignore", timeout: UNDO_MS }).status === 0;
  } catch {
    return false; // the others are still to be undone
  }
}

/**
 * Starts a broker, in a session of its own; one that is still there, because its stop or its start was under
 * way, is ended first, as `docker restart` does.
 */
function revived({ record, java, args, dir, logFile, env }) {
  const own = (one) => one.kind === "broker" && one.service === record.service;
  const began = Date.now();
  signalRecorded(order.processes, own, "SIGTERM");
  while (recordedIn(order.processes).some(own)) {
    const tookMs = Date.now() - began;
    if (tookMs > UNDO_MS) return false;
    if (tookMs > STOP_MS) signalRecorded(order.processes, own, "SIGKILL");
    sleep(LOOK_MS);
  }
  const log = logTo(logFile);
  if (!canRun(java)) return false;
  const [command, ...rest] = recorded(record, [java, ...args]);
  const broker = spawn(command, rest, { cwd: dir, detached: true, stdio: ["ignore", log, log], env });
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

function removeDirs() {
  if (order.root === undefined) return;
  for (const dir of order.dirs) {
    const why = removeInside(order.root, dir);
    if (why !== undefined) note(`could not remove ${dir}: ${why}`);
  }
}

function endHelpers() {
  for (const [pid, start] of helpers) {
    // ended since, and the number may be another process's
    if (start === undefined || startOf(pid) !== start) continue;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // it has just ended
    }
  }
}

function note(text) {
  try {
    appendFileSync(order.log, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  } catch {
    // the run's folder may be gone, and the owner with it
  }
}
