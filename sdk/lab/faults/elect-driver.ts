// Injects an election of leaders: Kafka's request, and its answer as the proof. It cannot be taken back.

import { performance } from "node:perf_hooks";
import type { ElectSpec } from "../../faults/mod.ts";
import type { ElectedPartition, ElectionKind, ElectionTarget } from "../../model/election.ts";
import type { Observation } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { Driver } from "./driver.ts";
import { once } from "./network-driver.ts";

/** Elects, and waits until the elected lead; rejects for what Kafka refuses. */
export type ElectLeaders = (
  kind: ElectionKind,
  of: ElectionTarget,
  options: { signal?: AbortSignal },
) => Promise<{ readonly partitions: readonly ElectedPartition[] }>;

export function electDriver(elect: ElectLeaders): Driver {
  return ({ spec, signal }) => {
    const { election, of = "all" } = spec as ElectSpec;
    let partitions: readonly ElectedPartition[] = [];
    return {
      act: once(async () => {
        const began = performance.now();
        ({ partitions } = await elect(election, of, signal ? { signal } : {}));
        return { effectAt: began, tookMs: performance.now() - began, via: `ElectLeaders, ${election}` };
      }),
      // Kafka has no request that takes an election back
      undo: () => Promise.resolve(undefined),
      isUndone: () => true,
      proof: () =>
        partitions.length === 0
          ? undefined
          : { measured: [], counted: {}, unmeasured: [], observed: partitions.map(observation) },
    };
  };
}

function observation(one: ElectedPartition): Observation {
  const after = one.after === null ? "no leader" : `broker ${one.after}`;
  return {
    what: `the leader of ${partitionName(one)}`,
    expected: one.result === "elected" ? after : `${after}, ${one.result}`,
    measured: after,
    holds: true,
  };
}
