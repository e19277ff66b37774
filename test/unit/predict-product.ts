// The product of faults, times, clients and clusters that predictions are held to.

import { fileURLToPath } from "node:url";
import {
  type Circumstances,
  type ComposeClient,
  type ComposeTopic,
  fromCompose,
} from "../../sdk/analysis/predict/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { faultKinds, resolveFault } from "../../sdk/faults/mod.ts";
import type { FaultSpec } from "../../sdk/model/fault.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const own = { retries: 5, initialRetryTime: "300ms", maxRetryTime: "30s" } as const;

/** The options of the kinds that have several; of the others those that are required, with their defaults. */
const OPTIONS: Readonly<Record<string, readonly Record<string, string>[]>> = {
  delay: [
    { delay: "100ms", path: "all" },
    { delay: "3s", path: "all" },
    { delay: "3s", path: "peers" },
    { delay: "3s", path: "controllers" },
    { delay: "40s", path: "all" },
    { delay: "40s", path: "clients" },
  ],
  isolate: [
    { path: "all" },
    { path: "clients" },
    { path: "peers" },
    { path: "controllers" },
    { path: "all", how: "reset" },
    { path: "clients", how: "refuse" },
  ],
};

/** Faults of every kind that is predicted. */
export const SPECS: readonly FaultSpec[] = faultKinds()
  // restarts, elections and settings are in predict-changes.test.ts
  .filter(({ isPredictable, details }) => isPredictable && details === undefined)
  .flatMap(({ kind, options }): FaultSpec[] => {
    const required = Object.entries(options).filter(([, { isRequired }]) => isRequired);
    const usual = Object.fromEntries(required.map(([name, option]) => [name, option.default]));
    return (OPTIONS[kind] ?? [{}]).map((given) => ({ kind, ...usual, ...given }));
  });
/** What nodes that are only controllers take. */
const PROCESSES = ["stop", "kill", "pause"];
export const LASTS: readonly (number | undefined)[] = [undefined, 1000, 8000, 30_000];
export const CLIENTS: Readonly<Record<string, ComposeClient>> = {
  kafkajs: {},
  "kafkajs, cold": { isWarm: false, bootstrap: "one" },
  "kafkajs by itself": { ...own, dropHungConnections: false, bootstrap: "one" },
  "kafkajs, acks 1, idempotent not": { acks: 1, retries: 0 },
  "kafkajs, acks 0": { acks: 0 },
  java: { client: "java" },
  "java, cold": { client: "java", isWarm: false, bootstrap: "one" },
};
interface Cluster {
  files: readonly string[];
  /** Brokers by their numbers, from 1000 on nodes that are only controllers. */
  targets: readonly (readonly number[])[];
  topic?: ComposeTopic;
}
export const CLUSTERS: Readonly<Record<string, Cluster>> = {
  "one broker": { files: ["one-broker"], targets: [[1]] },
  posted: { files: ["as-posted"], targets: [[1], [2]] },
  three: { files: ["three-brokers"], targets: [[1], [3], [2, 3], [1, 2, 3]] },
  "three, one replica": {
    files: ["three-brokers"],
    targets: [[1]],
    topic: { replicationFactor: 1, minIsr: 1 },
  },
  "two, dedicated controllers": {
    files: ["../test/compose/dedicated-controllers"],
    targets: [[3001], [3001, 3002], [1, 3001, 3002], [1]],
  },
  "three, min ISR 3": { files: ["three-brokers"], targets: [[1], [2]], topic: { minIsr: 3 } },
};

/** A fault on a cluster and its client: once until it is healed, then for times that become longer. */
export interface Series {
  name: string;
  on: Circumstances;
  lasting: readonly Circumstances[];
}

/** Walks the product, or what of it is of one cluster and one client. */
export function* product(only: { cluster?: string; client?: string } = {}): Generator<Series> {
  for (const [cluster, { files, targets, topic }] of Object.entries(CLUSTERS)) {
    if ((only.cluster ?? cluster) !== cluster) continue;
    const project = readCompose(
      files.map((name) => `${root}compose/${name}.yml`),
      { env: {}, cwd: root },
    );
    for (const [name, client] of Object.entries(CLIENTS).filter(([one]) => (only.client ?? one) === one)) {
      const fault = resolveFault({ kind: "kill" }, [1]);
      const base = fromCompose(project, { fault, client, leader: 1, ...(topic && { topic }) });
      for (const whom of targets)
        for (const spec of SPECS) yield* series(`${cluster}; ${name}`, base, whom, spec);
    }
  }
}

function* series(
  name: string,
  base: Circumstances,
  whom: readonly number[],
  { kind, ...how }: FaultSpec,
): Generator<Series> {
  const brokers = whom.filter((one) => one < 1000);
  const controllers = whom.filter((one) => one >= 1000);
  if (controllers.length > 0 && !PROCESSES.includes(kind)) return;
  const [on, ...lasting] = LASTS.map((lasts): Circumstances => {
    const spec = { kind, ...how, ...(lasts !== undefined && { lasts }) };
    return { ...base, fault: resolveFault(spec, brokers, controllers) };
  });
  const words = [kind, ...Object.values(how).map(String)].join(" ");
  yield { name: `${name}; ${words} of ${whom.join(", ")}`, on: on!, lasting };
}
