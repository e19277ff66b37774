// How long it takes from the call of a verb to its effect on the process, as /proc shows it while the call is
// under way.
//
// The same is done to an idle child by the bare system call: on a busy machine that tells how much of the
// time is the machine's.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { type Broker, type Cluster, type Lab, startLab } from "@kafka-failure-lab/sdk";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

/** Milliseconds until each effect, one for each run. */
type Effects = Record<"kill" | "pause" | "start", number[]>;

/** Measures kill, pause and start by their effect, and stop against a bare SIGTERM. */
export async function latency({ runs = 10, folder, say }: PartOptions): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "local",
    scenario: "bench-latency",
    runs: folder,
    timers: "fast",
    onProgress: say,
  });
  const effects: Effects = { kill: [], pause: [], start: [] };
  const idle: Effects = { kill: [], pause: [], start: [] };
  const bareKills: number[] = [];
  const ends: Record<"stop" | "bare", number[]> = { stop: [], bare: [] };
  for (let run = 1; run <= runs; run++) {
    const broker = await bystander(lab);
    await byVerbs(lab.cluster, broker, effects);
    await onIdle(idle);
    await settled(lab);
    bareKills.push(await killedBare(lab.cluster, broker));
    await settled(lab);
    // first the one, then the other, and the other way round in the next run
    for (const how of run % 2 === 0 ? (["bare", "stop"] as const) : (["stop", "bare"] as const)) {
      ends[how].push(await ending(lab, broker, how));
      await lab.cluster.start(broker);
      await settled(lab);
    }
    say(
      `latency ${run} of ${runs}: stop ${ends.stop.at(-1)!.toFixed(0)} ms, bare SIGTERM ` +
        `${ends.bare.at(-1)!.toFixed(0)} ms`,
    );
  }
  const within = [{ statistic: "median", atMost: 5 }] as const;
  return [
    figure("latency: kill → process gone", "ms", effects.kill, within),
    figure("latency: bare SIGKILL to a broker until the process is gone", "ms", bareKills),
    figure("latency: the same to an idle child, bare", "ms", idle.kill),
    figure("latency: pause → state T", "ms", effects.pause, within),
    figure("latency: the same to an idle child, bare", "ms", idle.pause),
    figure("latency: start → new process", "ms", effects.start, within),
    figure("latency: the same to an idle child, bare", "ms", idle.start),
    figure("latency: cluster.stop", "ms", ends.stop),
    figure("latency: bare SIGTERM until the process is gone", "ms", ends.bare),
    figure("latency: stop / bare SIGTERM", "ratio", pairwise(ends.stop, ends.bare), [
      { statistic: "median", atMost: 1.1 },
    ]),
  ];
}

/** A broker that neither leads the topic nor controls: its end is the same every time. */
async function bystander({ cluster, topic }: Lab): Promise<Broker> {
  const { brokers, controller, partitions } = await settled({ cluster });
  const led = partitions.find((one) => one.topic === topic);
  return brokers.find(({ broker }) => broker !== controller && broker !== led?.leader)!.broker;
}

/**
 * Every broker answers, too: one that was started a moment ago may still be held for alive from before, and
 * has no handler for SIGTERM yet.
 */
async function settled({ cluster }: Pick<Lab, "cluster">): ReturnType<Cluster["waitFor"]> {
  await cluster.waitFor("all alive");
  return await cluster.waitFor(
    ({ brokers, controller, partitions }) =>
      controller !== null &&
      brokers.every(({ alive }) => alive) &&
      partitions.every(({ isr, replicas }) => isr.length === replicas.length),
  );
}

async function pidOf(cluster: Cluster, broker: Broker): Promise<number> {
  return (await cluster.describe()).brokers.find((one) => one.broker === broker)!.pid!;
}

/** Calls, and looks at the process whenever the call lets go of the thread; returns milliseconds. */
async function untilSeen(call: () => Promise<unknown>, isSeen: () => boolean): Promise<number> {
  const began = performance.now();
  const called = call();
  while (!isSeen()) await new Promise((resolve) => setImmediate(resolve));
  const tookMs = performance.now() - began;
  await called;
  return tookMs;
}

/** Freezes, ends and starts a broker by the lab's verbs; it may not serve yet. */
async function byVerbs(cluster: Cluster, broker: Broker, into: Effects): Promise<void> {
  const pid = await pidOf(cluster, broker);
  into.pause.push(
    await untilSeen(
      () => cluster.pause(broker),
      () => stateOf(pid) === "T",
    ),
  );
  await cluster.start(broker);
  into.kill.push(
    await untilSeen(
      () => cluster.kill(broker),
      () => isGone(pid),
    ),
  );
  const before = new Set(children());
  into.start.push(
    await untilSeen(
      () => cluster.start(broker, { timeout: 0 }),
      () => children().some((child) => !before.has(child) && isBroker(child)),
    ),
  );
}

/** Starts, freezes and ends a child that does nothing. */
async function onIdle(into: Effects): Promise<void> {
  const started = performance.now();
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const ended = once(child, "exit");
  into.start.push(performance.now() - started); // spawn returns when the new program runs
  const pid = child.pid!;
  into.pause.push(
    await untilSeen(
      async () => process.kill(pid, "SIGSTOP"),
      () => stateOf(pid) === "T",
    ),
  );
  into.kill.push(
    await untilSeen(
      async () => process.kill(pid, "SIGKILL"),
      () => isGone(pid),
    ),
  );
  await ended;
}

/** What of a kill is the kernel's, which takes a Java process and all of its threads down. */
async function killedBare(cluster: Cluster, broker: Broker): Promise<number> {
  const pid = await pidOf(cluster, broker);
  const tookMs = await untilSeen(
    async () => process.kill(pid, "SIGKILL"),
    () => isGone(pid),
  );
  await noticed(cluster, broker);
  await cluster.start(broker);
  return tookMs;
}

async function ending({ cluster }: Lab, broker: Broker, how: "stop" | "bare"): Promise<number> {
  const pid = await pidOf(cluster, broker);
  const began = performance.now();
  if (how === "stop") await cluster.stop(broker, { timeout: "60s" });
  else {
    process.kill(pid, "SIGTERM");
    while (!isGone(pid)) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const tookMs = performance.now() - began;
  await noticed(cluster, broker);
  return tookMs;
}

/** To the lab a bare end is an accident, which would end a wait: looks until it has noticed. */
async function noticed(cluster: Cluster, broker: Broker): Promise<void> {
  while ((await cluster.describe()).brokers.some((one) => one.broker === broker && one.state !== "stopped"));
}

/** The state that /proc shows, or undefined where there is no such process. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat[stat.lastIndexOf(")") + 2];
  } catch {
    return undefined;
  }
}

function isGone(pid: number): boolean {
  const state = stateOf(pid);
  return state === undefined || state === "Z" || state === "X";
}

function children(): number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "latin1")
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);
}

function isBroker(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("\0kafka.Kafka\0");
  } catch {
    return false;
  }
}
