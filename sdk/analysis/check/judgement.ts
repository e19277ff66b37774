// What `check` is asked for, and what it returns.
import type { Duration } from "../../model/duration.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Arrivals } from "./arrivals.ts";
import type { LongestAckGap } from "./ack-timeline.ts";
import type { Availability } from "./availability.ts";
import type { Duplication } from "./duplicates.ts";
import type { GapsByFault } from "./fault-gaps.ts";
import { GROUP_CHECKERS, type GroupCheck, type GroupCheckOptions } from "./groups/judged.ts";
import type { MachineShare } from "./machine.ts";
import type { NoLostWrites } from "./no-lost-writes.ts";
import type { NoPhantomWrites } from "./no-phantom-writes.ts";
import type { Ordering } from "./order.ts";
import type { Progress } from "./progress.ts";
import type { Recovery } from "./recovery.ts";

/** Any checker's result; `checker` is its name. */
export type Check =
  | NoLostWrites
  | NoPhantomWrites
  | Duplication
  | Ordering
  | Availability
  | Progress
  | Recovery
  | Arrivals
  | GroupCheck;

/** The name of a checker. */
export type CheckerName = Check["checker"];

/** Every checker, in the order of `Judgement.checks`. */
export const CHECKERS: readonly CheckerName[] = Object.freeze([
  "noLostWrites",
  "noPhantomWrites",
  "duplicates",
  "order",
  "availability",
  "progress",
  "recovery",
  "arrivals",
  ...GROUP_CHECKERS,
] satisfies CheckerName[]);

/** Options of `check`. */
export interface CheckOptions extends GroupCheckOptions {
  /**
   * The checkers whose verdicts are merged. A limit adds its checker.
   *
   * @default ["noLostWrites", "noPhantomWrites", "duplicates", "order", "availability"], "arrivals" where a
   *   topic was watched, those of consumer groups ("processedAll" to "committedReads") where a group read,
   *   and "transformedAll" where one wrote to another topic; where no probe sent, only the latter three
   */
  checks?: readonly CheckerName[];
  /**
   * The longest time without an acknowledged send that any client may have, and without an arrival on a
   * watched topic during a fault. @default no limit
   */
  gapLimit?: Duration;
  /** The longest time from a heal to the next acknowledgement. @default no limit */
  recoveryLimit?: Duration;
}

/** What a history proves. */
export interface Judgement {
  /** The merged verdict of `checks`. */
  verdict: Verdict;
  /** The checkers that were asked for, in a fixed order. */
  checks: readonly Check[];
  /** Counts of every send and record in scope, whatever was asked for. */
  counts: Counts;
  /**
   * The longest gap between acknowledged sends over the whole run, all clients as one; null where nobody
   * sent.
   */
  gap: LongestAckGap | null;
  /** The longest gaps of each client, apart for each fault. */
  gaps: GapsByFault;
  /** One row a client that sent, in order of first appearance. */
  clients: readonly ClientTally[];
  /**
   * What the machine kept from lab and brokers, from the first fault (else from the first send) to the end:
   * where it `isBusy`, a claim on times is better inconclusive than failed.
   */
  machine: MachineShare;
}

/** Counts of sends and records. */
export interface Counts {
  /** Every send. */
  sent: number;
  /** Sends with outcome `ok`. */
  acknowledged: number;
  /** Sends with outcome `fail`, without those that were under way at the end. */
  failed: number;
  /** Sends with outcome `info`, without those that were under way at the end. */
  unknown: number;
  /** Sends that the lab ended, as `conclude` does, before they were acknowledged or had failed. */
  underWay: number;
  /** Those with an unknown outcome that are in the readback. */
  unknownFound: number;
  /** Acknowledged, and missing from a partition that was read to its end. */
  lost: number;
  /** Acknowledged, and not known whether lost. */
  undecided: number;
  /** Records beyond one of each value. */
  duplicates: number;
  /** Sends with outcome `fail` that are in the log. */
  failedButPresent: number;
  /** Records behind one whose send began after their acknowledgement. */
  outOfOrder: number;
  /** Records of other producers: no send of the run, in scope or not, has their value. */
  foreign: number;
}

/** One client's sends by outcome, and its longest gap. */
export interface ClientTally {
  client: string;
  sent: number;
  acknowledged: number;
  failed: number;
  unknown: number;
  /** Sends that the lab ended before they were acknowledged or had failed. */
  underWay: number;
  gap: LongestAckGap | null;
}
