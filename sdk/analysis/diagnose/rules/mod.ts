// All rules, in the order in which they are listed.

import type { Rule } from "../finding.ts";
import { acksRules } from "./acks.ts";
import { advertisedRules } from "./advertised.ts";
import { bootstrapRules } from "./bootstrap.ts";
import { brokerRules } from "./broker.ts";
import { clusterIdRules } from "./cluster-id.ts";
import { consumerRules } from "./consumer.ts";
import { containerRules } from "./container.ts";
import { controllerListenerRules } from "./controller-listeners.ts";
import { delayRules } from "./delay.ts";
import { groupProtocolRules } from "./group-protocol.ts";
import { imageRules } from "./image.ts";
import { kafkajsRules } from "./kafkajs.ts";
import { librdkafkaRules } from "./librdkafka.ts";
import { listenerPortRules } from "./listener-ports.ts";
import { misspeltBrokerRules, misspeltClientRules } from "./misspelt.ts";
import { producerRules } from "./producer.ts";
import { quorumRules } from "./quorum.ts";
import { refusedRules } from "./refused.ts";
import { replicationRules } from "./replication.ts";
import { sessionRules } from "./sessions.ts";
import { springRules } from "./spring.ts";
import { variableRules } from "./variables.ts";
import { versionRules } from "./versions.ts";

/** Every rule of the diagnosis. */
export const RULES: readonly Rule[] = Object.freeze([
  ...refusedRules,
  ...replicationRules,
  ...quorumRules,
  ...advertisedRules,
  ...controllerListenerRules,
  ...listenerPortRules,
  ...imageRules,
  ...clusterIdRules,
  ...variableRules,
  ...containerRules,
  ...misspeltBrokerRules,
  ...brokerRules,
  ...versionRules,
  ...bootstrapRules,
  ...delayRules,
  ...acksRules,
  ...producerRules,
  ...sessionRules,
  ...consumerRules,
  ...groupProtocolRules,
  ...kafkajsRules,
  ...librdkafkaRules,
  ...misspeltClientRules,
  ...springRules,
]);
