// Mechanisms of SASL listeners, and of the nodes that dial them.

import type { Fix } from "../fix.ts";
import type { Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { isBroker } from "./advertised.ts";
import {
  hasImagesOwnStart,
  isBitnami,
  CONTROLLERS,
  isSasl,
  isUnknown,
  listenersWith,
  MAP,
  mechanismsOf,
  protocolOf,
} from "./secured.ts";
import { eachNode, kraftNodes, list, says } from "./words.ts";

const BROKERS = "sasl.mechanism.inter.broker.protocol";

export const saslRules: readonly Rule[] = [
  {
    id: "scram-on-controller-listener",
    severity: "error",
    title: "nodes authenticate to controllers by SCRAM",
    source:
      "KAFKA-15513; KIP-900: SCRAM credentials are records of the metadata log, which controllers have " +
      "only after they have found each other",
    check: (facts) => eachNode(facts, (node) => scramAtControllers(facts, node)),
  },
  {
    id: "inter-broker-mechanism-not-enabled",
    severity: "error",
    title: "the inter-broker listener does not enable the mechanism of the brokers",
    source:
      'Kafka: KafkaConfig.validateValues, "sasl.mechanism.inter.broker.protocol must be included in ' +
      'sasl.enabled.mechanisms when SASL is used for inter-broker communication"',
    check: (facts) =>
      eachNode(facts, (node) => {
        const { name, interBroker, settings } = node;
        if (!isBroker(node) || interBroker === null || !isSasl(protocolOf(node, interBroker))) return null;
        const wanted = settings.of(BROKERS);
        const enabled = mechanismsOf(node, interBroker);
        if (enabled === null || !isJudged(node, wanted)) return null;
        if (enabled.names.includes(wanted.value.trim())) return null;
        return {
          settings: [wanted, enabled.setting],
          happens:
            `${name} does not start: brokers authenticate at ${interBroker} by ${says(wanted)}, and ` +
            `${says(enabled.setting)}.`,
          fix: mechanismFix(node, wanted, enabled.setting, enabled.names),
        };
      }),
  },
  {
    id: "controller-mechanism-not-enabled",
    severity: "error",
    title: "controllers do not enable the mechanism with which nodes dial them",
    source:
      "Kafka: sasl.mechanism.controller.protocol (KRaftConfigs); " +
      'SaslServerAuthenticator.handleHandshakeRequest, "Unsupported SASL mechanism"',
    check: (facts) => eachNode(facts, (node) => refusedByControllers(facts, node)),
  },
  {
    id: "plain-without-tls",
    severity: "note",
    title: "passwords cross the network in clear text",
    source: 'Kafka, documentation, security: "SASL/PLAIN should be used only with SSL as transport layer"',
    check: (facts) =>
      eachNode(facts, (node) => {
        const listeners = listenersWith(node, (protocol) => protocol === "SASL_PLAINTEXT").filter(
          (listener) => mechanismsOf(node, listener)?.names.includes("PLAIN") === true,
        );
        if (listeners[0] === undefined) return null;
        const map = node.settings.of(MAP);
        return {
          settings: [map.origin === "default" ? node.settings.of("listeners") : map],
          happens:
            `PLAIN at ${list(listeners)} of ${node.name}, which is SASL_PLAINTEXT: each connection sends ` +
            "its password unencrypted.",
          fix: `SASL_SSL for ${list(listeners)}, or SCRAM-SHA-512, which does not send the password`,
        };
      }),
  },
];

/** Bitnami's image sets what is not given. */
function isJudged(node: Node, setting: Setting): boolean {
  return !isUnknown(setting) && !(setting.origin === "default" && isBitnami(node));
}

function mechanismFix(
  { settings }: Node,
  wanted: Setting,
  setting: Setting,
  enabled: readonly string[],
): Fix {
  // between controllers SCRAM is no way out
  const first = enabled.find((one) => wanted.key !== CONTROLLERS || !one.startsWith("SCRAM-"));
  return first === undefined || setting.origin === "default"
    ? settings.set(setting.key, wanted.value)
    : settings.set(wanted.key, first);
}

function scramAtControllers({ cluster, compose }: Facts, node: Node): Problem | null {
  const [listener] = node.controllerNames;
  if (!node.isKraft || listener === undefined || !isSasl(protocolOf(node, listener))) return null;
  const mechanism = node.settings.of(CONTROLLERS);
  if (!/^SCRAM-/.test(mechanism.value.trim())) return null;
  const found = {
    settings: [mechanism],
    fix: `${node.settings.spell(CONTROLLERS, "PLAIN")}, enabled for ${listener}, or TLS with certificates`,
  };
  const controllers = cluster?.controllers ?? [];
  const count = Math.max(node.voters.length, controllers.length);
  if (count > 1 && node.roles.includes("controller"))
    return {
      ...found,
      happens:
        `${node.name} authenticates to the other ${count - 1} controllers by ${mechanism.value}: ` +
        "controllers read the credentials from the metadata log, and cannot vote before they have them, so " +
        "that no controller is ever elected.",
    };
  const makesThem = compose?.services.some(({ keys }) => JSON.stringify(keys).includes("add-scram")) === true;
  if (makesThem || isBitnami(node)) return null;
  const isImpossible = controllers.length > 0 && controllers.every(hasNoCredentials);
  return {
    ...found,
    severity: isImpossible ? "error" : "note",
    happens: isImpossible
      ? `${node.name} authenticates to the controller by ${mechanism.value}: the image formats the storage ` +
        "without credentials (kafka-storage.sh format --add-scram), so no broker can register, and the " +
        "credentials cannot be added without a broker."
      : `${node.name} authenticates to the controller by ${mechanism.value}, which works only if the ` +
        "controllers' storage was formatted with kafka-storage.sh format --add-scram.",
  };
}

/** Whether nobody comes to a controller by anything but SCRAM, and its image has made no credentials. */
function hasNoCredentials(controller: Node): boolean {
  const [name] = controller.controllerNames;
  const enabled = name === undefined ? null : mechanismsOf(controller, name);
  return hasImagesOwnStart(controller) && enabled?.names.every((one) => one.startsWith("SCRAM-")) === true;
}

function refusedByControllers(facts: Facts, node: Node): Problem | null {
  const [listener] = node.controllerNames;
  if (!node.isKraft || listener === undefined || !isSasl(protocolOf(node, listener))) return null;
  const wanted = node.settings.of(CONTROLLERS);
  if (!isJudged(node, wanted)) return null;
  const controllers = kraftNodes(facts).filter(({ roles }) => roles.includes("controller"));
  // a single controller does not dial itself
  const isDialler = isBroker(node) || controllers.length > 1 || node.voters.length > 1;
  for (const controller of isDialler ? controllers : []) {
    const [name] = controller.controllerNames;
    const enabled =
      name === undefined || !isSasl(protocolOf(controller, name)) ? null : mechanismsOf(controller, name);
    if (enabled === null || enabled.names.includes(wanted.value.trim())) continue;
    return {
      settings: [wanted, enabled.setting],
      happens:
        `${node.name} dials controllers by ${says(wanted)}, and ${controller.name} accepts at ${name} ` +
        `${says(enabled.setting)}: the connection is refused, so ` +
        `${isBroker(node) ? "the broker does not register" : "controllers do not vote"}.`,
      fix: mechanismFix(node, wanted, enabled.setting, enabled.names),
    };
  }
  return null;
}
