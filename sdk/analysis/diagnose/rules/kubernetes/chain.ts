// From a client in a pod to a broker: the name and port that it dials, the listener behind it, and the
// address that the listener advertises.

import type { Listener } from "../../../../compose/mod.ts";
import type { Facts, Node, PodDial } from "../../facts.ts";
import type { Fix } from "../../fix.ts";
import type { Problem } from "../../finding.ts";
import { isOpen } from "../../setting.ts";
import { advertisedSetting } from "../advertised.ts";
import { ADVERTISED, spelled } from "../listener-fixes.ts";
import { isSelf } from "../reach.ts";
import { list, onePerPlace } from "../words.ts";
import { type PodNetwork, podNetworkOf } from "./network.ts";

/** Addresses of manifests at which no broker listens for clients. */
export function lostPodDials(facts: Facts): Problem[] {
  const network = podNetworkOf(facts);
  if (network === null) return [];
  return (facts.podDials ?? []).flatMap((dial) =>
    dial.addresses.flatMap((address): Problem[] => {
      const target = network.targetOf(address, dial.namespace);
      const ending = target.kind === "nodes" ? endingAt(target.nodes, target.port) : target;
      if (ending.kind !== "nothing") return [];
      return [
        {
          node: dial.name,
          settings: [dial.setting],
          happens: `${address.host}:${address.port}: ${ending.why}. A client cannot bootstrap there.`,
          fix: dial.set(ending.better === "" ? bestList(facts) : `${ending.better}:${address.port}`),
          ...(!ending.isSure && { severity: "warning" as const }),
        },
      ];
    }),
  );
}

type Ending =
  | { readonly kind: "nothing"; readonly why: string; readonly isSure: boolean; readonly better: string }
  | { readonly kind: "broker"; readonly listener: string }
  | { readonly kind: "unknown" };

function endingAt(nodes: readonly Node[], port: number): Ending {
  const [node] = nodes;
  const listener = node?.listeners.find((one) => one.port === port);
  if (node === undefined || listener === undefined) return { kind: "unknown" };
  return node.controllerNames.includes(listener.name)
    ? { kind: "nothing", why: `it is ${node.name}'s controller listener`, isSure: true, better: "" }
    : { kind: "broker", listener: listener.name };
}

function bestList({ cluster }: Facts): string {
  const found = (cluster?.brokers ?? []).flatMap(({ advertised, controllerNames, pod }) => {
    const bootstrap = pod?.strimzi?.cluster;
    const one = advertised.find(
      ({ name, host }) => !controllerNames.includes(name) && !isSelf(host) && !isOpen(host),
    );
    if (bootstrap === undefined) return one === undefined ? [] : [`${one.host}:${one.port}`];
    const port = bootstrap.listeners.find(({ type }) => type === "internal")?.port;
    return port === undefined ? [] : [`${bootstrap.resource.name}-kafka-bootstrap:${port}`];
  });
  return [...new Set(found)].join(",") || "HOST:PORT";
}

interface Referred {
  readonly dial: PodDial;
  readonly node: Node;
  /** What it advertises in vain. */
  readonly listener: Listener;
  readonly why: string;
  readonly isSure: boolean;
}

/** Brokers that refer a client of the manifests to an address that its pod cannot reach. */
export function podsReferredInVain(facts: Facts): Problem[] {
  const network = podNetworkOf(facts);
  if (network === null) return [];
  const found = (facts.podDials ?? []).flatMap((dial) => referredInVain(dial, network));
  const listeners = [...new Set(found.map(({ node }) => node))];
  return listeners.slice(0, 1).map((node): Problem => {
    const all = found.filter((one) => one.why !== "" && one.node === node);
    const [{ dial, why, isSure }] = [all[0]!];
    const names = [...new Set(found.map((one) => one.dial.name))];
    const others = listeners.filter((one) => one !== node).map(({ name }) => name);
    return {
      settings: onePerPlace([...listeners.map(advertisedSetting), ...found.map((one) => one.dial.setting)]),
      happens:
        `${list(names)} ${names.length === 1 ? "dials" : "dial"} ` +
        `${dial.addresses.map(({ host, port }) => `${host}:${port}`).join(",")}, and ${why}. The client ` +
        `bootstraps, and then sends and reads nothing.` +
        (others.length === 0 ? "" : ` The same holds for ${list(others)}.`),
      fix: betterAdvertised(
        found.flatMap((one) => (one.node === node ? one.listener : [])),
        node,
      ),
      ...(!isSure && { severity: "warning" as const }),
    };
  });
}

function referredInVain(dial: PodDial, network: PodNetwork): Referred[] {
  return dial.addresses.flatMap((address) => {
    const target = network.targetOf(address, dial.namespace);
    if (target.kind !== "nodes") return [];
    const ending = endingAt(target.nodes, target.port);
    if (ending.kind !== "broker") return [];
    return target.nodes.flatMap((node): Referred[] => {
      const advertised = node.advertised.find(({ name }) => name === ending.listener);
      if (advertised === undefined || advertised.host === "" || node.pod?.strimzi != null) return [];
      const text = `${advertised.host}:${advertised.port}`;
      const referred = { dial, node, listener: advertised };
      const says = `${node.name} answers with ${text}, what its listener ${ending.listener} advertises: `;
      const end = network.targetOf(advertised, dial.namespace);
      if (end.kind === "self")
        return dial.pod !== null && dial.pod === node.pod?.container?.pod
          ? []
          : [{ ...referred, why: `${says}${advertised.host} within a pod is that pod itself`, isSure: true }];
      return end.kind === "nothing" ? [{ ...referred, why: `${says}${end.why}`, isSure: end.isSure }] : [];
    });
  });
}

function betterAdvertised(wrong: readonly Listener[], { advertised, container, settings }: Node): Fix {
  const host = container?.service.aliases.at(-1) ?? container?.names[0] ?? "HOST";
  return settings.set(
    ADVERTISED,
    spelled(advertised.map((one) => (wrong.includes(one) ? { ...one, host } : one))),
  );
}
