// The cluster of the tests of consumer groups: three brokers that take short sessions, and groups that do not
// wait for their first members.

import { type Lab, startLab } from "@kafka-failure-lab/sdk";

/** Starts it with the topic `orders`; `runs` is the folder of its runs. */
export function startGroupLab(scenario: string, runs: string, partitions: number): Promise<Lab> {
  return startLab({
    engine: "local",
    timers: "fast",
    topic: { name: "orders", partitions },
    properties: { "group.min.session.timeout.ms": "1000", "group.initial.rebalance.delay.ms": "0" },
    recording: false,
    scenario,
    runs,
    onProgress: false,
  });
}
