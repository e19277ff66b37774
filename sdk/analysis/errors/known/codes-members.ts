// Kafka's error codes about members of consumer groups.

import type { Entry } from "../entry.ts";
import { DESCRIBE_GROUP, DIAGNOSE_CLIENT, GROUP_MEMBERS } from "./checks.ts";
import { code } from "./code.ts";
import { NO_HEARTBEAT, SLOW_POLL } from "./group-causes.ts";

export const MEMBER_CODES: readonly Entry[] = [
  code("INVALID_GROUP_ID", {
    says: [
      "InvalidGroupIdException",
      "The configured groupId is invalid",
      "Broker: Invalid group.id",
      "To use the group management or offset commit APIs, you must provide a valid group.id",
    ],
    means: "The consumer joins a group or commits offsets without a group id.",
    causes: [
      {
        because: "group.id is missing or empty.",
        settings: ["group.id"],
        rules: ["group-id-missing"],
        check: DIAGNOSE_CLIENT,
      },
    ],
  }),
  code("INVALID_SESSION_TIMEOUT", {
    says: [
      "InvalidSessionTimeoutException",
      "The session timeout is not within the range allowed by the broker",
      "Broker: Invalid session timeout",
    ],
    means: "The consumer's session timeout is outside of what the brokers allow.",
    causes: [
      {
        because: "It is below the minimum (6 s by default) or above the maximum (30 min).",
        settings: ["session.timeout.ms", "group.min.session.timeout.ms", "group.max.session.timeout.ms"],
        rules: ["session-below-minimum", "session-above-maximum", "connect-session-range"],
        check: DIAGNOSE_CLIENT,
      },
    ],
  }),
  code("MEMBER_ID_REQUIRED", {
    says: [
      "MemberIdRequiredException",
      "The group member needs to have a valid member id before actually entering a consumer group",
      "Broker: Group member needs a valid member ID",
    ],
    means:
      "The first half of joining a group: the broker hands out an id, and the client joins with it. " +
      "No failure.",
    causes: [{ because: "A new member joined." }],
    source: "KIP-394",
  }),
  code("GROUP_MAX_SIZE_REACHED", {
    says: [
      "GroupMaxSizeReachedException",
      "The consumer group has reached its max size",
      "Broker: Consumer group has reached maximum size",
    ],
    means: "The group has as many members as the brokers allow.",
    causes: [{ because: "The brokers limit groups.", settings: ["group.max.size"], check: GROUP_MEMBERS }],
  }),
  code("FENCED_INSTANCE_ID", {
    says: [
      "FencedInstanceIdException",
      "The broker rejected this static consumer since another consumer with the same group.instance.id",
      "Broker: Static consumer fenced by other consumer with same group.instance.id",
    ],
    means: "Another consumer joined with the same group.instance.id, and this one may not go on.",
    causes: [
      {
        because:
          "Two processes have one group.instance.id: a deployment was scaled, or the old one still runs.",
        settings: ["group.instance.id"],
        rules: ["group-instance-id-shared"],
        check: GROUP_MEMBERS,
      },
    ],
    source: "KIP-345",
  }),
  code("NON_EMPTY_GROUP", {
    says: ["GroupNotEmptyException", "The group is not empty", "Broker: The group is not empty"],
    means: "A group with members cannot be deleted, nor its offsets be reset.",
    causes: [{ because: "A consumer of the group runs.", check: GROUP_MEMBERS }],
  }),
  code("GROUP_ID_NOT_FOUND", {
    says: [
      "GroupIdNotFoundException",
      "The group id does not exist",
      "Broker: The group id does not exist",
      "The group id was not found",
    ],
    means: "The brokers know no group of that name.",
    causes: [
      {
        because: "It never committed, or its offsets expired after it was empty for long enough.",
        settings: ["offsets.retention.minutes"],
        rules: ["offsets-expire-before-records"],
        check: DESCRIBE_GROUP,
      },
    ],
  }),
  code("UNSTABLE_OFFSET_COMMIT", {
    says: [
      "UnstableOffsetCommitException",
      "There are unstable offsets",
      "Broker: There are unstable offsets that need to be cleared",
    ],
    means: "A transaction that commits offsets of this group is not finished. The consumer asks again.",
    causes: [
      {
        because: "A producer died or hangs in its transaction.",
        settings: ["transaction.timeout.ms"],
        check: "kafka-transactions.sh --bootstrap-server localhost:9092 list",
      },
    ],
    source: "KIP-447",
  }),
  code("FENCED_MEMBER_EPOCH", {
    says: [
      "FencedMemberEpochException",
      "The member epoch is fenced by the group coordinator",
      "Broker: The member epoch is fenced by the group coordinator",
    ],
    means:
      "The new group protocol has taken this member's partitions away; it gives them up and joins again.",
    causes: [NO_HEARTBEAT, SLOW_POLL],
    source: "KIP-848",
  }),
  code("STALE_MEMBER_EPOCH", {
    says: ["StaleMemberEpochException", "The member epoch is stale", "Broker: The member epoch is stale"],
    means:
      "In the new group protocol a commit carried an older epoch than the group has; the member tries again.",
    causes: [{ because: "The group was just rebalanced.", check: GROUP_MEMBERS }],
    source: "KIP-848",
  }),
  code("UNRELEASED_INSTANCE_ID", {
    says: [
      "UnreleasedInstanceIdException",
      "The instance ID is still used by another member in the consumer group",
    ],
    means: "In the new group protocol another member has that group.instance.id and has not left.",
    causes: [
      {
        because: "The old process still runs, or its session has not ended.",
        settings: ["group.instance.id"],
        rules: ["group-instance-id-shared"],
        check: GROUP_MEMBERS,
      },
    ],
    source: "KIP-848",
  }),
  code("UNSUPPORTED_ASSIGNOR", {
    says: [
      "UnsupportedAssignorException",
      "The assignor or its version range is not supported by the consumer group",
    ],
    means: "The brokers do not have the assignor that the consumer asks for.",
    causes: [
      {
        because: "group.remote.assignor names another.",
        settings: ["group.remote.assignor", "group.consumer.assignors"],
        rules: ["remote-assignor-not-offered"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "KIP-848",
  }),
];
