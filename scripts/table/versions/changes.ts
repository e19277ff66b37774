// The changes that are measured, each on three brokers.

import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { type Description, type Lab, type PartitionState, readable } from "@kafka-failure-lab/sdk";
import { comesInTime } from "../../consumers/until.ts";
import type { Change } from "./row.ts";

/** Of the fast timers. */
const SESSION_MS = 1_500;

const ELECTED = "a replica that is back leads";
const WAITS = "it waits for its last leader";

const ELIGIBLE: Change<typeof ELECTED | typeof WAITS> = {
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

const DEPOSED = "the controller is deposed";
const KEPT = "the controller stays";

const PRE_VOTE: Change<typeof DEPOSED | typeof KEPT> = {
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

const FENCED = "it is fenced";
const SERVES = "it stays in service";

const HEARTBEAT: Change<typeof FENCED | typeof SERVES> = {
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

const LATE = "a commit is learnt late";
const AT_ONCE = "a commit is learnt at once";
const IDLE_MS = 2_000;
const ROUNDS = 7;

const HIGH_WATERMARK: Change<typeof LATE | typeof AT_ONCE> = {
  id: "metadata-high-watermark",
  name: "KIP-1166",
  since: ["4.1.0"],
  question: "a record of the metadata log is committed, and no other follows",
  before: LATE,
  after: AT_ONCE,
  source:
    "KafkaRaftClient: since 4.1 a fetch of the metadata log is answered when the high watermark has moved, " +
    "before when the next record came: metadata.max.idle.interval.ms",
  lab: { properties: { "metadata.max.idle.interval.ms": String(IDLE_MS) } },
  async measure(lab) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await lab.cluster.createTopic(`round-${round}`, { partitions: 1 });
      took.push(performance.now() - began);
      await pause(round * 100); // at another place between two idle records
    }
    const middle = took.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
    return {
      outcome: middle > IDLE_MS / 8 ? LATE : AT_ONCE,
      evidence:
        `a topic was known everywhere after ${readable(middle)} (median of ${ROUNDS}); ` +
        `idle records every ${readable(IDLE_MS)}`,
    };
  },
};

/** In the order in which they are measured. */
export const CHANGES: readonly Change[] = [ELIGIBLE, PRE_VOTE, HEARTBEAT, HIGH_WATERMARK];

/** How long until it was so, in milliseconds; undefined where it was not so within so many sessions. */
async function within(
  lab: Lab,
  holds: (now: Description) => boolean,
  sessions: number,
): Promise<number | undefined> {
  const began = performance.now();
  const isSo = await comesInTime(lab.cluster.waitFor(holds, { timeout: sessions * SESSION_MS }));
  return isSo ? performance.now() - began : undefined;
}
