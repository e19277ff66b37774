// Groups of brokers are cut off from each other; clients reach all of them.

import type { Broker } from "../model/broker.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { NetFault } from "../model/traffic.ts";
import type { FaultDefinition } from "./definition.ts";

/** A fault that separates groups of brokers, as a value. */
export interface SplitSpec extends FaultSpec {
  readonly kind: "split";
  /** Groups of broker numbers; brokers that are in none form one more group. */
  readonly groups: readonly (readonly Broker[])[];
}

export const split: FaultDefinition = {
  kind: "split",
  about: "groups of brokers are cut off from each other",
  noun: "split",
  healed: "healed",
  options: {
    groups: { type: "groups", about: "groups of broker numbers", isRequired: true },
  },
  isPredictable: false,
  target: (spec, brokers) => partsOf(spec, brokers).flat(),
  asked: (spec, brokers) =>
    partsOf(spec, brokers)
      .map((group) => group.join(", "))
      .join(" | "),
  network(spec, targets) {
    const parts = partsOf(spec, targets);
    const others = (index: number): Broker[] => parts.filter((_, other) => other !== index).flat();
    const cut = { kind: "isolate", how: "drop", path: "all", direction: "both" } as const;
    return parts.flatMap((group, index) =>
      group.map((broker): NetFault => ({ ...cut, broker, between: others(index) })),
    );
  },
};

/** The groups, with the brokers that are in none as one of their own. */
function partsOf(spec: FaultSpec, brokers: readonly Broker[]): (readonly Broker[])[] {
  const { groups } = spec as SplitSpec;
  const given = groups.filter((group) => group.length > 0).map((group) => [...new Set(group)]);
  const named = given.flat();
  const twice = named.find((broker, index) => named.indexOf(broker) !== index);
  if (twice !== undefined) throw new RangeError(`Cannot split: broker ${twice} is in two groups`);
  const others = brokers.filter((broker) => !named.includes(broker));
  const parts = others.length === 0 ? given : [...given, others];
  if (parts.length >= 2) return parts;
  throw new RangeError(
    `Cannot split into ${parts.length === 0 ? "no group" : "one group"}: ` +
      "expected two groups of brokers or more, such as [[1], [2, 3]]",
  );
}
