// Why there was a time without acknowledged sends, or without progress of a consumer group: the time cut into
// parts, each with what proves it.

import type { Broker, FaultKind, MemberName } from "../../model/history.ts";
import type { GroupPartKind } from "../../model/group-part.ts";
import type { PartKind, Timer } from "../../model/prediction.ts";

/** What proves a part. */
export type Evidence =
  /** A line in the log of a broker, or of a member of a consumer group. */
  | { readonly kind: "log"; readonly atMs: number; readonly service: string; readonly text: string }
  /** What the cluster said of itself. */
  | { readonly kind: "view"; readonly atMs: number; readonly text: string }
  /** A try on the wire by the client whose outage it is. */
  | {
      readonly kind: "attempt";
      readonly atMs: number;
      readonly tookMs: number;
      readonly value: string;
      readonly text: string;
    }
  /** An event of a consumer group: of one of its members, or seen by asking its coordinator. */
  | { readonly kind: "event"; readonly atMs: number; readonly source: string; readonly text: string }
  /** The fault itself or its healing. */
  | { readonly kind: "fault"; readonly atMs: number; readonly id: string; readonly text: string }
  /** What was measured of the machine: the lab's event loop, or what processes waited for a processor. */
  | { readonly kind: "machine"; readonly atMs: number; readonly text: string }
  /** A setting, with the value that it had. */
  | { readonly kind: "timer"; readonly timer: Timer; readonly text: string };

/** One part of an outage; parts follow each other without a gap between them. */
export interface Part {
  /**
   * As in a prediction, and what only consumer groups wait for; `stalled`: the lab's process stood still,
   * kafkajs clients included; `starved`: the brokers waited for a processor.
   */
  readonly kind: PartKind | GroupPartKind | "stalled" | "starved" | "unexplained";
  readonly fromMs: number;
  readonly toMs: number;
  readonly tookMs: number;
  /** For a person: `until broker 1 was fenced`. */
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

/** One client's time without an acknowledged send. */
export interface ExplainedWindow {
  readonly client: string;
  readonly topic: string;
  /**
   * The partition that the client waited for, from which the evidence is: of a client that writes to several,
   * the one at which its sends were held up.
   */
  readonly partition: number;
  /** The end of the last acknowledged send before it, or the client's first send. */
  readonly fromMs: number;
  /**
   * The end of the first acknowledged send after it, or where nobody was acknowledged any more, the end of
   * watching.
   */
  readonly toMs: number;
  readonly tookMs: number;
  /** False where nobody was acknowledged any more. */
  readonly isOver: boolean;
  /** The faults that lasted during it, by id, the deciding one first. */
  readonly faults: readonly {
    readonly id: string;
    readonly fault: FaultKind;
    readonly targets: readonly Broker[];
  }[];
  readonly parts: readonly Part[];
  /** Sum of the parts that nothing proves. */
  readonly unexplainedMs: number;
  /**
   * `9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election + 0.6 s until the client refreshed its
   * metadata`.
   */
  readonly sentence: string;
}

/** One time in which a partition that a consumer group reads stood still, though it had records to read. */
export interface ExplainedStandstill {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The member that had the partition when it began, or the last one before; null where none had. */
  readonly lostBy: string | null;
  /** The member that processed its next record; null where none did. */
  readonly readBy: string | null;
  /**
   * The last record processed before it, or when the first one could be read where nothing was left unread
   * before.
   */
  readonly fromMs: number;
  /** The first record processed after it, or the end of the group's reading. */
  readonly toMs: number;
  readonly tookMs: number;
  /** False where the partition stood still to the end. */
  readonly isOver: boolean;
  /** How many records waited at its end. */
  readonly waiting: number;
  /** How long after its end the partition had nothing left to read; null where that never came. */
  readonly catchUpMs: number | null;
  /** The faults that lasted during it, by id, the deciding one first; `members` of the group that one hit. */
  readonly faults: readonly (ExplainedWindow["faults"][number] & {
    readonly members?: readonly MemberName[];
  })[];
  readonly parts: readonly Part[];
  /** Sum of the parts that nothing proves. */
  readonly unexplainedMs: number;
  /** `3.2 s = 2.9 s until the session of billing.1 had expired + 0.2 s until all members had joined + …`. */
  readonly sentence: string;
}

/** Every outage of a run. */
export interface Explanation {
  /** Of clients that send. */
  readonly windows: readonly ExplainedWindow[];
  /** Of consumer groups, partition by partition. */
  readonly groups: readonly ExplainedStandstill[];
}

/** What reports take: also an explanation that a version before 0.7 recorded, without groups. */
export type ShownExplanation = Pick<Explanation, "windows"> & Partial<Explanation>;
