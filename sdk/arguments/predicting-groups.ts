// Predictions for consumer groups from files: the function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import {
  describedGroup,
  type DescribedGroup,
  predictGroup as predictFor,
} from "../analysis/predict/groups/mod.ts";
import type { Circumstances } from "../analysis/predict/mod.ts";
import type { GroupPrediction } from "../model/group-prediction.ts";
import { fields, needed, reference } from "./checked.ts";
import { groupEntries } from "./groups.ts";
import { guarded } from "./guard.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

type PredictGroup = (circumstances: Circumstances, group: DescribedGroup) => GroupPrediction;

/**
 * Predicts what a fault does to a consumer group, without a cluster: how long its partitions stand still,
 * whether commits go on, whether it rebalances, how many records are skipped or processed again. Pure.
 *
 * Leaders of the topic's partitions follow one another, as Kafka places them, and members read them in
 * turn. A fault on members is resolved with their names: `resolveFault(fault, [], [], [{ group: "billing",
 * member: "billing.1" }])`.
 *
 * @param circumstances of `fromCompose()`, `fromProperties()` or `fromManifests()`; their client does not
 *   matter
 * @throws RangeError, TypeError for members, a coordinator or settings that cannot be; LabError UNSUPPORTED
 *   for what the client or the brokers cannot do
 * @example
 * import { faults, fromCompose, predictGroup, readCompose, resolveFault } from "kafka-failure-lab/predict";
 *
 * const circumstances = fromCompose(readCompose(), { fault: resolveFault(faults.kill(1), [1]) });
 * const { role, reads } = predictGroup(circumstances, { name: "billing", client: "java" });
 * console.log(role, reads); // both 1
 */
export const predictGroup: PredictGroup = guarded<PredictGroup>(
  "predictGroup",
  (circumstances, group) => predictFor(describedGroup(circumstances, group)),
  [
    reference(
      "circumstances",
      made<Circumstances>("fromCompose() or circumstances()", "nodes", "voters", "topic", "client", "fault"),
    ),
    needed(
      "group",
      fields<DescribedGroup>(
        {
          ...groupEntries,
          name: is.probeName,
          partitions: is.whole(1, 10_000),
          coordinator: is.broker,
          perSecond: is.number("a number of records, 0 or more", (one) => one >= 0 && Number.isFinite(one)),
          lag: is.whole(0, Number.MAX_SAFE_INTEGER),
        },
        ["name"],
      ),
    ),
  ],
);
