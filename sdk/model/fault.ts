// What a fault is.

/** The kinds of faults. */
export type FaultKind =
  | "stop"
  | "kill"
  | "pause"
  | "delay"
  | "lose"
  | "throttle"
  | "isolate"
  | "split"
  | "duplicate"
  | "reorder"
  | "corrupt"
  | "fill"
  | "hang";
