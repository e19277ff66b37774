// The first look at a cluster that the lab has not started: who its brokers are, and how they are configured.
//
//   bootstrap servers ──Metadata──▶ brokers' advertised addresses ──ApiVersions, DescribeConfigs──▶ settings
//                                                                 └─DescribeQuorum──▶ voters

import { openWires, type Wire } from "../../kafka/connection.ts";
import { isRefusal, type Refused } from "../../kafka/security/mod.ts";
import { errorName } from "../../kafka/error-codes.ts";
import type { FeaturesAnswer, MetadataAnswer, QuorumAnswer } from "../../kafka/protocol/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Security } from "../../model/security.ts";

/** A broker that the cluster names, and what it said of itself. */
export interface FoundBroker {
  nodeId: number;
  /** `host:port`, as the cluster advertises it to clients. */
  address: string;
  /** Its settings, defaults included; or why they are not known. */
  configs: Readonly<Record<string, string>> | string;
}

/** What was found. */
export interface Found {
  /** By node id. */
  brokers: readonly FoundBroker[];
  /** The node ids in partitions' replicas that belong to no broker that is alive. */
  absent: readonly number[];
  features: FeaturesAnswer | undefined;
  /** Undefined where no broker says. */
  quorum: QuorumAnswer | undefined;
  /** The addresses that did not answer, and why: `kafka-2:9092: refused`. */
  silent: readonly string[];
}

/** How long a server is waited for; one that refuses says so at once. */
const PATIENCE_MS = 3_000;

/**
 * Asks the bootstrap servers for the cluster's brokers, and each of these for its settings.
 *
 * @throws LabError NO_CLUSTER, with every address that was tried and what came of it; AUTHENTICATION,
 *   TLS_HANDSHAKE
 */
export async function lookAt(
  bootstrap: readonly string[],
  { signal, security }: { signal?: AbortSignal | undefined; security?: Security | undefined } = {},
): Promise<Found> {
  const wires = openWires(security);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", wires.close, { once: true });
  try {
    return await look(bootstrap, wires.to);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", wires.close);
    wires.close();
  }
}

async function look(bootstrap: readonly string[], wire: (address: string) => Wire): Promise<Found> {
  const asked = await each(bootstrap, (address) => wire(address).metadata(null, PATIENCE_MS));
  const metadata = asked.answers[0];
  if (metadata === undefined && asked.refusal !== undefined) throw asked.refusal;
  if (metadata === undefined || metadata.brokers.length === 0)
    throw noCluster(`no bootstrap server answers: ${asked.silent.join("; ")}`, BOOTSTRAP_HINT);
  const named = metadata.brokers
    .map(({ nodeId, host, port }) => ({ nodeId, address: addressOf(host, port) }))
    .sort((a, b) => a.nodeId - b.nodeId);
  const addresses = named.map(({ address }) => address);
  const reached = await each(addresses, (address) => wire(address).features(PATIENCE_MS));
  if (reached.answers.length === 0)
    throw noCluster(
      `${bootstrap.join(", ")} answers, but the brokers do not answer where the cluster advertises them: ` +
        reached.silent.join("; "),
      "Clients connect to the advertised addresses (advertised.listeners); this machine does not reach them.",
    );
  const quorums = await each(addresses, (address) => wire(address).quorum(PATIENCE_MS));
  return {
    brokers: await Promise.all(
      named.map(async (one) => ({ ...one, configs: await configsOf(wire(one.address), one.nodeId) })),
    ),
    absent: absentIn(metadata),
    features: reached.answers[0],
    quorum: quorums.answers.find(({ errorCode, leaderId }) => errorCode === 0 && leaderId >= 0),
    silent: [...new Set([...asked.silent, ...reached.silent])],
  };
}

interface Asked<T> {
  answers: T[];
  silent: string[];
  /** A broker and the lab do not trust each other. */
  refusal?: Refused;
}

async function each<T>(
  addresses: readonly string[],
  ask: (address: string) => Promise<T>,
): Promise<Asked<T>> {
  const asked: Asked<T> = { answers: [], silent: [] };
  await Promise.all(
    addresses.map((address) =>
      ask(address).then(
        (answer) => asked.answers.push(answer),
        (error: Error) => {
          if (isRefusal(error)) asked.refusal = error;
          asked.silent.push(`${address}: ${reasonOf(error.message)}`);
        },
      ),
    ),
  );
  return asked;
}

async function configsOf(wire: Wire, nodeId: number): Promise<FoundBroker["configs"]> {
  try {
    const { errorCode, values } = await wire.configs(nodeId, PATIENCE_MS);
    return errorCode === 0 ? values : errorName(errorCode);
  } catch (error) {
    return reasonOf((error as Error).message);
  }
}

function absentIn({ brokers, topics }: MetadataAnswer): number[] {
  const replicas = topics.flatMap(({ partitions }) => partitions.flatMap((one) => one.replicas));
  const alive = new Set(brokers.map(({ nodeId }) => nodeId));
  return [...new Set(replicas)].filter((nodeId) => !alive.has(nodeId)).sort((a, b) => a - b);
}

/** An IPv6 address is written in brackets. */
function addressOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const BOOTSTRAP_HINT = "Are the addresses right, and is the cluster up and reached from this machine?";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused, nobody listens there",
  ECONNRESET: "closed the connection; is it a listener with TLS?",
  CLOSED: "closed the connection; is it a listener with TLS or SASL?",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host, or no name server answers",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  TIMEOUT: `no answer within ${PATIENCE_MS / 1000} s`,
};

function reasonOf(code: string): string {
  return REASONS[code] ?? code;
}

function noCluster(state: string, hint: string): LabError {
  return new LabError("NO_CLUSTER", `Cannot attach to the cluster: ${state}`, { hint });
}
