// The engine of a cluster that the lab has not started: it finds the brokers through bootstrap servers, puts
// a link in front of each for the lab's own clients, and can neither start nor break a process.
//
//   look.ts (Metadata, settings) ──▶ nodes.ts (pure) ──▶ links in front of the brokers ──▶ Engine

import { bothNames } from "../../compose/mod.ts";
import { splitAddress } from "../../kafka/security/mod.ts";
import { type Claim, claimPort, release } from "../../runtime/claims.ts";
import { claimGuarded } from "../../runtime/guarded.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { inside } from "../../runtime/inside.ts";
import type { Security } from "../../model/security.ts";
import type { Engine, Node } from "../engine.ts";
import { type LinkOrder, type Links, startLinks } from "../local/links/links.ts";
import { lookAt } from "./look.ts";
import { outOfReach } from "./out-of-reach.ts";
import { noDisk } from "../disk/unsupported.ts";
import { clientsOnly } from "./network.ts";
import { missingOf, nodesOf, releaseOf } from "./nodes.ts";

export interface RemoteOptions {
  /** Unique on this machine. */
  lab: string;
  /** `host:port` of some of the cluster's brokers. */
  bootstrap: readonly string[];
  logDir: string;
  onProgress(line: string): void;
  /** How the lab's clients authenticate and encrypt. @default neither */
  security?: Security | undefined;
  signal?: AbortSignal | undefined;
}

/** What is open beside a cluster. */
interface Beside {
  claim: Claim;
  guardian: Guardian;
  links: Links | undefined;
}

/**
 * Attaches to a cluster through its bootstrap servers.
 *
 * @throws LabError NO_CLUSTER where none answers; PORT_TAKEN, COMMAND_FAILED, DISK_FULL, UNSAFE_FOLDER for
 *   what the links need on this machine
 */
export async function openRemote(options: RemoteOptions): Promise<Engine> {
  const { bootstrap, signal, security, logDir, lab } = options;
  const found = await lookAt(bootstrap, { signal, security });
  const nodes = nodesOf(found);
  const beside: Beside = { ...claimGuarded(lab, { keep: false, logDir }), links: undefined };
  try {
    const orders = await linkOrders(nodes, beside.claim);
    beside.guardian.watch(beside.claim.paths);
    const links = (beside.links = await linkAll(beside.claim, nodes, { orders, security }));
    signal?.throwIfAborted();
    return makeEngine(options, {
      nodes,
      kafka: releaseOf(found.features),
      differs: missingOf(found),
      routes: routesOf(nodes, orders),
      network: clientsOnly(links.network),
      close: () => close(beside, options),
    });
  } catch (error) {
    await close(beside, options).catch(() => {}); // the first failure is the one to report
    throw error;
  }
}

async function linkOrders(nodes: readonly Node[], claim: Claim): Promise<LinkOrder[]> {
  const orders: LinkOrder[] = [];
  for (const { service, client } of nodes) {
    if (client === null) continue;
    const { host, port } = splitAddress(client);
    const listener = { dialer: "", host: "127.0.0.1", port: await claimPort(claim, null) };
    orders.push({ node: service, kind: "data", listeners: [listener], to: port, host });
  }
  return orders;
}

function linkAll(
  claim: Claim,
  nodes: readonly Node[],
  { orders, security }: { orders: readonly LinkOrder[]; security: Security | undefined },
): Promise<Links> {
  const linkOf = (service: string): string | null => {
    const listener = orders.find(({ node }) => node === service)?.listeners[0];
    return listener === undefined ? null : `${listener.host}:${listener.port}`;
  };
  return startLinks({
    record: { ...claim.record, kind: "links", service: "links" },
    nodes: nodes.map(({ service, broker, client }) => ({
      service,
      broker,
      client: linkOf(service),
      ...(client === null ? {} : { name: splitAddress(client).host }),
    })),
    orders,
    security,
  });
}

/** The links by every address that they stand for. */
function routesOf(nodes: readonly Node[], orders: readonly LinkOrder[]): ReadonlyMap<string, string> {
  return new Map(
    orders.flatMap(({ node, listeners: [listener] }) => {
      const { client } = nodes.find(({ service }) => service === node)!;
      return bothNames(client!).map((name) => [name, `${listener!.host}:${listener!.port}`] as const);
    }),
  );
}

interface Parts extends Pick<Engine, "nodes" | "kafka" | "differs" | "network" | "close"> {
  routes: ReadonlyMap<string, string>;
}

function makeEngine({ bootstrap, logDir }: RemoteOptions, { routes, ...parts }: Parts): Engine {
  const refuse =
    (verb: string) =>
    (service: string): Promise<never> =>
      Promise.reject(
        outOfReach(verb, parts.nodes.find((node) => node.service === service)?.broker ?? service),
      );
  return {
    ...parts,
    kind: "remote",
    disk: noDisk((service) =>
      outOfReach(
        "break the disk of",
        parts.nodes.find((node) => node.service === service)?.broker ?? service,
      ),
    ),
    from: `a running cluster, found through ${bootstrap.join(", ")}`,
    addresses: new Map(
      parts.nodes.flatMap(({ client, service }) =>
        client === null ? [] : bothNames(client).map((name) => [name, service] as const),
      ),
    ),
    routes,
    start: refuse("start"),
    stop: refuse("stop"),
    kill: refuse("kill"),
    pause: refuse("pause"),
    resume: refuse("resume"),
    status: () => ({ state: "running" }), // as far as is known here: the cluster's metadata say who is alive
    followLogs() {},
    logFile: (service) => inside(logDir, `${service}.log`),
    keptLogs: () => Promise.resolve([]),
    lastWords: () => "",
  };
}

/** Removes what is open on this machine; the cluster is not touched. */
async function close({ claim, guardian, links }: Beside, { onProgress }: RemoteOptions): Promise<void> {
  await links?.close({ keep: false });
  for (const line of release(claim)) onProgress(line);
  await guardian.dismiss();
}
