// KIP-1066: log directories that get no new partitions.

import { setTimeout as pause } from "node:timers/promises";
import { faults, type Lab, LabError } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";

const PLACED = "new partitions are placed on it";
const PASSED_OVER = "no new partition is placed on it";

const BROKER = 3;
const PARTITIONS = 12;
/** So many topics are created at most, where the broker has the setting and where it does not know it. */
const MOST = 30;
const FEW = 3;
/** Of the fast timers. */
const HEARTBEAT_MS = 200;

export const CORDONED: Change<typeof PLACED | typeof PASSED_OVER> = {
  id: "cordoned-log-dirs",
  name: "KIP-1066",
  since: ["4.3.0"],
  question: "cordoned.log.dirs=* is set on a broker that is to be emptied, and a topic is created",
  before: PLACED,
  after: PASSED_OVER,
  source:
    "BrokerHeartbeatManager.UsableBrokerIterator passes over brokers without a directory that is not " +
    "cordoned; before 4.3 there is no such setting, and a broker takes settings that it does not know",
  async measure(lab) {
    const { cluster } = lab;
    const isKnown = await cordon(lab);
    const placed: number[] = [];
    // the controller hears of it with a heartbeat
    while (placed.length < (isKnown ? MOST : FEW) && placed.at(-1) !== 0) {
      const topic = `placed-${placed.length + 1}`;
      await cluster.createTopic(topic, { partitions: PARTITIONS, replicationFactor: 1 });
      const { partitions } = await cluster.describe();
      placed.push(partitions.filter((one) => one.topic === topic && one.replicas.includes(BROKER)).length);
      await pause(HEARTBEAT_MS);
    }
    return {
      outcome: placed.at(-1) === 0 ? PASSED_OVER : PLACED,
      evidence:
        `of ${PARTITIONS} partitions with one replica broker ${BROKER} had ${placed.join(", ")}, ` +
        `in ${placed.length} topics one after the other; ` +
        (isKnown ? "it has the setting" : "no error, and it does not list the setting"),
    };
  },
};

/** Sets it; returns whether the broker says afterwards that it has it. */
async function cordon(lab: Lab): Promise<boolean> {
  const spec = faults.reconfigure({ broker: BROKER }, { "cordoned.log.dirs": "*" });
  try {
    await lab.inject(spec);
    return true;
  } catch (error) {
    if (!(error instanceof LabError && error.code === "NOT_EFFECTIVE")) throw error;
    await lab.inject(spec, { prove: false }); // what could not be confirmed was put back
    return false;
  }
}
