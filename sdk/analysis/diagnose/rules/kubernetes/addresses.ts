// The addresses that Kafka's pods have for each other: voters, what they advertise, and what they bind.

import type { Listener, Voter } from "../../../../compose/mod.ts";
import { resolve } from "../../../../kubernetes/mod.ts";
import type { Facts, Node } from "../../facts.ts";
import type { Fix } from "../../fix.ts";
import type { Problem } from "../../finding.ts";
import { isOpen } from "../../setting.ts";
import { advertisedSetting } from "../advertised.ts";
import { ADVERTISED, spelled } from "../listener-fixes.ts";
import { isSelf } from "../reach.ts";
import { votersOf } from "../voter-fixes.ts";
import { eachNode, list } from "../words.ts";
import { type PodNetwork, podNetworkOf } from "./network.ts";

const VOTERS = "controller.quorum.voters";

/** The nodes that manifests write themselves, with their pod's namespace. */
function inPods({ cluster }: Facts): { node: Node; namespace: string | null }[] {
  return (cluster?.nodes ?? []).flatMap((node) =>
    node.pod?.container == null ? [] : [{ node, namespace: node.pod.container.pod.namespace }],
  );
}

/** Voters whose address is not that of the pod with their id. */
export function wrongPodVoters(facts: Facts): Problem[] {
  const network = podNetworkOf(facts);
  if (network === null) return [];
  const nodes = inPods(facts);
  const right = votersOf(facts);
  return nodes.flatMap(({ node, namespace }) => {
    // one line has all of them
    const { edits } = right === null ? { edits: [] } : node.settings.set(VOTERS, right);
    return node.voters.flatMap((voter): Problem[] => {
      const found = wrongVoter(voter, { node, namespace, network, isAlone: nodes.length < 2 });
      if (found === null) return [];
      const { fix, ...problem } = found;
      const settings = [node.settings.of(VOTERS)];
      return [{ node: node.name, settings, ...problem, fix: { text: fix, edits } }];
    });
  });
}

/** What is wrong with a voter, and in words what mends it. */
type WrongVoter = Omit<Problem, "settings" | "fix"> & { readonly fix: string };

interface Asker {
  readonly node: Node;
  readonly namespace: string | null;
  readonly network: PodNetwork;
  /** No other node has to find it. */
  readonly isAlone: boolean;
}

function wrongVoter(
  { id, host, port }: Voter,
  { node, namespace, network, isAlone }: Asker,
): WrongVoter | null {
  const dials = `${node.name} connects to voter ${id} at ${host}:${port}, and `;
  const end = isAlone ? "it never registers" : "there is no quorum";
  const target = network.targetOf({ host, port }, namespace);
  switch (target.kind) {
    case "unknown":
      return null;
    case "self":
      return isAlone || id === node.nodeId || node.nodeId === null
        ? null
        : {
            happens: `${dials}${host} within a pod is that pod itself: ${end}.`,
            fix: "the pod's name below its Service",
          };
    case "nothing":
      // a pod knows its own name
      if (!target.isSure && isAlone) return null;
      if (isAlone && host === node.name) return null;
      return {
        happens: `${dials}${target.why}: ${end}.`,
        fix: target.better === "" ? "the address of the voter's pod" : `${id}@${target.better}:${port}`,
        ...(!target.isSure && { severity: "warning" as const }),
      };
    case "nodes":
      return wrongNodes({ id, host, port }, target, dials);
  }
}

function wrongNodes(
  { id, host, port }: Voter,
  { nodes, by, port: inside }: { nodes: readonly Node[]; by: string | null; port: number },
  dials: string,
): WrongVoter | null {
  const [target] = nodes;
  if (target === undefined) return null;
  if (nodes.length > 1)
    return {
      happens:
        `${dials}Service ${by ?? host} leads to any of ${nodes.length} pods: the voters do ` +
        `not find each other.`,
      fix:
        `${id}@${target.container?.names[0]?.replace(/^[^.]*/, "POD") ?? "POD.SERVICE"}:${port}, ` +
        `with each voter's own pod`,
    };
  if (target.nodeId !== null && target.nodeId !== id)
    return {
      happens: `${dials}that is ${target.name}, whose node.id is ${target.nodeId}: there is no quorum.`,
      fix: `${target.nodeId}@${host}:${port}, or node.id ${id} for ${target.name}`,
    };
  const listener = target.listeners.find((one) => one.port === inside);
  const own = target.listeners.filter(({ name }) => target.controllerNames.includes(name));
  if (listener === undefined || own.length === 0 || target.controllerNames.includes(listener.name))
    return null;
  return {
    happens:
      `${dials}that is the listener ${listener.name}; controllers listen on ` +
      `${list(own.map((one) => String(one.port)))}.`,
    fix: `${id}@${host}:${own[0]!.port}`,
  };
}

/** Brokers that advertise one address that leads to any of them. */
export function sharedAddresses(facts: Facts): Problem[] {
  const network = podNetworkOf(facts);
  if (network === null) return [];
  const found = inPods(facts).flatMap(({ node, namespace }) => {
    const lost = node.advertised.flatMap((listener) => {
      const target = network.targetOf(listener, namespace);
      return target.kind === "nodes" && target.nodes.length > 1 ? [{ listener, target }] : [];
    });
    return lost[0] === undefined ? [] : [{ node, ...lost[0], lost }];
  });
  return found.map(({ node, listener: { name, host, port }, target, lost }) => ({
    node: node.name,
    settings: [advertisedSetting(node)],
    happens:
      `${node.name} advertises ${name} as ${host}:${port}, and Service ${target.by ?? host} leads to ` +
      `any of ` +
      `${target.nodes.length} brokers: a client or a follower that wants ${node.name} reaches ` +
      `another, and gets ` +
      "NOT_LEADER_OR_FOLLOWER.",
    fix: ownAddress(
      node,
      lost.map(({ listener }) => listener),
    ),
  }));
}

/** Brokers that advertise a name that is not in the cluster's DNS. */
export function unresolvable(facts: Facts): Problem[] {
  const network = podNetworkOf(facts);
  if (network === null) return [];
  const isAlone = facts.cluster?.isAlone === true;
  return inPods(facts).flatMap(({ node, namespace }): Problem[] => {
    const all = node.advertised
      .filter(({ name }) => !node.controllerNames.includes(name))
      .map((listener) => ({ listener, target: network.targetOf(listener, namespace) }))
      .filter(({ target }) => target.kind === "nothing");
    const [lost] = all;
    if (lost?.target.kind !== "nothing") return [];
    const { listener, target } = lost;
    const isBrokers = listener.name === node.interBroker && !isAlone;
    return [
      {
        node: node.name,
        settings: [advertisedSetting(node)],
        happens:
          `${node.name} advertises ${listener.name} as ${listener.host}:${listener.port}, and ` +
          `${target.why}: ` +
          `${isBrokers ? "neither clients nor other brokers reach" : "no client reaches"} it there.`,
        fix: ownAddress(
          node,
          all.map((one) => one.listener),
        ),
        ...(!(target.isSure && (isBrokers || !isAlone)) && { severity: "warning" as const }),
      },
    ];
  });
}

/** The pod's own name in these listeners; in a template, the variable that has it. */
function ownAddress({ settings, advertised, container, pod }: Node, wrong: readonly Listener[]): Fix {
  const own = container?.service.aliases.at(-1) ?? container?.names[0] ?? "HOST";
  const withHost = (host: string): string =>
    spelled(advertised.map((one) => (wrong.includes(one) ? { ...one, host } : one)));
  const fix = settings.set(ADVERTISED, withHost(own));
  const isShared = (pod?.container?.pod.workload.replicas ?? 1) > 1;
  if (fix.edits.length > 0 || !isShared) return fix;
  // no variable of the template has the pod's name yet
  const text = settings.spell(ADVERTISED, withHost(own.replace(/^[^.]*/, "$(POD_NAME)")));
  return {
    text: `${text}, below { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }`,
    edits: [],
  };
}

/** Listeners that are bound to an address that the pod does not have. */
export function unboundInPods(facts: Facts): Problem[] {
  const { kubernetes } = facts;
  if (kubernetes == null) return [];
  return eachNode(facts, (node) => {
    const container = node.pod?.container;
    if (container == null) return null;
    const all = node.listeners.map((listener) => {
      if (isOpen(listener.host) || listener.host === "" || isSelf(listener.host)) return null;
      const found = resolve(listener.host, container.pod.namespace, kubernetes);
      if (found.kind === "service" && !found.service.isHeadless)
        return { listener, why: "that is a Service's address, which no pod has" };
      return found.kind === "pod" && found.pod !== container.pod
        ? { listener, why: `that is ${found.pod.name}` }
        : null;
    });
    const lost = all.find((one) => one !== null);
    if (lost == null) return null;
    const { listener, why } = lost;
    return {
      settings: [node.settings.of("listeners")],
      happens:
        `${node.name} does not start: ${listener.name} binds ` +
        `${listener.host}:${listener.port}, and ${why}.`,
      fix: node.settings.set(
        "listeners",
        spelled(node.listeners.map((one) => (one === listener ? { ...one, host: "" } : one))),
      ),
    };
  });
}
