// What Linux says of processors: how long a process's threads waited for one, how long any task of the
// machine did, and what a hypervisor took. Where a system has no such files, nothing is returned.
//
//   /proc/PID/task/TID/schedstat   "ran waited slices", nanoseconds     kernel: sched_info.run_delay
//   /proc/pressure/cpu             "some … total=N", microseconds       kernel: Documentation/accounting/psi
//   /proc/stat                     "cpu … steal …", ticks of 10 ms      proc(5)

import { readdirSync, readFileSync } from "node:fs";

/** Reads the processor waits of processes, each from one call to the next. */
export interface ProcessorWaits {
  /**
   * How long the process's threads waited since the call before, in milliseconds, added up; undefined at the
   * first call, and where the process is not to be seen.
   */
  since(pid: number): number | undefined;
}

/** By thread, how long it has waited since it began, in nanoseconds; null for one that is not counted. */
type Threads = Map<string, number | null>;

/**
 * Threads for which no send waits: JIT compilers, housekeeping of the JVM, and of Kafka. They are a third to
 * a half of a broker's, and each costs a read.
 */
const NOT_COUNTED = new RegExp(
  "^(C1 |C2 |Sweeper|Reference|Finalizer|Signal |Service |Monitor |Notif|VM Periodic|Common-|Sensor" +
    "|metrics-|Expiration|Throttled|kafka-log-|LogDir)",
);

/** Makes a reader of waits. Reading a broker's costs some 30 small files, about half a millisecond. */
export function processorWaits(): ProcessorWaits {
  const processes = new Map<number, Threads>();
  return {
    since(pid) {
      const ids = threadsOf(pid);
      if (ids === undefined) {
        processes.delete(pid);
        return undefined;
      }
      const before = processes.get(pid);
      const now: Threads = new Map();
      let nanoseconds = 0;
      for (const id of ids) {
        const known = before?.get(id);
        const waited =
          known === null || (known === undefined && !isCounted(pid, id)) ? null : waitOf(pid, id);
        now.set(id, waited);
        if (waited !== null) nanoseconds += Math.max(0, waited - (known ?? 0));
      }
      processes.set(pid, now);
      return before === undefined ? undefined : nanoseconds / 1e6;
    },
  };
}

function threadsOf(pid: number): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return undefined;
  }
}

function isCounted(pid: number, id: string): boolean {
  return !NOT_COUNTED.test(textOf(`/proc/${pid}/task/${id}/comm`) ?? "");
}

/** Zero for a thread that has just ended. */
function waitOf(pid: number, id: string): number {
  return Number(textOf(`/proc/${pid}/task/${id}/schedstat`)?.split(" ")[1] ?? 0);
}

/** Whether a process is a Kafka node's: a process id that docker reports may be another machine's. */
export function isKafka(pid: number): boolean {
  return textOf(`/proc/${pid}/cmdline`)?.includes("kafka.Kafka") ?? false;
}

/** Whether the kernel counts the waits of a process's threads. */
export function hasWaits(pid: number): boolean {
  return textOf(`/proc/${pid}/schedstat`) !== undefined;
}

/** How long any task has waited for a processor since the machine's start, in milliseconds. */
export function pressureMs(): number | undefined {
  const total = /^some .*total=(\d+)/m.exec(textOf("/proc/pressure/cpu") ?? "")?.[1];
  return total === undefined ? undefined : Number(total) / 1000;
}

/** How much time a hypervisor has taken since the machine's start, over all processors, in milliseconds. */
export function stolenMs(): number | undefined {
  const ticks = textOf("/proc/stat")?.split("\n", 1)[0]?.split(/\s+/)[8];
  return ticks === undefined ? undefined : Number(ticks) * 10;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}
