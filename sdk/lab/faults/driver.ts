// What makes a fault real, and takes it back.

import type { FaultDefinition } from "../../faults/mod.ts";
import type { FaultSpec, ResolvedFault } from "../../model/fault.ts";
import type { Injection } from "./injection.ts";

/** A fault that is about to be injected. */
export interface Order {
  spec: FaultSpec;
  definition: FaultDefinition;
  fault: ResolvedFault;
  asked: string;
  /** Whether to measure that it acts. */
  prove: boolean;
  signal: AbortSignal | undefined;
}

/** How an order is carried out. */
export type Acts = Pick<Injection, "act" | "undo" | "isUndone" | "proof">;

/**
 * Says how a fault is injected and undone; nothing has happened yet.
 *
 * @throws LabError COMMAND_FAILED, UNSUPPORTED where it cannot be injected now
 */
export type Driver = (order: Order) => Acts | Promise<Acts>;
