// Why a broker does not start: its settings.

import type { Entry } from "../entry.ts";
import { setting } from "./setting.ts";
import { DIAGNOSE } from "./checks.ts";

const _META = "docker compose exec SERVICE cat /var/lib/kafka/data/meta.properties";
export const START_SETTINGS: readonly Entry[] = [
  setting({
    id: "advertised-meta-address",
    title: "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0",
    patterns: ["advertised.listeners cannot use the nonroutable meta-address"],
    means: "0.0.0.0 is an address to listen on; nobody can dial it.",
    causes: [
      {
        because: "advertised.listeners, or listeners without advertised.listeners, has 0.0.0.0.",
        settings: ["advertised.listeners", "listeners"],
        rules: ["advertised-wildcard", "listeners-not-advertised"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "advertised-names-differ",
    title:
      "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners",
    patterns: [
      "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners",
    ],
    means: "The broker advertises a listener that it does not have.",
    causes: [
      {
        because: "A name is missing in listeners, or misspelt.",
        settings: ["listeners", "advertised.listeners"],
        rules: ["advertised-unknown-listener"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "inter-broker-name",
    title: "inter.broker.listener.name must be a listener name defined in advertised.listeners",
    patterns: ["inter.broker.listener.name must be a listener name defined in advertised.listeners"],
    means: "Brokers would not find each other: the listener between them is not advertised.",
    causes: [
      {
        because:
          "The name is missing in advertised.listeners, or no listener is called PLAINTEXT, its default.",
        settings: ["inter.broker.listener.name", "advertised.listeners"],
        rules: ["inter-broker-not-advertised"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "inter-broker-twice",
    title: "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set",
    patterns: ["Only one of inter.broker.listener.name and security.inter.broker.protocol should be set"],
    means: "Both settings name the listener between brokers.",
    causes: [
      {
        because: "Both are set.",
        settings: ["inter.broker.listener.name", "security.inter.broker.protocol"],
        rules: ["inter-broker-named-twice"],
        check: DIAGNOSE,
      },
    ],
  }),
  setting({
    id: "listener-without-protocol",
    title: "No security protocol defined for listener …",
    patterns: ["No security protocol defined for listener", "not found in listener.security.protocol.map"],
    means: "A listener's name is none of Kafka's protocols, and nothing says which one it uses.",
    causes: [
      {
        because: "listener.security.protocol.map lacks the name.",
        settings: ["listener.security.protocol.map", "listeners"],
        rules: ["listener-without-protocol"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka KafkaConfig.scala, SocketServerConfigs.java",
  }),
  setting({
    id: "listener-ports",
    title: "Each listener must have a different port",
    patterns: ["Each listener must have a different port", "Each listener must have a different name"],
    means: "Two listeners of one broker have the same port, or the same name.",
    causes: [
      {
        because: "A port or a name is there twice.",
        settings: ["listeners"],
        rules: ["listener-port-twice"],
        check: DIAGNOSE,
      },
    ],
    source: "apache/kafka CoreUtils.scala, validate",
  }),
];
