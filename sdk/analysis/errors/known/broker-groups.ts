// What a coordinator says of the members of its groups.

import type { Entry } from "../entry.ts";
import { DIAGNOSE_CLIENT, GROUP_MEMBERS } from "./checks.ts";
import { NO_HEARTBEAT, SLOW_POLL } from "./group-causes.ts";

export const BROKER_GROUP_ERRORS: readonly Entry[] = [
  {
    id: "group-member-expired",
    title: "Member … in group … has failed, removing it from the group",
    patterns: [
      "in group … has failed, removing it from the group",
      "in group … has been removed after session timeout expiration",
      "fenced from the group because the member session expired",
    ],
    means:
      "The coordinator got no heartbeat of a member for its session. The group rebalances, and the " +
      "member's partitions go to others.",
    causes: [
      { because: "The member was killed, or its machine is gone.", check: GROUP_MEMBERS },
      { ...NO_HEARTBEAT, rules: ["heartbeat-over-third", "kafkajs-fetch-wait-against-session"] },
    ],
    source: "apache/kafka GroupMetadataManager.java, GroupCoordinator.scala",
  },
  {
    id: "group-members-not-rejoined",
    title: "Group … removed dynamic members who haven't joined",
    patterns: [
      "removed dynamic members who haven't joined",
      "could not complete rebalance because no members rejoined",
      "the classic member failed to join within the rebalance timeout",
    ],
    means:
      "A rebalance ended before these members had joined again: they are removed, and join anew, which " +
      "begins the next rebalance.",
    causes: [
      SLOW_POLL,
      {
        because: "The rebalance timeout is so short that members hear of the rebalance too late.",
        settings: ["max.poll.interval.ms", "heartbeat.interval.ms"],
        rules: ["rebalance-timeout-below-heartbeat", "poll-interval-short"],
        check: DIAGNOSE_CLIENT,
      },
      { because: "The member is dead or frozen.", faults: ["pause", "isolate"], check: GROUP_MEMBERS },
    ],
    source: "apache/kafka GroupMetadataManager.java, completeClassicGroupJoin",
  },
];
