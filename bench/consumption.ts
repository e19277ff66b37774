// What processes have used, from /proc.

import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) on every Linux that Node runs on

/** What processes used together. */
export interface Consumption {
  /** User and system time since their start. */
  cpuSeconds: number;
  /** Resident memory now; pages shared between them are counted for each. */
  residentMb: number;
}

/** Sums up what the processes have used so far; not a number where there is no /proc. */
export function consumption(pids: readonly number[]): Consumption {
  const used = pids.map(consumed);
  return {
    cpuSeconds: used.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    residentMb: used.reduce((sum, { residentMb }) => sum + residentMb, 0),
  };
}

/** Processor time of this process's children that have ended, in seconds. */
export function endedCpuSeconds(): number {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}

function consumed(pid: number): Consumption {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // from the third field on: state, ppid, …
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      residentMb: kilobytes / 1024,
    };
  } catch {
    return { cpuSeconds: NaN, residentMb: NaN };
  }
}
