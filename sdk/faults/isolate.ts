// A broker is cut off.

import type { FaultDefinition } from "./definition.ts";
import type { Isolation } from "../model/traffic.ts";
import { networkFault, type NetworkSpec, scopeOf, wordOf } from "./network.ts";

/** A fault that isolates brokers, as a value. */
export interface IsolateSpec extends NetworkSpec {
  readonly kind: "isolate";
  /** What becomes of connections: they hang, they are reset, or only new ones are refused. @default "drop" */
  readonly how?: Isolation["how"];
}

export const WAYS: readonly Isolation["how"][] = ["drop", "reset", "refuse"];

export const isolate: FaultDefinition = networkFault({
  kind: "isolate",
  about: "nothing gets through",
  noun: "isolation",
  isPredictable: true,
  options: {
    how: { type: WAYS, about: "connections hang, are reset, or new ones are refused", default: "drop" },
  },
  on: (spec) => {
    const how = wordOf(spec, "how", WAYS, "drop");
    const scope = scopeOf(spec, "both");
    return (broker) => ({ kind: "isolate", how, broker, ...scope });
  },
});
