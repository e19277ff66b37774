// Why there was a time without acknowledged sends: the time cut into parts, each with what proves it.

import type { Broker, FaultKind } from "../../model/history.ts";
import type { PartKind, Timer } from "../../model/prediction.ts";

/** What proves a part. */
export type Evidence =
  /** A line in a broker's log. */
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
  /** The fault itself or its healing. */
  | { readonly kind: "fault"; readonly atMs: number; readonly id: string; readonly text: string }
  /** A setting, with the value that it had. */
  | { readonly kind: "timer"; readonly timer: Timer; readonly text: string };

/** One part of an outage; parts follow each other without a gap between them. */
export interface Part {
  readonly kind: PartKind | "unexplained";
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

/** Every outage of a run. */
export interface Explanation {
  readonly windows: readonly ExplainedWindow[];
}
