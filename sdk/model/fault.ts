// What a fault is.

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
