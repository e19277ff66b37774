// Strimzi's resources: what the operator leaves out, refuses or never sees.

import {
  clusterLabelOf,
  isStrimzi,
  named,
  type Resource,
  type StrimziCluster,
} from "../../../../kubernetes/mod.ts";
import type { Facts } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import type { Fix } from "../../fix.ts";
import { list } from "../words.ts";
import { setIn } from "./edits.ts";
import { settingAt } from "./setting.ts";
import { topicRules } from "./topics.ts";
import { userRules } from "./users.ts";

/** Every cluster once, whatever nodes it has. */
function clustersOf({ kubernetes, isFurther }: Facts): readonly StrimziCluster[] {
  return isFurther === true ? [] : (kubernetes?.strimzi ?? []);
}

export const strimziRules: readonly Rule[] = [
  {
    id: "strimzi-forbidden-setting",
    severity: "warning",
    title: "a setting that Strimzi sets itself",
    source:
      'Strimzi: KafkaClusterSpec.FORBIDDEN_PREFIXES; AbstractConfiguration, "Configuration option … ' +
      "is forbidden " +
      'and will be ignored"',
    check: (facts) =>
      clustersOf(facts).flatMap(({ resource, forbidden }): Problem[] =>
        forbidden.length === 0
          ? []
          : [
              {
                settings: forbidden.map(({ key, value, location }) => settingAt(key, value, location)),
                happens:
                  `The operator leaves ${list(forbidden.map(({ key }) => key))} out of the ` +
                  `configuration of ` +
                  `${named(resource)} and says so in its own log only: Kafka runs without ` +
                  `${forbidden.length === 1 ? "it" : "them"}.`,
                fix: [...new Set(forbidden.map(({ key }) => insteadOf(key)))].join("; "),
              },
            ],
      ),
  },
  {
    id: "strimzi-listener-refused",
    severity: "error",
    title: "a listener that Strimzi refuses",
    source: "Strimzi: ListenersValidator (unique names and ports, ports from 9092 but 9404 and 9999, TLS)",
    check: (facts) =>
      clustersOf(facts).flatMap(({ resource, listeners }) =>
        listeners.flatMap((listener, i): Problem[] => {
          const refused = whyRefused(listeners, i);
          if (refused === null) return [];
          const [why, key, value] = refused;
          return [
            {
              settings: [settingAt(listener.name, String(listener.port), listener.location)],
              happens:
                `The operator refuses ${named(resource)}, and changes nothing: the ` +
                `listener ${listener.name} ${why}.`,
              fix: setIn(resource, ["spec", "kafka", "listeners", i], key, value),
            },
          ];
        }),
      ),
  },
  {
    id: "strimzi-label-missing",
    severity: "error",
    title: "a resource without the label of its cluster",
    source:
      "Strimzi: the label strimzi.io/cluster selects what an operator looks at " +
      "(Labels.STRIMZI_CLUSTER_LABEL)",
    check: ({ kubernetes, isFurther }) =>
      (isFurther === true ? [] : (kubernetes?.resources ?? []))
        .filter(
          (one) =>
            isStrimzi(one) &&
            /^Kafka(NodePool|Topic|User)$/.test(one.kind) &&
            clusterLabelOf(one) === undefined,
        )
        .map((one) => ({
          node: named(one),
          settings: [settingAt("kind", named(one), one.location)],
          happens: `No operator looks at ${named(one)}: it has no label strimzi.io/cluster.`,
          fix: labelled(one, kubernetes?.strimzi ?? []),
        })),
  },
  {
    id: "strimzi-no-controllers",
    severity: "error",
    title: "no node pool has the role controller, or none the role broker",
    source: "Strimzi: NodePoolUtils.validateNodePools, a KRaft cluster needs a pool with each role",
    check: (facts) =>
      clustersOf(facts).flatMap(({ resource, isKraft, pools, nodes, uncounted }): Problem[] => {
        const lost = (["broker", "controller"] as const).filter(
          (role) => !nodes.some(({ roles }) => roles.includes(role)),
        );
        if (!isKraft || pools.length === 0 || uncounted.length > 0 || lost.length === 0) return [];
        return [
          {
            settings: pools.map((pool: Resource) => settingAt("kind", named(pool), pool.location)),
            happens:
              `The operator refuses ${named(resource)}: no KafkaNodePool of it has a node ` +
              `with the role ${list(lost)}.`,
            fix: `roles: [${lost.join(", ")}] in a KafkaNodePool with replicas, if no other file has it`,
            // other pools may be in another file
            severity: "warning",
          },
        ];
      }),
  },
  ...topicRules,
  ...userRules,
];

function insteadOf(key: string): string {
  if (/^(listeners|advertised\.|listener\.|inter\.broker|port|host\.name)/.test(key))
    return "spec.kafka.listeners";
  if (/^(sasl|ssl|security)\./.test(key)) return "authentication and tls of spec.kafka.listeners";
  if (/^(authorizer\.|super\.user)/.test(key)) return "spec.kafka.authorization";
  if (/^(log\.dir|metadata\.log\.dir)/.test(key)) return "storage of the KafkaNodePool";
  if (/^broker\.rack/.test(key)) return "spec.kafka.rack";
  if (/^(node\.id|broker\.id|process\.roles|controller\.)/.test(key))
    return "replicas and roles of the KafkaNodePool";
  return `remove ${key}`;
}

/** The label of the cluster, if the files have one cluster. */
function labelled(resource: Resource, clusters: readonly StrimziCluster[]): Fix {
  const [only, other] = clusters;
  const text = `labels: { strimzi.io/cluster: ${only?.resource.name ?? "NAME"} }`;
  return only === undefined || other !== undefined
    ? { text, edits: [] }
    : setIn(resource, ["metadata", "labels"], "strimzi.io/cluster", only.resource.name, text);
}

type Refused = readonly [why: string, key: "name" | "port" | "tls", value: string];

function whyRefused(all: StrimziCluster["listeners"], i: number): Refused | null {
  const { name, port, isTls, type, authentication } = all[i]!;
  const before = all.slice(0, i);
  const isPortOk = (one: number): boolean => one >= 9092 && one !== 9404 && one !== 9999;
  const free = [9094, 9095, 9096, 9097, 9098, 9099].find((one) => all.every((other) => other.port !== one));
  const names = ["external", "listener2", "listener3", "listener4"];
  const unused = names.find((one) => all.every((other) => other.name !== one)) ?? "NAME";
  if (before.some((other) => other.name === name)) return ["has the name of another", "name", unused];
  if (before.some((other) => other.port === port))
    return [`has port ${port}, as another has`, "port", String(free ?? port + 1000)];
  if (!/^[a-z0-9]{1,11}$/.test(name))
    return ["has a name that does not match [a-z0-9]{1,11}", "name", unused];
  if (!isPortOk(port)) return [`has port ${port}, which is forbidden`, "port", String(free ?? 10_092)];
  if (/^(route|ingress|tlsroute)$/.test(type) && !isTls)
    return [`is of type ${type}, which needs TLS`, "tls", "true"];
  if (authentication === "tls" && !isTls) return ["authenticates by tls without TLS", "tls", "true"];
  return null;
}
