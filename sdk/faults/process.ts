// Faults of a process: a broker's, or that of a member of a consumer group.

import type { ProcessEffect } from "../model/fault.ts";
import type { FaultDefinition, FaultOption } from "./definition.ts";

interface ProcessKind {
  kind: string;
  about: string;
  process: ProcessEffect;
  healed: string;
  options?: Readonly<Record<string, FaultOption>>;
}

/** A kind whose effect is on the process alone. */
export function processFault({ options = {}, ...kind }: ProcessKind): FaultDefinition {
  return { ...kind, noun: kind.kind, options, takes: "both", isPredictable: true };
}
