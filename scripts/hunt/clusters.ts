// The cluster of a search: one, used again by each schedule, and another one where it is not well any more.

import process from "node:process";
import { type Lab, type LabOptions, startLab } from "@kafka-failure-lab/sdk";
import { SIGNALS } from "../signals.ts";

export interface Clusters {
  /** The cluster; started where there is none. */
  lab(): Promise<Lab>;
  /** Ends it: the next schedule has another one. */
  renew(): Promise<void>;
  /** Rejects with what a search threw; not on Ctrl-C: the lab heals then, and ends the program. */
  failed(error: unknown): Promise<never>;
}

/** Events after which a cluster is replaced: a history is kept in memory. */
const MOST_EVENTS = 200_000;
/** Clusters that are started one after the other. */
export function makeClusters(options: LabOptions): Clusters {
  let running: Lab | undefined;
  let starting: Promise<Lab> | undefined;
  let isInterrupted = false;
  for (const [signal, code] of SIGNALS)
    process.once(signal, () => {
      isInterrupted = true;
      if (running === undefined && starting === undefined) process.exit(code);
    });
  const clusters: Clusters = {
    async lab() {
      if (running !== undefined && running.run.history.length > MOST_EVENTS) await clusters.renew();
      if (running !== undefined) return running;
      starting = startLab(options);
      running = await starting.finally(() => (starting = undefined));
      return running;
    },
    async renew() {
      const ending = running;
      running = undefined;
      await ending?.close();
    },
    failed: (error) => (isInterrupted ? new Promise<never>(() => {}) : Promise.reject(error as Error)),
  };
  return clusters;
}
