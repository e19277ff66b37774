// What becomes of a group in one course of events of the cluster.
//
//   java │ kafkajs ─▶ nothing new below min.insync.replicas ─▶ what a leader that was not in sync has not
//
// A leader that was not in sync gives offsets again. Java compares the epoch of its position with the new
// leader's (OffsetsForLeaderEpoch, KIP-320) and goes back to where the logs part; kafkajs fetches from its
// offset on, and skips what was written anew before it, or is answered OFFSET_OUT_OF_RANGE and begins again
// where `fromBeginning` says.

import type { GroupCircumstances } from "./circumstances.ts";
import type { Course } from "./course.ts";
import type { ClusterBranch } from "./effects.ts";
import { javaCourses } from "./java.ts";
import { kafkajsCourses } from "./kafkajs.ts";
import { heldBack } from "./reading.ts";

/** What may become of the group in it. */
export function brokerCourses(circumstances: GroupCircumstances, branch: ClusterBranch): Course[] {
  const isJava = circumstances.group.client === "java";
  const courses = isJava ? javaCourses(circumstances, branch) : kafkajsCourses(circumstances, branch);
  return courses.map((course) => {
    const held = heldBack(course, branch);
    return isJava || !isTruncated(branch) ? held : { ...held, skipped: null, repeated: null };
  });
}

/** Whether a leader is elected that may lack records which members have read. */
function isTruncated({ partitions }: ClusterBranch): boolean {
  return partitions.some(({ effect: { because } }) => because.startsWith("unclean"));
}
