// Leaders are elected because somebody asks for it, as kafka-leader-election.sh does.

import type { ElectionKind, ElectionTarget } from "../model/election.ts";
import { describeElection, electionScope } from "../model/election-text.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { FaultDefinition } from "./definition.ts";

/** An election of leaders, as a value. */
export interface ElectSpec extends FaultSpec {
  readonly kind: "elect";
  readonly election: ElectionKind;
  /** The partitions. @default "all" */
  readonly of?: ElectionTarget;
}

export const elect: FaultDefinition = {
  kind: "elect",
  about: "leaders are elected: the preferred ones, or of partitions without a leader any replica",
  noun: "election",
  healed: "over",
  takes: "leaders",
  isPredictable: true,
  // Kafka has no request that takes an election back
  endsByItself: true,
  options: {
    election: { type: ["preferred", "unclean"], about: "which replica leads", isRequired: true },
    of: { type: "partitions", about: "a partition, a topic, or all", default: "all" },
  },
  details: (spec) => {
    const { election: kind, of = "all" } = spec as ElectSpec;
    return { election: { kind, of } };
  },
  resources: (spec) => [leadersOf((spec as ElectSpec).of ?? "all")],
  asked: ({ election }) => `${election as ElectionKind} leader`,
};

/** `leader of orders-3`, `leaders of topic orders`, `leaders of all partitions`. */
function leadersOf(of: ElectionTarget): string {
  const isOne = electionScope(of)?.partition !== undefined;
  return `${isOne ? "leader" : "leaders"} of ${describeElection(of)}`;
}
