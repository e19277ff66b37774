// A case for each rule about Kubernetes manifests: clean ones, and the change that makes the rule fire.

import type { Case, Files } from "./case.ts";
import { BUDGET, client, HEADLESS, ofCluster, statefulSet, strimzi } from "./manifests.ts";

const SERVICE = `---
apiVersion: v1
kind: Service
metadata: { name: clients, namespace: shop }
spec: { selector: { app: kafka }, ports: [{ port: 9092 }] }
`;
const PROBES = "podManagementPolicy: Parallel";
const pods: Files = {
  "kafka.yaml": HEADLESS + SERVICE + statefulSet() + BUDGET + client({ KAFKA_BROKERS: "clients:9092" }),
};
const probed: Files = {
  "kafka.yaml":
    HEADLESS + statefulSet({ container: ["readinessProbe: { tcpSocket: { port: client } }"] }) + BUDGET,
};
const confluent: Files = {
  "kafka.yaml": HEADLESS + SERVICE + statefulSet({ image: "confluentinc/cp-kafka:7.9.1" }) + BUDGET,
};
const TLS = "[{ name: tls, port: 9093, type: internal, tls: true, authentication: { type: tls } }]";
const operated: Files = {
  "kafka.yaml":
    strimzi({ listeners: TLS }) +
    ofCluster("KafkaTopic", "orders", "{ replicas: 3, config: { min.insync.replicas: 2 } }") +
    ofCluster("KafkaUser", "orders", "{ authentication: { type: tls } }"),
};

/** Manifests in which no rule finds anything. */
export const CLEAN: Readonly<Record<string, Files>> = { pods, probed, confluent, operated };

export const CASES: readonly Case[] = [
  ["advertised-shared-service", pods, /\$\(POD_NAME\)\.kafka-headless[a-z.]*/, "clients"],
  ["advertised-not-in-dns", pods, /\$\(POD_NAME\)\.kafka-headless[a-z.]*/, "$(POD_NAME)"],
  ["variable-not-text", pods, 'value: "2"', "value: 2"],
  ["undefined-reference", pods, "$(POD_NAME)", "$(NAME_OF_POD)"],
  ["service-link-port", confluent, "name: clients", "name: kafka"],
  ["data-in-pod", pods, "mountPath: /data", "mountPath: /other"],
  ["data-in-pod", operated, "type: persistent-claim", "type: ephemeral"],
  [
    "shared-data-volume",
    pods,
    /^ {2}volumeClaimTemplates.*$/m,
    "      volumes: [{ name: data, persistentVolumeClaim: { claimName: one } }]",
  ],
  ["brokers-in-a-deployment", pods, "kind: StatefulSet", "kind: Deployment"],
  ["ordered-start-without-quorum", probed, PROBES, "podManagementPolicy: OrderedReady"],
  ["quorum-waits-for-readiness", probed, "publishNotReadyAddresses: true", "publishNotReadyAddresses: false"],
  ["liveness-during-recovery", probed, "readinessProbe", "livenessProbe"],
  [
    "termination-grace-short",
    pods,
    /^ {6}topologySpread/m,
    "      terminationGracePeriodSeconds: 5\n      topologySpread",
  ],
  ["brokers-on-one-machine", pods, "topologySpreadConstraints", "tolerations"],
  ["disruption-budget", pods, "maxUnavailable: 1", "maxUnavailable: 2"],
  ["no-disruption-budget", pods, "kind: PodDisruptionBudget", "kind: Other"],
  [
    "strimzi-forbidden-setting",
    operated,
    "default.replication.factor: 3",
    "default.replication.factor: 3\n      node.id: 1",
  ],
  ["strimzi-listener-refused", operated, "port: 9093", "port: 9404"],
  ["strimzi-label-missing", operated, ", labels: { strimzi.io/cluster: shop }", ""],
  ["strimzi-no-controllers", operated, "roles: [controller]", "roles: [broker]"],
  ["topic-above-brokers", operated, "{ replicas: 3,", "{ replicas: 4,"],
  ["topic-one-replica", operated, "{ replicas: 3,", "{ replicas: 1,"],
  ["topic-min-isr", operated, "min.insync.replicas: 2 }", "min.insync.replicas: 3 }"],
  [
    "user-without-authorization",
    operated,
    "{ authentication: { type: tls } }\n",
    "{ authorization: { type: simple } }\n",
  ],
  [
    "user-without-listener",
    operated,
    "{ authentication: { type: tls } }\n",
    "{ authentication: { type: scram-sha-512 } }\n",
  ],
];
