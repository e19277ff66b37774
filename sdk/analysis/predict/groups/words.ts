// Why a group's prediction says what it does, a sentence each.

import type { GroupReasonCode } from "../../../model/group-prediction.ts";
import type { GroupCircumstances } from "./circumstances.ts";

const SAID: Readonly<Record<GroupReasonCode, string | ((circumstances: GroupCircumstances) => string)>> = {
  untouched: "The fault touches nothing that the group needs.",
  "leader moves": "Another broker becomes leader, and the members fetch from it.",
  "no leader": "A partition that the group reads has no leader while the fault lasts.",
  "isr shrinks":
    "A record can be read when every in-sync replica has it, so reading and commits wait until " +
    "one that is gone has left the ISR.",
  "leader unreachable":
    "The members reach the broker no more, and the cluster has no reason to elect another.",
  "stale leader":
    "The old leader goes on answering with nothing new, until the members ask for metadata again.",
  "silent broker": "A silent broker is noticed when a request to it times out.",
  "late answers": "Every answer of the broker is late.",
  "too late": ({ group }) =>
    "The answers come after the client's " +
    `${group.client === "java" ? "request.timeout.ms" : "requestTimeout"}, which closes the connection.`,
  "coordinator moves":
    "The new coordinator loads the group from __consumer_offsets and begins each session anew.",
  "no coordinator":
    "The group's partition of __consumer_offsets has no leader, so the group has no coordinator.",
  "one offsets replica":
    "The group's partition of __consumer_offsets has one replica, and its broker is gone: the " +
    "group has no coordinator until it is back.",
  "commit blocks": "A member waits for its commit, and reads nothing meanwhile.",
  "poll blocks": "The Java client looks for the coordinator within poll(), and returns no records meanwhile.",
  "kafkajs restarts": "kafkajs tries until its retries are used up, and starts anew as another member.",
  "kafkajs pauses": "kafkajs reads nothing while it pauses between two tries.",
  "kafkajs hangs": "kafkajs asks a silent broker again and again, for requestTimeout each.",
  "kafkajs rejoins": "kafkajs joins again when a broker says that it leads, or coordinates, no more.",
  "follower answers": "kafkajs goes on with the old leader, which answers it as a follower (KIP-392).",
  leaves: "The member leaves the group, so its partitions are assigned anew at once.",
  "session expires": "The coordinator counts on a member until its session has ended.",
  "static member": "A static member does not leave the group when it ends.",
  "too slow": ({ group }) =>
    group.client === "java"
      ? "A poll's records take longer than max.poll.interval.ms: the member is thrown out while it works."
      : "A record takes longer than the session: the member is thrown out while it works.",
  "falls behind":
    "The member processes fewer records than come: a partition waits until those of the others are " +
    "processed, longer each time.",
  "nobody left": "No member is left that could take over.",
  "eager rebalance":
    "With an eager protocol every member gives all its partitions back, and waits for the slowest.",
  "cooperative rebalance": "Only partitions that move stand still.",
  "one by one": "Each member is stopped and started before the next one.",
  "broker by broker":
    "Each broker is restarted before the next one: the longest of the standstills counts; with kafkajs " +
    "several in a row may add up.",
  "comes back": "What only that broker serves is served again when it is back.",
  "below min isr":
    "The ISR is smaller than min.insync.replicas: consumers are given nothing new since Kafka 3.7.",
  "offsets below min isr":
    "The ISR of the group's partition of __consumer_offsets is smaller than its min.insync.replicas, so no " +
    "commit is accepted.",
  "not needed": "The election is not needed: the leader is who was asked for.",
  refused: "The election is refused: who was asked for is not in sync, or not alive.",
  healed: "The fault is healed before.",
};

/** The reasons as sentences, two at most. */
export function wordsOf(reasons: readonly GroupReasonCode[], circumstances: GroupCircumstances): string {
  return reasons
    .slice(0, 2)
    .map((code) => {
      const said = SAID[code];
      return typeof said === "function" ? said(circumstances) : said;
    })
    .join(" ");
}
