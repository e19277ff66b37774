// Variables that Kubernetes does not take, or that it adds.

import { isSameNamespace, named, type PodContainer } from "../../../../kubernetes/mod.ts";
import type { Facts, Node } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import { type Fix, fixing } from "../../fix.ts";
import { setIn } from "./edits.ts";
import { settingAt } from "./setting.ts";

function pods({
  cluster,
}: Facts): { node: Node; container: NonNullable<NonNullable<Node["pod"]>["container"]> }[] {
  return (cluster?.nodes ?? []).flatMap((node) =>
    node.pod?.container == null ? [] : [{ node, container: node.pod.container }],
  );
}

function flawed(facts: Facts, kind: "not-text" | "undefined-reference") {
  const others = (facts.kubernetes?.others ?? []).map((container) => ({ container }));
  return [...pods(facts), ...(kind === "not-text" && facts.isFurther !== true ? others : [])].flatMap(
    ({ container }) =>
      container.environment.flaws
        .filter((flaw) => flaw.kind === kind)
        .map((flaw) => ({ flaw, container, owner: container.pod.workload.resource })),
  );
}

export const podEnvironmentRules: readonly Rule[] = [
  {
    id: "variable-not-text",
    severity: "error",
    title: "a variable's value is not text",
    source:
      'Kubernetes: EnvVar.value and ConfigMap.data are strings, "cannot unmarshal number into Go ' +
      "struct field " +
      'EnvVar.spec.template.spec.containers.env.value of type string"',
    check: (facts) =>
      flawed(facts, "not-text").map(
        ({ flaw: { variable, value, location }, container, owner }): Problem => ({
          node: named(owner),
          settings: [settingAt(variable, value, location)],
          happens:
            `The API server refuses ${named(owner)}: ${variable} is ${value}, a number or a ` +
            `boolean to YAML.`,
          fix: quoted(container, variable, value),
        }),
      ),
  },
  {
    id: "undefined-reference",
    severity: "error",
    title: "a variable refers to one that is not set before it",
    source:
      'Kubernetes: EnvVar.value, "if a variable cannot be resolved, the reference in the input ' +
      "string will be " +
      'unchanged"; only variables that are defined before it count',
    check: (facts) =>
      flawed(facts, "undefined-reference").map(
        ({ flaw: { variable, value, location, reference = "" }, owner }): Problem => ({
          node: named(owner),
          settings: [settingAt(variable, value, location)],
          happens:
            `Kafka gets the text $(${reference}) in ${variable}: no variable of that name is ` +
            `set before it.`,
          fix: `{ name: ${reference}, … } above ${variable}`,
        }),
      ),
  },
  {
    id: "service-link-port",
    severity: "error",
    title: "a Service named kafka sets KAFKA_PORT",
    source:
      "Kubernetes: enableServiceLinks, {SVCNAME}_PORT of every Service of the namespace that has an " +
      "address; " +
      'confluentinc/kafka-images: configure, "port is deprecated. Please use ' +
      'KAFKA_ADVERTISED_LISTENERS instead."',
    check: (facts) => pods(facts).flatMap(({ node, container }) => linked(facts, node, container)),
  },
];

/** The same value as a text. */
function quoted({ environment }: PodContainer, variable: string, value: string): Fix {
  const found = environment.written.get(variable);
  const text = `value: ${JSON.stringify(value)}`;
  if (found === undefined) return { text, edits: [] };
  const { location, path, key } = found;
  return { text, edits: [{ action: "set", ...location, column: 1, service: null, path, key, value }] };
}

function linked(
  { kubernetes }: Facts,
  node: Node,
  { pod, script }: NonNullable<NonNullable<Node["pod"]>["container"]>,
): Problem[] {
  const links = pod.workload.spec.entries.get("enableServiceLinks");
  const isOff = links?.kind === "scalar" && links.value === false;
  if (node.container?.convention !== "confluent" || isOff || script?.includes("unset KAFKA_PORT") === true)
    return [];
  const service = kubernetes?.services.find(
    ({ name, namespace, isHeadless }) =>
      name === "kafka" && !isHeadless && isSameNamespace(namespace, pod.namespace),
  );
  // a value of its own takes the place of the link's, and another rule reports it
  if (service === undefined || container(node, "KAFKA_PORT")) return [];
  return [
    {
      node: node.name,
      settings: [
        settingAt("Service", "kafka", service.location),
        ...(node.container.image === null ? [] : [node.container.image]),
      ],
      happens:
        `${node.name} exits at once: Service kafka gives its pods KAFKA_PORT=tcp://…, which the image's ` +
        'start script refuses ("port is deprecated").',
      fix: fixing(
        setIn(pod.workload.resource, pod.workload.path, "enableServiceLinks", "false"),
        " in the pod's spec, or another name for the Service",
      ),
    },
  ];
}

function container({ container: own }: Node, variable: string): boolean {
  return own?.variables.some(({ key }) => key === variable) === true;
}
