// What `lab.predict` is asked besides the fault.

import type { ProbeOptions } from "../../client/settings.ts";
import type { Duration } from "../../model/duration.ts";
import type { Group } from "../groups/group.ts";
import type { Probe } from "../workload/probe.ts";

/** Options of `lab.predict`. */
export interface PredictOptions {
  /**
   * Whose sends are predicted: a probe, its name, or the settings of one that is created after the fault.
   *
   * @default the lab's default probe
   */
  client?: string | Probe | (ProbeOptions & { name: string });
  /**
   * The topic that the client writes to. @default the client's; without a client, the only probe that writes
   * to this topic is meant
   */
  topic?: string;
  /**
   * The partitions that the client writes to, by their numbers.
   *
   * @default those of its loads that run; without one, those that it has written to, else all of the topic.
   *   Of more than 100 partitions only the first of each leader, replicas and ISR
   */
  partitions?: readonly number[];
  /** How long the fault lasts. @default the fault's own `lasts`, otherwise until it is healed */
  lasts?: Duration;
}

/** Options of `lab.predict` for a consumer group. */
export interface GroupPredictOptions {
  /** The group, or its name: one that `lab.group` has started. */
  group: string | Group;
  /** How long the fault lasts. @default the fault's own `lasts`, otherwise until it is healed */
  lasts?: Duration;
  /**
   * Records that reach the group's topic a second, all senders together: how many are processed again, or
   * skipped, depends on it.
   *
   * @default the highest rate of the last ten seconds; where nothing was sent in them, any rate
   */
  perSecond?: number;
}

/** Whether a prediction's client is a probe: an object, or `lab.probe`, which is a function. */
export function isProbe(client: PredictOptions["client"] | null): client is Probe {
  return (typeof client === "object" || typeof client === "function") && client !== null && "send" in client;
}
