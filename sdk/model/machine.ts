// What the machine kept from the lab and from the brokers: a run's figures of how busy and how fast it was.

/**
 * A time in which an event loop stood still: no timer fired, no answer was read, and where it is that of
 * kafkajs clients, they sent nothing.
 *
 * Measured with a timer every 25 ms; recorded from 50 ms on. `atMs` is when the timer was due.
 */
export interface StallEvent {
  kind: "stall";
  atMs: number;
  tookMs: number;
  /**
   * Whose it is: of the thread of kafkajs clients; of the lab, which does not keep them waiting; or of both,
   * where a runtime has no thread for clients.
   */
  thread: "clients" | "lab" | "both";
}

/**
 * How long processes waited for a processor during an interval of about 250 ms.
 *
 * The waits are Linux's run-queue wait (`run_delay`, the second field of `/proc/PID/task/TID/schedstat`):
 * milliseconds in which a thread could run and did not, summed over the process's threads without the JVM's
 * JIT compilers and housekeeping, and at most the interval. Not recorded where nothing waited for 10 ms, and
 * on systems without these files.
 */
export interface MachineEvent {
  kind: "machine";
  atMs: number;
  tookMs: number;
  /** By service: the nodes' processes. */
  nodesMs: Readonly<Record<string, number>>;
  /** The lab's own process, kafkajs clients included. */
  labMs: number;
  /** The links in front of the local engine's brokers. */
  linksMs?: number;
  /** Pressure stall information: while any task of the machine waited (`some` of `/proc/pressure/cpu`). */
  pressureMs?: number;
  /**
   * Time that a hypervisor gave to others, over all processors: `steal` of `/proc/stat`, in steps of 10 ms.
   */
  stolenMs?: number;
}

/** The machine that a run was made on, as measured while its brokers booted. */
export interface MachineFacts {
  /** How many processors the lab may use. */
  processors: number;
  /** The shortest of several turns of a fixed piece of work, in milliseconds. */
  workMs: number;
  /**
   * How many times as long that is as on the machine from which the predictions' figures are; 1 where it is
   * not clearly longer.
   */
  slower: number;
  /** What is sampled: `run-queue wait`, `pressure`, `steal`; none on systems without `/proc`. */
  samples: readonly string[];
}
