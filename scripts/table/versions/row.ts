// A change between Kafka's versions, as an experiment whose outcome it decides.

import type { Lab, LabOptions } from "@kafka-failure-lab/sdk";
import { compareReleases } from "@kafka-failure-lab/sdk/testing";

/** What an experiment came to on one cluster. */
export interface Seen<Outcome extends string = string> {
  outcome: Outcome;
  /** What shows it: figures, records, log lines. */
  evidence: string;
}

/** One change, and the experiment that has another outcome with it. */
export interface Change<Outcome extends string = string> {
  /** What `--rows` finds. */
  readonly id: string;
  /** The KIP or the bug. */
  readonly name: string;
  /** The first release of each line that has it: `["3.9.2", "4.0.1"]`; lines above the last one have it. */
  readonly since: readonly string[];
  /** What is asked, as a sentence. */
  readonly question: string;
  /** Outcomes without the change and with it. */
  readonly before: Outcome;
  readonly after: Outcome;
  /** Where the mechanism is. */
  readonly source: string;
  /** Of the cluster. @default three brokers, fast timers */
  readonly lab?: ClusterOf;
  measure(lab: Lab, version: OfVersion): Promise<Seen<Outcome>>;
}

/** What differs between the clusters of experiments. */
export type ClusterOf = Partial<Pick<LabOptions, "compose" | "timers" | "properties">>;

/** What an experiment may need beside its cluster, of the same version. */
export interface OfVersion {
  /** Three numbers: `4.0.2`. */
  readonly kafka: string;
  /** Starts a second cluster. @throws LabError as `startLab` */
  start(cluster: ClusterOf): Promise<Lab>;
}

/** Whether a version has a change. */
export function has({ since }: Pick<Change, "since">, version: string): boolean {
  const line = (of: string): string => of.split(".").slice(0, 2).join(".");
  const own = since.find((one) => line(one) === line(version));
  return compareReleases(version, own ?? since.at(-1)!) >= 0;
}

/** What is expected of a version. */
export function expected<Outcome extends string>(change: Change<Outcome>, version: string): Outcome {
  return has(change, version) ? change.after : change.before;
}
