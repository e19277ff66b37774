// Circumstances before there is a cluster: what server.properties say, one file a node.

import { isReachableByBrokers, LOOPBACK, type Role, votersOf } from "../../compose/mod.ts";
import {
  checkRelease,
  checkTopicName,
  entriesOf,
  isProvided,
  parseSetting,
  refusalOf,
} from "../../kafka/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Leaf } from "../diagnose/read/flat.ts";
import { leavesOfProperties } from "../diagnose/read/properties.ts";
import type { Circumstances, KnownNode } from "./circumstances.ts";
import { circumstancesOfNodes, type ComposeCircumstances } from "./from-compose.ts";

/** One node's server.properties. */
export interface PropertiesFile {
  /** Its name, for errors. */
  readonly file: string;
  /** Its contents. */
  readonly text: string;
}

/** A node's file, and its settings by name; of two lines with one name the later counts. */
interface ReadNode {
  readonly file: string;
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly properties: Readonly<Record<string, string>>;
  readonly roles: readonly Role[];
  readonly nodeId: number;
}

/**
 * Reads the server.properties of every node of a cluster. Brokers are numbered from 1 in the order of the
 * files.
 *
 * @throws LabError BAD_CONFIGURATION for a file that is no node's, for a setting that Kafka would refuse, and
 *   where the file of a voter is missing; UNSUPPORTED for a node that needs ZooKeeper
 * @throws RangeError for a broker that there is not, or an unknown Kafka version; TypeError for an invalid
 *   topic name or client setting
 */
export function fromProperties(
  files: readonly PropertiesFile[],
  { kafka, ...circumstances }: ComposeCircumstances,
): Circumstances {
  if (kafka !== undefined) checkRelease(kafka);
  if (circumstances.topic?.topic !== undefined) checkTopicName(circumstances.topic.topic);
  const read = files.map((one) => readNode(one, kafka ?? null));
  refuseTwins(read);
  refuseMissing(read);
  const isOneMachine = read.every(({ properties }) => dialsItself(properties));
  let brokers = 0;
  const nodes = read.map(
    ({ file, properties, roles, nodeId }): KnownNode => ({
      nodeId,
      broker: roles.includes("broker") ? ++brokers : null,
      roles,
      isReachable: isOneMachine || isReachableByBrokers({ service: file, properties }),
      properties,
    }),
  );
  return circumstancesOfNodes({ nodes, kafka: kafka ?? "latest", source: "the files have" }, circumstances);
}

const TAKES =
  "It takes the server.properties of every node, with process.roles, node.id, and " +
  "controller.quorum.voters or " +
  "controller.quorum.bootstrap.servers.";

function readNode({ file, text }: PropertiesFile, kafka: string | null): ReadNode {
  const leaves = new Map(leavesOfProperties({ file, text }).map((leaf) => [leaf.path, leaf]));
  const properties = Object.fromEntries([...leaves].map(([name, { value }]) => [name, value]));
  for (const [name, { value, location }] of leaves) {
    const refusal = isProvided(value, properties) ? undefined : refusalOf("broker", name, value, kafka);
    if (refusal !== undefined)
      throw bad(file, refusal.reason, `${name} has to be ${refusal.allowed}.`, location.line);
  }
  return { file, leaves, properties, roles: rolesOf(file, properties), nodeId: nodeIdOf(file, leaves) };
}

function rolesOf(file: string, properties: Readonly<Record<string, string>>): Role[] {
  const roles = entriesOf(properties["process.roles"] ?? "").filter(
    (role): role is Role => role === "broker" || role === "controller",
  );
  if (roles.length > 0) return roles;
  if (properties["zookeeper.connect"] !== undefined)
    throw new LabError(
      "UNSUPPORTED",
      `Cannot predict for ${file}: it has no process.roles, so it needs ZooKeeper`,
      {
        file,
        hint: "Predictions know KRaft only.",
      },
    );
  throw bad(file, "it has no process.roles", TAKES);
}

function nodeIdOf(file: string, leaves: ReadonlyMap<string, Leaf>): number {
  const leaf = leaves.get("node.id") ?? leaves.get("broker.id");
  if (leaf === undefined) throw bad(file, "it has no node.id", TAKES);
  const reading = parseSetting(leaf.path, { type: "INT", range: ["0", null] }, leaf.value);
  if ("value" in reading) return Number(reading.value);
  throw bad(file, reading.reason, "A node id is a whole number from 0 on.", leaf.location.line);
}

function refuseTwins(nodes: readonly ReadNode[]): void {
  nodes.forEach(({ file, nodeId }, i) => {
    const twin = nodes.slice(0, i).find((other) => other.nodeId === nodeId);
    if (twin !== undefined)
      throw bad(
        file,
        `${twin.file} has the same node.id ${nodeId}`,
        "Every node of a cluster needs its own.",
      );
  });
}

/** Without every controller nothing can be said of who elects leaders. */
function refuseMissing(nodes: readonly ReadNode[]): void {
  const { file = "the files" } = nodes[0] ?? {};
  if (!nodes.some(({ roles }) => roles.includes("broker")))
    throw bad(file, "no file has the role broker", TAKES);
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const voters = nodes.flatMap((node) =>
    votersOf(node.properties["controller.quorum.voters"] ?? "").map((voter) => ({ ...voter, node })),
  );
  const missing = voters.filter(({ id }) => !ids.has(id));
  if (missing.length > 0) {
    const [{ node }] = missing as [(typeof missing)[number]];
    const names = [...new Set(missing.map(({ id }) => id))].join(", ");
    const line = node.leaves.get("controller.quorum.voters")!.location.line;
    throw bad(node.file, `it names the voters ${names}, which no file has as node.id`, TAKES, line);
  }
  if (!nodes.some(({ roles }) => roles.includes("controller")))
    throw bad(file, "no file has the role controller", TAKES);
}

/** Whether a node knows the others at this machine only, so that localhost is the same for all of them. */
function dialsItself(properties: Readonly<Record<string, string>>): boolean {
  const hosts = [
    ...votersOf(properties["controller.quorum.voters"] ?? "").map(({ host }) => host),
    ...entriesOf(properties["controller.quorum.bootstrap.servers"] ?? "").map((one) =>
      one.replace(/:\d+$/, ""),
    ),
  ];
  return hosts.length > 0 && hosts.every((host) => LOOPBACK.has(host));
}

function bad(file: string, why: string, hint: string, line?: number): LabError {
  return new LabError("BAD_CONFIGURATION", `Cannot predict for ${file}: ${why}`, {
    file,
    hint,
    ...(line !== undefined && { line }),
  });
}
