// What a fault on members does to their processes.

import { kindOf } from "../../../faults/mod.ts";
import type { ProcessEffect } from "../../../model/fault.ts";
import type { MemberFaultFacts } from "./circumstances.ts";

/** What happens to the processes of the members. */
export function memberProcess({ kind, process }: MemberFaultFacts): ProcessEffect | undefined {
  return process ?? kindOf(kind)?.process;
}
