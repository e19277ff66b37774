// How many records are skipped or processed twice at most.
//
//   in hand        one poll: records that were given to a member and not processed, or not committed
//   uncommitted    what was processed since the last commit that was accepted
//
// A poll of a member that keeps up has what came while it waited for the one before; of one that is behind,
// as many as max.poll.records allows.

import type { RecordBound } from "../../../model/group-prediction.ts";
import type { GroupCircumstances } from "./circumstances.ts";

/** A machine that is busy polls later. */
const POLLS_LATE_MS = 1_000;

/** Records that reach the partitions of some members in a time. */
export function recordsIn(circumstances: GroupCircumstances, ms: number, share = 1): RecordBound {
  const { recordsPerSecond } = circumstances;
  return recordsPerSecond === null ? null : Math.ceil((recordsPerSecond * share * ms) / 1000);
}

/** Records of one poll of members that read a share of the partitions, at most. */
export function inHand(circumstances: GroupCircumstances, share = 1, members = 1): RecordBound {
  const { group, lag = 0, slower = 1 } = circumstances;
  const cycleMs = group.maxWait + POLLS_LATE_MS * slower;
  const arrived = recordsIn(circumstances, cycleMs, share);
  const most = group.maxPollRecords === null ? null : group.maxPollRecords * members;
  if (arrived === null) return most;
  const waiting = arrived + Math.max(0, lag) + (group.processMs > 0 ? slowBacklog(circumstances, share) : 0);
  return most === null ? waiting : Math.min(most, waiting);
}

/** Records of a poll are as many as came while those of the poll before were processed. */
function slowBacklog({ group, recordsPerSecond }: GroupCircumstances, share: number): number {
  const busy = ((recordsPerSecond ?? 0) * share * group.processMs) / 1000;
  // of a member that does not keep up the lag says it
  return busy >= 1 ? 0 : Math.ceil((busy / (1 - busy)) * (1 + (recordsPerSecond ?? 0) * share));
}

/** Which share of the partitions some members read. */
export function shareOf({ partitions }: GroupCircumstances, members: readonly string[]): number {
  if (partitions.length === 0) return 0;
  const own = partitions.filter(({ member }) => member !== null && members.includes(member));
  return own.length / partitions.length;
}

/** One after the other. */
export function added(one: RecordBound, other: RecordBound): RecordBound {
  return one === null || other === null ? null : one + other;
}

/**
 * What members that die have processed and not committed.
 *
 * Java's automatic commit is due at an interval, and made by the next poll; kafkajs commits after each batch.
 */
export function uncommitted(circumstances: GroupCircumstances, members: readonly string[]): RecordBound {
  const { group } = circumstances;
  const share = shareOf(circumstances, members);
  const poll = inHand(circumstances, share, members.length);
  switch (group.commit) {
    case "before":
      return 0;
    case "after":
      return poll;
    case "auto":
      return group.client === "kafkajs"
        ? poll
        : added(poll, recordsIn(circumstances, group.autoCommitInterval, share));
    case "never":
    case "application":
      return null;
  }
}

/** What members that die were given, have committed, and have not processed. */
export function committedInHand(circumstances: GroupCircumstances, members: readonly string[]): RecordBound {
  return circumstances.group.commit === "before"
    ? inHand(circumstances, shareOf(circumstances, members), members.length)
    : 0;
}
