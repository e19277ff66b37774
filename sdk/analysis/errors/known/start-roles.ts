// Why a broker does not start: its roles, ids and voters.

import type { Entry } from "../entry.ts";
import { setting } from "./setting.ts";
import { DIAGNOSE } from "./checks.ts";

const _META = "docker compose exec SERVICE cat /var/lib/kafka/data/meta.properties";
export const START_ROLES: readonly Entry[] = [
  setting({
    id: "controller-not-a-voter",
    title:
      "If process.roles contains the 'controller' role, the node id … must be included in the set of voters",
    patterns: [
      "If process.roles contains the 'controller' role, the node id … must be included in the set of voters",
    ],
    means: "A controller is not among the voters that it is given.",
    causes: [
      {
        because: "node.id and controller.quorum.voters do not fit.",
        settings: ["node.id", "controller.quorum.voters"],
        rules: ["controller-not-a-voter"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "broker-among-voters",
    title:
      "If process.roles contains just the 'broker' role, the node id … must not be included in the " +
      "set of voters",
    patterns: [
      "If process.roles contains just the 'broker' role, the node id … must not be included in the " +
        "set of voters",
    ],
    means: "A node that is only a broker has a controller's node id.",
    causes: [
      {
        because: "Two nodes share a node.id, or the role controller is missing.",
        settings: ["process.roles", "node.id"],
        rules: ["broker-among-voters"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "no-controller-listener",
    title: "controller.listener.names must contain at least one value",
    patterns: [
      "controller.listener.names must contain at least one value appearing in the 'listeners' configuration",
      "controller.listener.names must contain at least one value when running KRaft",
      "controller.listener.names must only contain values appearing in the 'listeners' configuration",
    ],
    means: "KRaft needs a listener for the controllers, and this node names none that it has.",
    causes: [
      {
        because: "controller.listener.names is missing, or its name is not in listeners.",
        settings: ["controller.listener.names", "listeners"],
        rules: ["no-controller-listener"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "controller-listener-on-broker",
    title: "controller.listener.names must not contain a value appearing in the 'listeners' configuration",
    patterns: [
      "controller.listener.names must not contain a value appearing in the 'listeners' configuration",
    ],
    means: "A node that is only a broker must not listen for controllers.",
    causes: [
      {
        because: "listeners was copied from a node with both roles.",
        settings: ["listeners", "controller.listener.names"],
        rules: ["controller-listener-on-broker"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "no-voters",
    title:
      "If using process.roles, either controller.quorum.bootstrap.servers must contain … or " +
      "controller.quorum.voters",
    patterns: [
      "If using process.roles, either controller.quorum.bootstrap.servers must",
      "If using process.roles, controller.quorum.voters must contain a parseable set of voters",
    ],
    means: "KRaft mode, and the node does not know where the controllers are.",
    causes: [
      {
        because: "Neither setting is there, or it is not readable.",
        settings: ["controller.quorum.voters", "controller.quorum.bootstrap.servers"],
        rules: ["no-voters", "unreadable-voters"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "no-node-id",
    title: "Missing configuration `node.id` which is required when `process.roles` is defined",
    patterns: ["Missing configuration `node.id` which is required"],
    means: "A KRaft node without a node id.",
    causes: [
      { because: "node.id is missing.", settings: ["node.id"], rules: ["no-node-id"], check: DIAGNOSE },
    ],
  }),
  setting({
    id: "node-id-differs",
    title: "You must set `node.id` to the same value as `broker.id`",
    patterns: ["You must set `node.id` to the same value as `broker.id`"],
    means: "Both ids are set and differ.",
    causes: [
      {
        because: "broker.id is left from ZooKeeper mode or from the image.",
        settings: ["node.id", "broker.id"],
        rules: ["broker-id-differs"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "no-zookeeper",
    title: "Missing required configuration `zookeeper.connect`",
    patterns: [
      "Missing required configuration `zookeeper.connect` which has no default value",
      'Missing required configuration "zookeeper.connect" which has no default value',
    ],
    means: "Without process.roles Kafka 3 runs in ZooKeeper mode, and does not know where ZooKeeper is.",
    causes: [
      {
        because: "process.roles is missing, or its variable is not one that the image reads.",
        settings: ["process.roles"],
        rules: ["variable-of-another-image", "misspelt-broker-setting"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "missing-setting",
    title: "ConfigException: Missing required configuration",
    patterns: ["Missing required configuration … which has no default value"],
    means: "A setting that has no default is not there.",
    causes: [
      {
        because: "In a client most often bootstrap.servers or a (de)serializer.",
        settings: ["bootstrap.servers", "key.deserializer", "value.deserializer"],
        check: DIAGNOSE,
      },
      {
        because: "In Kafka 4 process.roles: there is no ZooKeeper mode any more.",
        settings: ["process.roles"],
        rules: ["zookeeper-with-kafka-4"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka ConfigDef.java",
  }),
  setting({
    id: "invalid-value",
    title: "ConfigException: Invalid value … for configuration …",
    patterns: ["ConfigException: Invalid value … for configuration"],
    means: "A setting has a value that Kafka does not take. The line names both.",
    causes: [
      {
        because: "The value is of another type, out of range, or has a space or a quote too many.",
        rules: ["refused-value"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka ConfigDef.java",
  }),
  {
    id: "invalid-bootstrap-url",
    title: "ConfigException: Invalid url in bootstrap.servers",
    patterns: ["Invalid url in bootstrap.servers", "Invalid port in bootstrap.servers"],
    means: "An entry of bootstrap.servers is not host:port.",
    causes: [
      {
        because: "It has a protocol such as http://, no port, or a variable that was not replaced.",
        settings: ["bootstrap.servers"],
        rules: ["refused-value", "bootstrap-not-a-broker"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka ClientUtils.java",
  },
];
