// KIP-996: what a voter that comes back does to the active controller.

import type { Change } from "../row.ts";
import { within } from "../within.ts";

const DEPOSED = "the controller is deposed";
const KEPT = "the controller stays";

export const PRE_VOTE: Change<typeof DEPOSED | typeof KEPT> = {
  id: "pre-vote",
  name: "KIP-996",
  since: ["4.0.0"],
  question: "a voter that was cut off from the others comes back",
  before: DEPOSED,
  after: KEPT,
  source:
    "KafkaRaftClient: a candidate raises its epoch with each election timeout; since 4.0 a prospective one " +
    "asks first, and raises nothing without a majority",
  async measure(lab) {
    const { cluster } = lab;
    const { brokers, quorum: active } = await cluster.describe();
    const before = active!;
    const cut = brokers.find(({ nodeId }) => nodeId !== before.nodeId)!.broker;
    const isolated = await lab.net.isolate(cut, { path: "controllers" });
    await within(lab, () => false, 4);
    await isolated.heal();
    await cluster.waitFor("all alive");
    await within(lab, ({ quorum }) => quorum !== null && quorum.epoch !== before.epoch, 2);
    const after = (await cluster.waitFor(({ quorum }) => quorum !== null)).quorum!;
    return {
      outcome: after.epoch === before.epoch ? KEPT : DEPOSED,
      evidence:
        `epoch ${before.epoch} → ${after.epoch}, ` + `active controller ${before.nodeId} → ${after.nodeId}`,
    };
  },
};
