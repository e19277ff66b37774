// A group of kafkajs members whose coordinator stays, while leaders are elected because somebody asks for it.
//
//   the partition    moves        the member goes on with the old leader, which answers it as a follower
//                                 (KIP-392: kafkajs sends a rack, though an empty one): nobody joins again
//                    had none     who reads it was starting anew, with a pause between two tries
//                    still has    of the whole topic nothing is read: kafkajs takes its metadata for an error
//                    none

import { span } from "../span.ts";
import type { GroupCircumstances } from "./circumstances.ts";
import { type Course, goesOn, type Progress, stands } from "./course.ts";
import type { ClusterBranch, PartitionEffect } from "./effects.ts";
import { groupTimer } from "./group-timers.ts";
import { courseOf } from "./kafkajs-fetch.ts";
import { lastPause, restartOf } from "./kafkajs-tries.ts";
import { reachedReading, undisturbed } from "./reading.ts";

/** What becomes of the group, without odds. */
export function kafkajsAsked(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const effects = branch.partitions.map(({ effect }) => effect);
  const withoutLeader = effects.find(({ readyAt }) => readyAt === null);
  if (withoutLeader !== undefined) {
    const gone = stands(["no leader", "kafkajs restarts"], withoutLeader.timers);
    const course = courseOf(
      circumstances,
      branch,
      effects.map(() => gone),
      0.5,
    );
    return { ...course, commits: course.commits === null ? null : gone };
  }
  const isReturning = effects.some(wasWithout);
  const returningMs = Math.max(0, ...effects.filter(wasWithout).map(({ readyAt }) => readyAt!.toMs));
  const partitions = effects.map((effect): Progress => {
    if (isReturning) {
      const { joining } = restartOf(group, branch, 0);
      const ms = returningMs + lastPause(group).toMs + joining.toMs;
      const timers = [...effect.timers, groupTimer(group, "retries")];
      return goesOn(span(0, ms), timers, ["leader moves", "kafkajs restarts"]);
    }
    const reading = reachedReading(group, branch, effect) ?? goesOn(undisturbed(group, branch));
    return effect.moves ? { ...reading, reasons: ["follower answers"] } : reading;
  });
  return courseOf(circumstances, branch, partitions, isReturning ? 0.5 : 0);
}

function wasWithout({ leader }: PartitionEffect): boolean {
  return leader === null;
}
