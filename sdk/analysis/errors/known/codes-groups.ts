// Kafka's error codes about coordinators and rebalances.

import type { Entry } from "../entry.ts";
import { DESCRIBE_OFFSETS, DIAGNOSE, DIAGNOSE_CLIENT, GROUP_MEMBERS, PREDICT_KILL } from "./checks.ts";
import { code } from "./code.ts";
import { NO_HEARTBEAT, SLOW_POLL } from "./group-causes.ts";

export const GROUP_CODES: readonly Entry[] = [
  code("COORDINATOR_LOAD_IN_PROGRESS", {
    says: [
      "GROUP_LOAD_IN_PROGRESS",
      "CoordinatorLoadInProgressException",
      "The coordinator is loading and hence can't process requests",
      "Broker: Coordinator load in progress",
    ],
    means: "The broker became the group's coordinator and still reads its offsets. Clients try again.",
    causes: [
      { because: "The former coordinator's broker is gone.", faults: ["stop", "kill"], check: PREDICT_KILL },
    ],
  }),
  code("COORDINATOR_NOT_AVAILABLE", {
    says: [
      "GROUP_COORDINATOR_NOT_AVAILABLE",
      "CoordinatorNotAvailableException",
      "The coordinator is not available",
      "The group coordinator is not available",
      "Broker: Coordinator not available",
    ],
    means:
      "No broker coordinates the group, because the internal topic's partition has no leader or does " +
      "not exist.",
    causes: [
      {
        because:
          "The internal topic cannot be made: its replication factor (3 by default) is above the brokers.",
        settings: ["offsets.topic.replication.factor", "transaction.state.log.replication.factor"],
        rules: ["replicas-above-brokers"],
        check: DIAGNOSE,
      },
      {
        because: "The internal topic has one replica, and its broker is down.",
        faults: ["stop", "kill"],
        rules: ["offsets-topic-one-replica", "transaction-log-one-replica"],
        check: DESCRIBE_OFFSETS,
      },
      { because: "It is the cluster's first group: the topic is being made, and it ends by itself." },
    ],
    source: "KafkaApis.scala, getCoordinator",
  }),
  code("NOT_COORDINATOR", {
    says: [
      "NOT_COORDINATOR_FOR_GROUP",
      "NotCoordinatorException",
      "This is not the correct coordinator",
      "Broker: Not coordinator",
    ],
    means: "The group's coordinator is another broker now. Clients look for it and go on.",
    causes: [
      {
        because: "The former coordinator was stopped, killed or fenced.",
        faults: ["stop", "kill", "pause"],
        check: PREDICT_KILL,
      },
    ],
  }),
  code("ILLEGAL_GENERATION", {
    says: [
      "IllegalGenerationException",
      "Specified group generation id is not valid",
      "Broker: Specified group generation id is not valid",
    ],
    means:
      "The group has rebalanced since this member joined: what it commits or reports belongs to an " +
      "older round.",
    causes: [SLOW_POLL, NO_HEARTBEAT],
  }),
  code("UNKNOWN_MEMBER_ID", {
    says: [
      "UnknownMemberIdException",
      "The coordinator is not aware of this member",
      "Broker: Unknown member",
    ],
    means: "The coordinator has removed this member from the group. The member joins again.",
    causes: [SLOW_POLL, NO_HEARTBEAT],
  }),
  code("REBALANCE_IN_PROGRESS", {
    says: [
      "RebalanceInProgressException",
      "The group is rebalancing, so a rejoin is needed",
      "The group is rebalancing, re-joining",
      "Broker: Group rebalance in progress",
    ],
    means:
      "The group distributes its partitions again, and the member has to join. Alone this is no failure.",
    causes: [
      { because: "A member came or went.", check: GROUP_MEMBERS },
      {
        because: "It happens again and again: members are removed and come back.",
        rules: ["poll-loop-too-slow", "rebalance-timeout-below-heartbeat"],
        check: DIAGNOSE_CLIENT,
      },
    ],
  }),
  code("INCONSISTENT_GROUP_PROTOCOL", {
    says: [
      "InconsistentGroupProtocolException",
      "The group member's supported protocols are incompatible with those of existing members",
      "Broker: Inconsistent group protocol",
    ],
    means: "The member and the group have no way of assigning partitions in common.",
    causes: [
      {
        because: "Members have different assignors, or another library uses the same group id.",
        settings: ["partition.assignment.strategy", "group.id"],
        rules: ["assignors-not-in-common"],
        check: GROUP_MEMBERS,
      },
    ],
  }),
];
