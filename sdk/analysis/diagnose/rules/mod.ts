// All rules, in the order in which they are listed.

import type { Rule } from "../finding.ts";
import { acksRules } from "./acks.ts";
import { bootstrapRules } from "./bootstrap.ts";
import { brokerRules } from "./broker.ts";
import { consumerRules } from "./consumer.ts";
import { imageRules } from "./image.ts";
import { libraryRules } from "./libraries.ts";
import { listenerRules } from "./listeners.ts";
import { producerRules } from "./producer.ts";
import { quorumRules } from "./quorum.ts";
import { replicationRules } from "./replication.ts";
import { refusedRules } from "./refused.ts";
import { springRules } from "./spring.ts";

/** Every rule of the diagnosis. */
export const RULES: readonly Rule[] = Object.freeze([
  ...refusedRules,
  ...replicationRules,
  ...quorumRules,
  ...listenerRules,
  ...imageRules,
  ...brokerRules,
  ...bootstrapRules,
  ...acksRules,
  ...producerRules,
  ...consumerRules,
  ...libraryRules,
  ...springRules,
]);
