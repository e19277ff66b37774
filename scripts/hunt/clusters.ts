// The cluster of a search: one, used again by each schedule, and another one where it is not well any more.

import { type Lab, type LabOptions, startLab } from "@kafka-failure-lab/sdk";

export interface Clusters {
  /** The cluster; started where there is none. */
  lab(): Promise<Lab>;
  /** Ends it: the next schedule has another one. */
  renew(): Promise<void>;
}

/** Events after which a cluster is replaced: a history is kept in memory. */
const MOST_EVENTS = 200_000;

/** Clusters that are started one after the other. */
export function makeClusters(options: LabOptions): Clusters {
  let running: Lab | undefined;
  const clusters: Clusters = {
    async lab() {
      if (running !== undefined && running.run.history.length > MOST_EVENTS) await clusters.renew();
      return (running ??= await startLab(options));
    },
    async renew() {
      const ending = running;
      running = undefined;
      await ending?.close();
    },
  };
  return clusters;
}
