// What a name and a port lead to in a Kubernetes cluster: Kafka's pods, directly or by a Service.

import type { Address } from "../../../../kafka/mod.ts";
import {
  isSameNamespace,
  type KubernetesProject,
  mapsAt,
  type Pod,
  resolve,
  selectedBy,
  type Service,
  textAt,
} from "../../../../kubernetes/mod.ts";
import type { Facts, Node } from "../../facts.ts";
import { oncePer } from "../../once.ts";
import { isOpen } from "../../setting.ts";
import { isSelf } from "../reach.ts";

/** What an address leads to. */
export type PodTarget =
  /** The nodes that answer, and the port at which. */
  | {
      readonly kind: "nodes";
      readonly nodes: readonly Node[];
      readonly port: number;
      readonly by: string | null;
    }
  | { readonly kind: "nothing"; readonly why: string; readonly isSure: boolean; readonly better: string }
  /** The pod that says it. */
  | { readonly kind: "self" }
  | { readonly kind: "unknown" };

const UNKNOWN: PodTarget = { kind: "unknown" };

/** The names of a cluster of manifests. */
export interface PodNetwork {
  targetOf(address: Address, namespace: string | null): PodTarget;
}

/** The names that lead to a cluster's nodes; null where no manifest is given. */
export function podNetworkOf({ kubernetes, cluster }: Facts): PodNetwork | null {
  return kubernetes == null || cluster === null ? null : networkIn(kubernetes)(cluster);
}

const networkIn = oncePer((project: KubernetesProject) =>
  oncePer(({ nodes }: { readonly nodes: readonly Node[] }) => makeNetwork(project, nodes)),
);

function makeNetwork(project: KubernetesProject, nodes: readonly Node[]): PodNetwork {
  const byPod = new Map<Pod, Node>(
    nodes.flatMap((node) => (node.pod?.container == null ? [] : [[node.pod.container.pod, node] as const])),
  );
  const nodesOf = (pods: readonly Pod[]): Node[] => pods.flatMap((pod) => byPod.get(pod) ?? []);
  const find = ({ host, port }: Address, namespace: string | null): PodTarget => {
    if (isOpen(host) || host === "") return UNKNOWN;
    if (isSelf(host)) return { kind: "self" };
    const operated = targetOfStrimzi(nodes, { host, port }, namespace);
    if (operated !== null) return operated;
    const found = resolve(host, namespace, project);
    switch (found.kind) {
      case "unknown":
      case "nothing":
        return found;
      case "pod":
        return targetOf(nodesOf([found.pod]), port, null);
      case "service":
        return targetOfService(found.service, nodesOf(selectedBy(found.service, project.pods)), port);
    }
  };
  // every node of a cluster names all voters
  const known = new Map<string, PodTarget>();
  return {
    targetOf: (address, namespace) => {
      const key = `${address.host} ${address.port} ${namespace ?? ""}`;
      const found = known.get(key) ?? find(address, namespace);
      known.set(key, found);
      return found;
    },
  };
}

function targetOf(nodes: readonly Node[], port: number, by: string | null): PodTarget {
  if (nodes.length === 0) return UNKNOWN;
  const listening = nodes.filter(
    ({ listeners }) => listeners.length === 0 || listeners.some((one) => one.port === port),
  );
  if (listening.length > 0) return { kind: "nodes", nodes: listening, port, by };
  const has = [...new Set(nodes[0]!.listeners.map((listener) => listener.port))].join(", ");
  const leads = by === null ? "it" : `it leads to port ${port} of the pods, which`;
  return {
    kind: "nothing",
    why: `${leads} is not a listener of ${nodes[0]!.name} (it has ${has})`,
    isSure: true,
    better: "",
  };
}

function targetOfService(service: Service, nodes: readonly Node[], port: number): PodTarget {
  if (nodes.length === 0) return UNKNOWN;
  const by = service.name;
  if (service.isHeadless) return targetOf(nodes, port, by);
  const found = service.ports.find((one) => one.port === port);
  if (found === undefined)
    return {
      kind: "nothing",
      why:
        `Service ${by} does not have that port (it has ` +
        `${service.ports.map((one) => one.port).join(", ")})`,
      isSure: true,
      better: "",
    };
  const target = /^\d+$/.test(found.target) ? Number(found.target) : portNamed(nodes[0]!, found.target);
  return target === null ? UNKNOWN : targetOf(nodes, target, by);
}

/** A container's port by its name. */
function portNamed({ pod }: Node, name: string): number | null {
  const ports = mapsAt(pod?.container?.tree, "ports");
  const text = textAt(
    ports.find((one) => textAt(one, "name") === name),
    "containerPort",
  );
  return text === undefined || !/^\d{1,5}$/.test(text) ? null : Number(text);
}

/** The Services that Strimzi makes: `NAME-kafka-bootstrap` for all brokers, `NAME-kafka-brokers` below it. */
function targetOfStrimzi(
  nodes: readonly Node[],
  { host, port }: Address,
  namespace: string | null,
): PodTarget | null {
  const parts = host.replace(/\.svc(\..*)?$/, "").split(".");
  for (const node of nodes) {
    const cluster = node.pod?.strimzi?.cluster;
    if (cluster === undefined) continue;
    const { name, namespace: own } = cluster.resource;
    const brokers = nodes.filter(
      (one) => one.pod?.strimzi?.cluster === cluster && one.roles.includes("broker"),
    );
    const [first, second, third] = parts;
    if (first === `${name}-kafka-bootstrap` && isSameNamespace(second ?? namespace, own))
      return atBootstrap(brokers, port, first);
    if (second === `${name}-kafka-brokers` && isSameNamespace(third ?? namespace, own)) {
      const one = nodes.find((other) => other.name === first);
      if (one !== undefined) return targetOf([one], port, null);
    }
  }
  return null;
}

function atBootstrap(brokers: readonly Node[], port: number, by: string): PodTarget {
  const listeners = brokers[0]?.pod?.strimzi?.cluster.listeners ?? [];
  const internal = listeners.filter(({ type }) => type === "internal").map((listener) => listener.port);
  if (port === 9091 || internal.includes(port)) return targetOf(brokers, port, by);
  const other = listeners.find((listener) => listener.port === port);
  const why =
    other === undefined
      ? `Service ${by} does not have that port (the internal listeners have ${internal.join(", ") || "none"})`
      : `the listener ${other.name} is of type ${other.type} and has a Service of its own`;
  return { kind: "nothing", why, isSure: true, better: "" };
}
