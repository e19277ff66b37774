// What the probes of Kafka's pods ask.

import { listAt, mapsAt, textAt, type Workload } from "../../../../kubernetes/mod.ts";
import type { Tree } from "../../../../compose/tree.ts";
import type { Facts, Node } from "../../facts.ts";

/** Each workload with its first node. */
export function byWorkload({ cluster }: Facts): { node: Node; workload: Workload; nodes: Node[] }[] {
  const groups = new Map<Workload, Node[]>();
  for (const node of cluster?.nodes ?? []) {
    const workload = node.pod?.container?.pod.workload;
    if (workload !== undefined) groups.set(workload, [...(groups.get(workload) ?? []), node]);
  }
  return [...groups].map(([workload, nodes]) => ({ node: nodes[0]!, workload, nodes }));
}

/** What a probe asks: a port, or null for anything else. */
function portOf(probe: Tree | undefined, container: Tree): number | null {
  const text = textAt(probe, "tcpSocket", "port");
  if (text === undefined) return null;
  const ports = mapsAt(container, "ports");
  const number = /^\d+$/.test(text)
    ? text
    : textAt(
        ports.find((one) => textAt(one, "name") === text),
        "containerPort",
      );
  return number === undefined ? null : Number(number);
}

/** Kafka's own tools as a probe ask a listener for clients, too. */
export function asksBroker(probe: Tree | undefined, { node }: { readonly node: Node }): boolean {
  const container = node.pod!.container!.tree;
  const port = portOf(probe, container);
  const listener = node.listeners.find((one) => one.port === port);
  if (listener !== undefined) return !node.controllerNames.includes(listener.name);
  const command = listAt(probe, "exec", "command").join(" ");
  return /kafka-(broker-api-versions|topics)(\.sh)?\b.*--bootstrap-server/.test(command);
}
