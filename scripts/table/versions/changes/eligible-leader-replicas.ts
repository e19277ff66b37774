// KIP-966: who leads a partition whose ISR shrank below min.insync.replicas to a leader that died.

import { type Description, type PartitionState, readable } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";
import { within } from "../within.ts";

const ELECTED = "a replica that is back leads";
const WAITS = "it waits for its last leader";

export const ELIGIBLE: Change<typeof ELECTED | typeof WAITS> = {
  id: "eligible-leader-replicas",
  name: "KIP-966",
  since: ["4.1.0"],
  question: "the ISR shrank below min.insync.replicas to the leader, which died; a replica is back before it",
  before: WAITS,
  after: ELECTED,
  source:
    "ReplicationControlManager and PartitionChangeBuilder: a replica that leaves an ISR below the minimum " +
    "stays eligible; eligible.leader.replicas.version is 1 for new clusters from 4.1",
  async measure(lab) {
    const { cluster } = lab;
    const topic = "shrinks";
    await cluster.createTopic(topic, { partitions: 3, config: { "min.insync.replicas": "2" } });
    // the controller's broker leads it: of three voters one has to hear of the last follower's end
    const { controller, partitions } = await cluster.describe();
    const { partition, replicas } = partitions.find(
      (one) => one.topic === topic && one.leader === controller,
    )!;
    const leader = controller!;
    const own = (now: Description): PartitionState | undefined =>
      now.partitions.find((one) => one.topic === topic && one.partition === partition);
    const probe = lab.probe({ name: "alone", topic, partition, acks: 1, requestTimeout: "2s" });
    await probe.send();
    const followers = replicas.filter((one) => one !== leader);
    const stopped = [];
    for (const follower of followers) {
      stopped.push(await cluster.stop(follower));
      await cluster.waitFor((now) => own(now)?.isr.includes(follower) === false);
    }
    const alone = 20;
    for (let sent = 0; sent < alone; sent++) await probe.send();
    const killed = await cluster.kill(leader);
    for (const one of stopped) await one.heal();
    const isLed = (now: Description): boolean => ![leader, null].includes(own(now)?.leader ?? null);
    const ledMs = await within(lab, isLed, 16);
    const led = own(await cluster.describe())?.leader;
    await killed.heal();
    await cluster.waitFor("full isr", { timeout: "2m" });
    const { judgement } = await lab.conclude({
      claim: "nothing acknowledged is lost",
      checks: ["noLostWrites"],
      print: false,
      exitCode: false,
    });
    return {
      outcome: ledMs === undefined ? WAITS : ELECTED,
      evidence:
        `leader ${leader} → ${led ?? "none"}` +
        `${ledMs === undefined ? "" : ` ${readable(ledMs)} after the others were back`}; ` +
        `of ${alone} records with acks=1 that ${leader} alone had, ${judgement.counts.lost} were lost`,
    };
  },
};
