// KAFKA-19294: after which a broker gives up the request of a heartbeat.

import { type Description, readable } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";
import { within } from "../within.ts";

const FENCED = "it is fenced";
const SERVES = "it stays in service";

export const HEARTBEAT: Change<typeof FENCED | typeof SERVES> = {
  id: "heartbeat-timeout",
  name: "KAFKA-19294",
  since: ["3.9.2", "4.0.1"],
  question: "a broker's answers from the controller are later than its heartbeat interval, not its session",
  before: SERVES,
  after: FENCED,
  source:
    "BrokerLifecycleManager: the request of a heartbeat is given up after broker.heartbeat.interval.ms, " +
    "before after half of broker.session.timeout.ms",
  async measure(lab) {
    const { cluster } = lab;
    const { brokers, quorum } = await cluster.describe();
    const { broker } = brokers.find(({ nodeId }) => nodeId !== quorum!.nodeId)!;
    const isAway = (now: Description): boolean => !now.brokers.find((one) => one.broker === broker)!.alive;
    const delayed = await lab.net.delay(broker, 400, { path: "controllers" });
    const awayMs = await within(lab, isAway, 4);
    await delayed.heal();
    await cluster.waitFor("all alive");
    return {
      outcome: awayMs === undefined ? SERVES : FENCED,
      evidence:
        `answers 400 ms late, heartbeats every 200 ms, sessions of 1.5 s: broker ${broker} was ` +
        (awayMs === undefined ? "in service for four sessions" : `fenced after ${readable(awayMs)}`),
    };
  },
};
