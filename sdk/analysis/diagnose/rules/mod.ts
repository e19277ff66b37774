// All rules, in the order in which they are listed.

import type { Rule } from "../finding.ts";
import { acksRules } from "./acks.ts";
import { advertisedRules } from "./advertised.ts";
import { assignorRules } from "./assignors.ts";
import { authorizerRules } from "./authorizer.ts";
import { bindRules } from "./binds.ts";
import { bootstrapRules } from "./bootstrap.ts";
import { brokerRules } from "./broker.ts";
import { chainRules } from "./chain.ts";
import { clientSecurityRules } from "./client-security.ts";
import { clusterIdRules } from "./cluster-id.ts";
import { commitRules } from "./commits.ts";
import { connectRules } from "./connect.ts";
import { connectClientRules } from "./connect-clients.ts";
import { connectGroupRules } from "./connect-group.ts";
import { connectorRules } from "./connectors.ts";
import { consumerRules } from "./consumer.ts";
import { containerRules } from "./container.ts";
import { controllerListenerRules } from "./controller-listeners.ts";
import { delayRules } from "./delay.ts";
import { fetchRules } from "./fetches.ts";
import { groupCoordinatorRules } from "./group-coordinator.ts";
import { groupProtocolRules } from "./group-protocol.ts";
import { imageRules } from "./image.ts";
import { jaasRules } from "./jaas.ts";
import { kafkajsRules } from "./kafkajs.ts";
import { kafkajsConsumerRules } from "./kafkajs-consumer.ts";
import { kubernetesRules } from "./kubernetes/mod.ts";
import { librdkafkaRules } from "./librdkafka.ts";
import { listenerPortRules } from "./listener-ports.ts";
import { misspeltBrokerRules, misspeltClientRules } from "./misspelt.ts";
import { misspeltWorkerRules } from "./misspelt-workers.ts";
import { noRolesRules } from "./no-roles.ts";
import { notJudgedRules } from "./not-judged.ts";
import { offsetResetRules } from "./offset-resets.ts";
import { producerRules } from "./producer.ts";
import { protocolMapRules } from "./protocol-map.ts";
import { quorumRules } from "./quorum.ts";
import { rebalanceRules } from "./rebalances.ts";
import { refusedRules } from "./refused.ts";
import { replicationRules } from "./replication.ts";
import { sameMachineRules } from "./same-machine.ts";
import { saslRules } from "./sasl.ts";
import { secretFileRules } from "./secret-files.ts";
import { sessionRules } from "./sessions.ts";
import { springRules } from "./spring.ts";
import { springListenerRules } from "./spring-listener.ts";
import { staticMemberRules } from "./static-members.ts";
import { streamsRules } from "./streams.ts";
import { streamsExactlyOnceRules } from "./streams-exactly-once.ts";
import { tlsRules } from "./tls.ts";
import { variableRules } from "./variables.ts";
import { versionRules } from "./versions.ts";
import { zookeeperAddressRules } from "./zookeeper-address.ts";

export { NOT_JUDGED } from "./not-judged.ts";

/** Every rule of the diagnosis. */
export const RULES: readonly Rule[] = Object.freeze([
  ...refusedRules,
  ...replicationRules,
  ...quorumRules,
  ...advertisedRules,
  ...controllerListenerRules,
  ...listenerPortRules,
  ...bindRules,
  ...sameMachineRules,
  ...protocolMapRules,
  ...saslRules,
  ...jaasRules,
  ...tlsRules,
  ...secretFileRules,
  ...authorizerRules,
  ...imageRules,
  ...clusterIdRules,
  ...variableRules,
  ...containerRules,
  ...kubernetesRules,
  ...misspeltBrokerRules,
  ...brokerRules,
  ...groupCoordinatorRules,
  ...noRolesRules,
  ...versionRules,
  ...zookeeperAddressRules,
  ...bootstrapRules,
  ...chainRules,
  ...clientSecurityRules,
  ...delayRules,
  ...acksRules,
  ...producerRules,
  ...sessionRules,
  ...rebalanceRules,
  ...consumerRules,
  ...commitRules,
  ...offsetResetRules,
  ...fetchRules,
  ...assignorRules,
  ...staticMemberRules,
  ...groupProtocolRules,
  ...kafkajsRules,
  ...kafkajsConsumerRules,
  ...librdkafkaRules,
  ...misspeltClientRules,
  ...misspeltWorkerRules,
  ...connectRules,
  ...connectClientRules,
  ...connectGroupRules,
  ...connectorRules,
  ...streamsRules,
  ...streamsExactlyOnceRules,
  ...springRules,
  ...springListenerRules,
  ...notJudgedRules,
]);
