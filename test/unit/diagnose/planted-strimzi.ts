// Strimzi's resources with one planted cause each, and the errors and warnings that name it.

import { client, ofCluster, strimzi } from "./manifests.ts";
import type { Planted } from "./planted-manifests.ts";

const TLS =
  "[{ name: plain, port: 9092, type: internal, tls: false }, { name: tls, port: 9093, type: " +
  "internal, tls: true, authentication: { type: tls } }]";
const EXTERNAL =
  "[{ name: plain, port: 9092, type: internal, tls: false }, { name: external, port: 9094, type: " +
  "nodeport, tls: false }]";
export const PLANTED: readonly Planted[] = [
  [
    "settings that the operator leaves out",
    strimzi({
      config: {
        "advertised.listeners": "PLAINTEXT://a:9092",
        "log.dirs": "/data",
        "controller.quorum.fetch.timeout.ms": "3000",
      },
    }),
    ["warning strimzi-forbidden-setting advertised.listeners"],
  ],
  [
    "min ISR 3 of 3",
    strimzi({ config: { "min.insync.replicas": "3" } }),
    ["warning min-isr-equals-replicas min.insync.replicas"],
  ],
  [
    "no replication factor at all",
    strimzi({ config: { "default.replication.factor": "", "min.insync.replicas": "" } }),
    ["error auto-created-topic-one-replica default.replication.factor"],
  ],
  [
    "min ISR that is not set",
    strimzi({ config: { "min.insync.replicas": "" } }),
    ["warning min-isr-one min.insync.replicas"],
  ],
  [
    "more replicas than brokers",
    strimzi({
      pools: { brokers: { roles: "broker", replicas: 2 }, controllers: { roles: "controller", replicas: 3 } },
    }),
    ["error replicas-above-brokers default.replication.factor"],
  ],
  [
    "dedicated controllers, which are no brokers",
    strimzi({
      pools: { brokers: { roles: "broker", replicas: 1 }, controllers: { roles: "controller", replicas: 3 } },
    }),
    ["error replicas-above-brokers default.replication.factor"],
  ],
  [
    "two controllers",
    strimzi({
      pools: { brokers: { roles: "broker", replicas: 3 }, controllers: { roles: "controller", replicas: 2 } },
    }),
    ["error two-voters controller.quorum.voters"],
  ],
  [
    "one controller",
    strimzi({
      pools: { brokers: { roles: "broker", replicas: 3 }, controllers: { roles: "controller", replicas: 1 } },
    }),
    ["warning one-voter controller.quorum.voters"],
  ],
  [
    "a value that Kafka refuses",
    strimzi({ config: { "broker.session.timeout.ms": "nine" } }),
    ["error refused-value broker.session.timeout.ms"],
  ],
  [
    "a misspelt setting",
    strimzi({ config: { "auto.create.topic.enable": "false" } }),
    ["warning misspelt-broker-setting auto.create.topic.enable"],
  ],
  [
    "two listeners with one port",
    strimzi({
      listeners:
        "[{ name: a, port: 9092, type: internal, tls: false }, { name: b, port: 9092, type: " +
        "internal, tls: true }]",
    }),
    ["error listener-port-twice listeners", "error strimzi-listener-refused b"],
  ],
  [
    "a port that Strimzi keeps",
    strimzi({ listeners: "[{ name: a, port: 9091, type: internal, tls: false }]" }),
    ["error listener-port-twice listeners", "error strimzi-listener-refused a"],
  ],
  [
    "a route without TLS",
    strimzi({ listeners: "[{ name: a, port: 9094, type: route, tls: false }]" }),
    ["error strimzi-listener-refused a"],
  ],
  [
    "a pool without its label",
    strimzi() + ofCluster("KafkaNodePool", "more", "{ replicas: 3, roles: [broker] }", ""),
    ["error strimzi-label-missing kind"],
  ],
  [
    "pools without controllers",
    strimzi({ pools: { brokers: { roles: "broker", replicas: 3 } } }),
    ["warning strimzi-no-controllers kind"],
  ],
  [
    "a topic with four replicas",
    strimzi() + ofCluster("KafkaTopic", "orders", "{ replicas: 4 }"),
    ["error topic-above-brokers replicas"],
  ],
  [
    "a topic with one replica",
    strimzi() + ofCluster("KafkaTopic", "orders", "{ replicas: 1 }"),
    ["warning topic-one-replica replicas"],
  ],
  [
    "a topic whose min ISR is the cluster's",
    strimzi() + ofCluster("KafkaTopic", "orders", "{ replicas: 2 }"),
    ["warning topic-min-isr replicas"],
  ],
  [
    "a topic's own min ISR",
    strimzi() + ofCluster("KafkaTopic", "orders", "{ replicas: 3, config: { min.insync.replicas: 3 } }"),
    ["warning topic-min-isr replicas"],
  ],
  [
    "a topic with room",
    strimzi() + ofCluster("KafkaTopic", "orders", "{ replicas: 3, config: { min.insync.replicas: 2 } }"),
    [],
  ],
  [
    "a user with ACLs without an authorizer",
    strimzi({ listeners: TLS }) +
      ofCluster(
        "KafkaUser",
        "shop",
        "{ authentication: { type: tls }, authorization: { type: simple, acls: [] } }",
      ),
    ["error user-without-authorization authorization"],
  ],
  [
    "a user that no listener takes",
    strimzi() + ofCluster("KafkaUser", "shop", "{ authentication: { type: scram-sha-512 } }"),
    ["warning user-without-listener authentication"],
  ],
  [
    "a user of a listener",
    strimzi({ listeners: TLS }) + ofCluster("KafkaUser", "shop", "{ authentication: { type: tls } }"),
    [],
  ],
  [
    "a budget for two brokers",
    strimzi({ kafka: ["template: { podDisruptionBudget: { maxUnavailable: 2 } }"] }),
    ["warning disruption-budget maxUnavailable"],
  ],
  [
    "a grace of a second",
    strimzi({ kafka: ["template: { pod: { terminationGracePeriodSeconds: 1 } }"] }),
    ["warning termination-grace-short terminationGracePeriodSeconds"],
  ],
  [
    "a client of the bootstrap Service",
    strimzi() + client({ KAFKA_BROKERS: "shop-kafka-bootstrap:9092" }),
    [],
  ],
  [
    "a client at a port that no listener has",
    strimzi() + client({ KAFKA_BROKERS: "shop-kafka-bootstrap:9094" }),
    ["error bootstrap-not-a-broker KAFKA_BROKERS"],
  ],
  [
    "a client in the cluster at an external listener",
    strimzi({ listeners: EXTERNAL }) + client({ KAFKA_BROKERS: "shop-kafka-bootstrap.shop.svc:9094" }),
    ["error bootstrap-not-a-broker KAFKA_BROKERS"],
  ],
  [
    "a Connect that dials another port",
    strimzi() +
      "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaConnect\nmetadata: { name: c }\nspec: { " +
      "bootstrapServers: 'shop-kafka-bootstrap:9093' }\n",
    ["error bootstrap-not-a-broker bootstrapServers"],
  ],
];
