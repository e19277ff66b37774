// Checks what predictions from Kubernetes manifests are given.

import * as v from "valibot";
import * as predicting from "../analysis/predict/mod.ts";
import type { ManifestFile } from "../analysis/predict/mod.ts";
import { fields, needed, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import { circumstancesOf } from "./predicting.ts";
import * as is from "./values.ts";

const manifest: Schema<ManifestFile> = fields<ManifestFile>(
  { file: is.text("a file's name", 4_096), text: v.string("text") },
  ["file", "text"],
);
/**
 * Derives the circumstances of a fault from Kubernetes manifests, for `predict()`: pods with Kafka's images,
 * and Strimzi's Kafka and KafkaNodePool. Brokers are numbered from 1 in the order of the files, pod by pod.
 * Pure: it reads no file.
 *
 * @throws LabError BAD_CONFIGURATION for files without Kafka or with several clusters, for a setting that
 *   Kafka would refuse, and for a node whose id is not known before it starts; UNSUPPORTED for a node that
 *   needs ZooKeeper
 * @throws RangeError for a broker that the manifests do not have, or an unknown Kafka version
 * @throws TypeError for an invalid topic name or client setting
 * @example
 * import { fromManifests, predict } from "kafka-failure-lab/predict";
 *
 * const pool = `
 * apiVersion: kafka.strimzi.io/v1
 * kind: KafkaNodePool
 * metadata: { name: both, labels: { strimzi.io/cluster: shop } }
 * spec: { replicas: 3, roles: [controller, broker], storage: { type: ephemeral } }
 * ---
 * apiVersion: kafka.strimzi.io/v1
 * kind: Kafka
 * metadata: { name: shop }
 * spec: { kafka: { version: 4.0.0, config: { default.replication.factor: 3, min.insync.replicas: 2 } } }`;
 * const fault = { kind: "kill", targets: [1] } as const;
 * console.log(predict(fromManifests([{ file: "kafka.yaml", text: pool }], { fault })).served); // 1
 */
export const fromManifests: typeof predicting.fromManifests = guarded(
  "fromManifests",
  predicting.fromManifests,
  [needed("files", v.array(manifest, "a list of files")), needed("circumstances", circumstancesOf)],
);
