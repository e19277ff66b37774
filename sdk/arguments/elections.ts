// Schemas of what is elected.

import * as v from "valibot";
import type { ElectionTarget, TopicTarget } from "../model/election.ts";
import { fields, type Schema } from "./checked.ts";
import * as is from "./values.ts";

const ELECTION = '"all", { leaderOf: "orders-3" }, { topic: "orders" } or { topic: "orders", partition: 3 }';
const topicTarget: Schema<TopicTarget> = fields<TopicTarget>(
  { topic: is.topicName, partition: is.whole(0, is.MOST) },
  ["topic"],
);

/** The partitions whose leaders are elected. */
export const electionTarget: Schema<ElectionTarget> = v.lazy((one): Schema<ElectionTarget> => {
  if (typeof one !== "object" || one === null || Array.isArray(one)) return v.picklist(["all"], ELECTION);
  return Object.hasOwn(one, "leaderOf") ? is.leaderOf : topicTarget;
});
