// Records what the machine keeps from the lab and from the brokers.
//
//   a timer every 25 ms that comes late ───────────────▶ stall     the lab's event loop stood still
//   every 250 ms: /proc/pressure/cpu, /proc/stat
//     and where something waited: /proc/PID/task/*  ───▶ machine   what brokers, links and lab waited

import os from "node:os";
import { performance } from "node:perf_hooks";
import process from "node:process";
import type { Engine } from "../../engine/engine.ts";
import type { MachineEvent, MachineFacts, StallEvent } from "../../model/history.ts";
import { hasWaits, isKafka, pressureMs, processorWaits, stolenMs } from "../../runtime/processor.ts";
import { measureSpeed } from "../../runtime/speed.ts";
import { type Stall, stallsOf } from "../../runtime/stalls.ts";
import type { Run } from "../run.ts";

/** How often the processes' waits are read, in milliseconds. */
const SAMPLE_MS = 250;
/** A sample in which nothing waited so long is not recorded. */
const LEAST_MS = 10;
/** While no more than this fraction of an interval anything waited, the processes are not looked at. */
const CALM = 0.04;

/** Measures the machine's speed, and says what can be sampled on it. Blocks for some 20 ms. */
export function machineFacts(): MachineFacts {
  const samples: [name: string, isThere: boolean][] = [
    ["run-queue wait", hasWaits(process.pid)],
    ["pressure", pressureMs() !== undefined],
    ["steal", stolenMs() !== undefined],
  ];
  return {
    processors: os.availableParallelism(),
    ...measureSpeed(),
    samples: samples.flatMap(([name, isThere]) => (isThere ? [name] : [])),
  };
}

/**
 * Begins to record stalls and waits; returns what ends it, with a last sample. May be called twice.
 *
 * @param thread `both` where kafkajs clients run in this thread, too
 */
export function recordMachine(
  run: Pick<Run, "at" | "now" | "record">,
  engine: Engine,
  thread: StallEvent["thread"],
): () => void {
  const stopStalls = recordStalls(run, thread);
  const stopWaits = recordWaits(run, engine);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    stopStalls();
    stopWaits();
  };
}

/** Records when this thread's timers came late by 50 ms or more. */
export function recordStalls(
  run: Pick<Run, "at" | "record">,
  thread: StallEvent["thread"] = "lab",
): () => void {
  return stallsOf((stall) => recordStall(run, thread, stall));
}

/** Records that an event loop stood still; `beganMs` by `performance.now()`. */
export function recordStall(
  run: Pick<Run, "at" | "record">,
  thread: StallEvent["thread"],
  { beganMs, tookMs }: Stall,
): void {
  run.record({ kind: "stall", atMs: rounded(run.at(beganMs)), tookMs: rounded(tookMs), thread });
}

function recordWaits(run: Pick<Run, "now" | "record">, engine: Engine): () => void {
  if (pressureMs() === undefined && !hasWaits(process.pid)) return () => {};
  const read = makeReader(engine);
  read();
  let fromMs = run.now();
  const sample = (): void => {
    const found = read();
    const atMs = fromMs;
    fromMs = run.now();
    const tookMs = fromMs - atMs;
    if (found === undefined || tookMs <= 0) return;
    // this machine's pressure says nothing of brokers that run on another
    const { pressureMs: _, ...own } = found;
    const event = eventOf(engine.kind === "remote" ? own : found, atMs, tookMs);
    if (isWorthIt(event)) run.record(event);
  };
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    sample();
  };
}

interface Found {
  nodesMs: Record<string, number>;
  labMs: number;
  linksMs?: number;
  pressureMs?: number;
  stolenMs?: number;
}

/**
 * Reads everything, each from one call to the next; undefined at the first.
 *
 * The processes are not looked at while next to nothing waited; what there was until they are again is shared
 * out by the pressure of each interval.
 */
function makeReader(engine: Engine): () => Found | undefined {
  const readProcesses = makeProcessReader(engine);
  const since = { pressure: difference(pressureMs), stolen: difference(stolenMs) };
  let [readAt, unreadMs, isFirst] = [performance.now(), 0, true];
  return () => {
    const now = performance.now();
    const [pressure, stolen, tookMs] = [since.pressure(), since.stolen(), now - readAt];
    readAt = now;
    unreadMs += pressure ?? 0;
    const common = {
      ...(pressure === undefined ? {} : { pressureMs: pressure }),
      ...(stolen === undefined ? {} : { stolenMs: stolen }),
    };
    if (!isFirst && pressure !== undefined && pressure < CALM * tookMs)
      return { nodesMs: {}, labMs: 0, ...common };
    const share = pressure === undefined || unreadMs === 0 ? 1 : pressure / unreadMs;
    const found = { ...readProcesses(share), ...common };
    unreadMs = 0;
    if (!isFirst) return found;
    isFirst = false;
    return undefined;
  };
}

/** Reads how long each process waited since the call before, of which `share` counts. */
function makeProcessReader({ nodes, status, helpers }: Engine): (share: number) => Found {
  const waits = processorWaits();
  const verified = new Set<number>();
  const isNode = (pid: number): boolean => {
    if (!verified.has(pid) && isKafka(pid)) verified.add(pid); // a process that has just begun is not yet
    return verified.has(pid);
  };
  return (share) => {
    const waited = (pid: number): number => (waits.since(pid) ?? 0) * share;
    const pids = nodes.flatMap(({ service }): [string, number][] => {
      const { pid } = status(service);
      return pid !== undefined && isNode(pid) ? [[service, pid]] : [];
    });
    return {
      nodesMs: Object.fromEntries(pids.map(([service, pid]) => [service, waited(pid)])),
      labMs: waited(process.pid),
      ...(helpers === undefined ? {} : { linksMs: waited(helpers.links) }),
    };
  };
}

/** Of a figure that only grows: how much since the call before. */
function difference(read: () => number | undefined): () => number | undefined {
  let last: number | undefined;
  return () => {
    const [before, now] = [last, read()];
    last = now;
    return before === undefined || now === undefined ? undefined : Math.max(0, now - before);
  };
}

/** No process waits longer than the interval: what more its threads waited is at the same time. */
function eventOf(found: Found, atMs: number, tookMs: number): MachineEvent {
  const atMost = (ms: number): number => rounded(Math.min(ms, tookMs));
  return {
    kind: "machine",
    atMs: rounded(atMs),
    tookMs: rounded(tookMs),
    nodesMs: Object.fromEntries(Object.entries(found.nodesMs).map(([service, ms]) => [service, atMost(ms)])),
    labMs: atMost(found.labMs),
    ...(found.linksMs === undefined ? {} : { linksMs: atMost(found.linksMs) }),
    ...(found.pressureMs === undefined ? {} : { pressureMs: atMost(found.pressureMs) }),
    ...(found.stolenMs === undefined ? {} : { stolenMs: rounded(found.stolenMs) }),
  };
}

function isWorthIt({
  nodesMs,
  labMs,
  linksMs = 0,
  pressureMs: pressure,
  stolenMs: stolen,
}: MachineEvent): boolean {
  const waits = [...Object.values(nodesMs), labMs, linksMs, stolen ?? 0];
  if (Math.max(...waits) >= LEAST_MS) return true;
  return !hasWaits(process.pid) && (pressure ?? 0) >= LEAST_MS; // pressure is all there is
}

/** A tenth of a millisecond: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
