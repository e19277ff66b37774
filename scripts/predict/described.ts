// The cluster that files describe: compose files, server.properties, or Kubernetes manifests.

import path from "node:path";
import {
  type Circumstances,
  type ComposeCircumstances,
  FAST_TIMERS,
  fromCompose,
  type KnownNode,
  readCompose,
} from "@kafka-failure-lab/sdk";
import { fromManifests, fromProperties, resolveFault } from "@kafka-failure-lab/sdk/predict";
import {
  isManifest,
  kafkaServices,
  quoted,
  readText,
  readTextIfThere,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
import type { PredictOptions } from "./options.ts";

/** Where the command runs. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A node as files describe it. */
export type DescribedNode = Pick<KnownNode, "nodeId" | "broker" | "roles"> & { readonly service?: string };

/** What the files describe, and how circumstances are made of it. */
export interface Described {
  /** How an error names it. */
  readonly source: string;
  readonly nodes: readonly DescribedNode[];
  circumstances(options: ComposeCircumstances): Circumstances;
}

/** Reads the files. @throws UsageError for files that are not given together; LabError for what they have */
export function describedBy(options: PredictOptions, { cwd, env }: Place): Described {
  const { files, fast, kafka } = options;
  const manifests = manifestsAmong(files, cwd);
  if (manifests.length > 0) {
    const other = files.find((file) => !manifests.some((one) => one.file === file));
    if (other !== undefined)
      throw new UsageError(
        `Cannot use ${quoted(other)} with Kubernetes manifests: give the one or the others`,
      );
    return describedByManifests(manifests, options);
  }
  if (!files.some(isProperties)) {
    const project = readCompose(files, { env, cwd, ...(fast && { properties: FAST_TIMERS }) });
    const nodes = kafkaServices(project);
    const version = kafka ?? nodes[0]!.version;
    return {
      source: "the compose file",
      nodes,
      circumstances: (more) => fromCompose(project, { ...more, kafka: version }),
    };
  }
  const other = files.find((file) => !isProperties(file));
  if (other !== undefined)
    throw new UsageError(`Cannot use ${quoted(other)} with server.properties: give the one or the others`);
  const timers = fast ? Object.entries(FAST_TIMERS).map(([name, value]) => `\n${name}=${value}`) : [];
  const read = files.map((file) => ({
    file,
    text: readText(path.resolve(cwd, file), { code: "BAD_CONFIGURATION", shown: file }) + timers.join(""),
  }));
  const circumstances = (more: ComposeCircumstances): Circumstances => fromProperties(read, more);
  const fault = resolveFault(options.fault, []);
  const { nodes } = circumstances({ fault, topic: { replicationFactor: 1 } });
  return { source: "the files", nodes, circumstances };
}

/** The files that are Kubernetes manifests; a name of the lab's own is none. */
function manifestsAmong(files: readonly string[], cwd: string): { file: string; text: string }[] {
  return files
    .filter((file) => /\.(ya?ml|json)$/i.test(file))
    .map((file) => ({
      file,
      text: readTextIfThere(path.resolve(cwd, file), { code: "BAD_COMPOSE", shown: file }) ?? "",
    }))
    .filter(({ text }) => isManifest(text));
}

function describedByManifests(
  files: readonly { file: string; text: string }[],
  { fast, fault }: PredictOptions,
): Described {
  const circumstances = (more: ComposeCircumstances): Circumstances => {
    const made = fromManifests(files, more);
    const timers = fast ? FAST_TIMERS : {};
    return {
      ...made,
      nodes: made.nodes.map((node) => ({ ...node, properties: { ...node.properties, ...timers } })),
    };
  };
  const { nodes } = circumstances({ fault: resolveFault(fault, []), topic: { replicationFactor: 1 } });
  return { source: "the manifests", nodes, circumstances };
}

function isProperties(file: string): boolean {
  return /\.(properties|conf|cfg)$/i.test(file);
}
