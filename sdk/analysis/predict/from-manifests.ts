// Circumstances before there is a cluster: what Kubernetes manifests make of Kafka's nodes.

import { isReachableByBrokers } from "../../compose/mod.ts";
import { checkRelease, checkTopicName } from "../../kafka/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Node } from "../diagnose/facts.ts";
import { factsByCluster } from "../diagnose/clusters.ts";
import { readFacts } from "../diagnose/read/mod.ts";
import type { Circumstances, KnownNode } from "./circumstances.ts";
import { circumstancesOfNodes, type ComposeCircumstances } from "./from-compose.ts";

/** One file of manifests. */
export interface ManifestFile {
  /** Its name, for errors. */
  readonly file: string;
  /** Its contents. */
  readonly text: string;
}

/**
 * Reads Kubernetes manifests: pods with Kafka's images, and Strimzi's Kafka and KafkaNodePool. Brokers are
 * numbered from 1 in the order of the files, pod by pod.
 *
 * @throws LabError BAD_CONFIGURATION for files without Kafka or with several clusters, for a setting that
 *   Kafka would refuse, and for a node whose id is not known before it starts; UNSUPPORTED for a node that
 *   needs ZooKeeper
 * @throws RangeError for a broker that there is not, or an unknown Kafka version; TypeError for an invalid
 *   topic name or client setting
 */
export function fromManifests(
  files: readonly ManifestFile[],
  { kafka, ...circumstances }: ComposeCircumstances,
): Circumstances {
  if (kafka !== undefined) checkRelease(kafka);
  if (circumstances.topic?.topic !== undefined) checkTopicName(circumstances.topic.topic);
  const read = nodesOf(files, kafka ?? "");
  for (const node of read) refuse(node);
  let brokers = 0;
  const nodes = read.map((node): KnownNode => {
    const properties = propertiesOf(node);
    return {
      nodeId: node.nodeId!,
      broker: node.roles.includes("broker") ? ++brokers : null,
      roles: node.roles,
      isReachable: isReachableByBrokers({ service: node.name, properties }),
      properties,
    };
  });
  const version = kafka ?? (read[0]!.version.text || "latest");
  return circumstancesOfNodes({ nodes, kafka: version, source: "the manifests have" }, circumstances);
}

function nodesOf(files: readonly ManifestFile[], kafka: string): readonly Node[] {
  const facts = readFacts(
    files.map(({ file, text }) => ({ file, text, kind: "kubernetes" as const })),
    { env: {}, readFile: () => undefined, kafka, delay: null, recordMs: null, ownFactory: false },
  );
  const clusters = factsByCluster(facts).flatMap(({ cluster }) => cluster ?? []);
  const [cluster] = clusters;
  const file = files.map((one) => one.file).join(", ");
  const bad = (why: string, hint: string): LabError =>
    new LabError("BAD_CONFIGURATION", `Cannot predict for the manifests: ${why}`, { file, hint });
  if (cluster === undefined || cluster.brokers.length === 0)
    throw bad(
      "no resource of them is a broker",
      facts.notJudged[0]?.why ?? "Are the KafkaNodePools missing?",
    );
  if (clusters.length > 1)
    throw bad(`they have ${clusters.length} clusters`, "Give the manifests of one of them.");
  const ids = new Set(cluster.nodes.map(({ nodeId }) => nodeId));
  const missing = cluster.nodes.flatMap(({ voters }) => voters).find(({ id }) => !ids.has(id));
  if (missing !== undefined && !ids.has(null))
    throw bad(`voter ${missing.id} is none of their nodes`, "Give the manifests of all of its controllers.");
  return cluster.nodes;
}

function refuse({ name, nodeId, isKraft, settings, pod }: Node): void {
  const place = settings.location;
  const bad = (code: "BAD_CONFIGURATION" | "UNSUPPORTED", why: string, hint: string, at = place): LabError =>
    new LabError(code, `Cannot predict for ${name}: ${why}`, { file: at.file, line: at.line, hint });
  const [refused] = settings.refused;
  if (refused !== undefined)
    throw bad(
      "BAD_CONFIGURATION",
      refused.reason,
      `${refused.setting.written} has to be ${refused.allowed}.`,
      refused.setting.location,
    );
  if (!isKraft)
    throw bad(
      "UNSUPPORTED",
      "it has no process.roles, so it needs ZooKeeper",
      "Predictions know KRaft only.",
    );
  if (nodeId === null)
    throw bad(
      "BAD_CONFIGURATION",
      "its node.id is not known before it starts",
      `Is it an id, or \${HOSTNAME##*-} in the command of ${pod?.owner.name ?? name}?`,
    );
}

function propertiesOf({ settings }: Node): Record<string, string> {
  // a host that only the cluster knows is as good as any
  return Object.fromEntries(
    [...settings.given].map(([key, { value }]) => [key, value.replace(/\$\{[^}]*\}/g, "unknown")]),
  );
}
