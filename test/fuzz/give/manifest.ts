// Kubernetes manifests, workers and connectors of Kafka Connect, and applications of Kafka Streams:
// diagnosed, fixed without being written, and predicted from.

import fc from "fast-check";
import { stringify } from "yaml";
import { BROKER_NAMES } from "@kafka-failure-lab/sdk/testing";
import type { Job, Text } from "../job.ts";
import { json, NUMBERS, text } from "./texts.ts";

const FORMS = {
  pods: "kafka.yaml",
  strimzi: "strimzi.yaml",
  connector: "connector.json",
  worker: "connect-distributed.properties",
  streams: "streams.properties",
} as const;
type Form = keyof typeof FORMS;

export interface ManifestInput {
  readonly form: Form;
  readonly settings: readonly (readonly [name: string, value: unknown])[];
  /** Values at paths of the resource. */
  readonly keys: readonly (readonly [path: string, value: unknown])[];
  readonly how: "diagnose" | "fix" | "predict";
  /** In place of all of that. */
  readonly text?: Text;
}

const PATHS: Readonly<Record<Form, readonly string[]>> = {
  pods: [
    "kind",
    "metadata",
    "metadata.name",
    "metadata.namespace",
    "spec.replicas",
    "spec.serviceName",
    "spec.ordinals.start",
    "spec.podManagementPolicy",
    "spec.updateStrategy",
    "spec.volumeClaimTemplates",
    "spec.template.metadata.labels",
    "spec.template.spec.volumes",
    "spec.template.spec.affinity",
    "spec.template.spec.terminationGracePeriodSeconds",
    "spec.template.spec.containers",
    "spec.template.spec.containers.0.image",
    "spec.template.spec.containers.0.env",
    "spec.template.spec.containers.0.env.0",
    "spec.template.spec.containers.0.env.0.name",
    "spec.template.spec.containers.0.envFrom",
    "spec.template.spec.containers.0.command",
    "spec.template.spec.containers.0.args.0",
    "spec.template.spec.containers.0.ports",
    "spec.template.spec.containers.0.livenessProbe",
    "spec.template.spec.containers.0.lifecycle.preStop",
    "spec.template.spec.containers.0.volumeMounts",
  ],
  strimzi: [
    "kind",
    "metadata",
    "metadata.name",
    "metadata.annotations",
    "spec",
    "spec.kafka",
    "spec.kafka.version",
    "spec.kafka.replicas",
    "spec.kafka.listeners",
    "spec.kafka.listeners.0",
    "spec.kafka.listeners.0.port",
    "spec.kafka.storage",
    "spec.kafka.config",
    "spec.kafka.rack",
    "spec.kafka.template",
    "spec.zookeeper",
  ],
  connector: ["name", "config", "config.connector.class"],
  worker: [],
  streams: [],
};
const CONNECT = [
  "bootstrap.servers",
  "group.id",
  "key.converter",
  "config.storage.topic",
  "offset.storage.topic",
  "status.storage.topic",
  "config.storage.replication.factor",
  "offset.flush.interval.ms",
  "scheduled.rebalance.max.delay.ms",
  "exactly.once.source.support",
  "plugin.path",
  "producer.acks",
  "consumer.auto.offset.reset",
  "gruop.id",
];
const SETTINGS: Readonly<Record<Form, readonly string[]>> = {
  pods: [...BROKER_NAMES],
  strimzi: [...BROKER_NAMES],
  connector: [
    "tasks.max",
    "topics",
    "errors.tolerance",
    "errors.deadletterqueue.topic.name",
    "consumer.override.max.poll.records",
    "producer.override.acks",
    "transforms",
  ],
  worker: CONNECT,
  streams: [
    "application.id",
    "bootstrap.servers",
    "processing.guarantee",
    "replication.factor",
    "num.standby.replicas",
    "commit.interval.ms",
    "state.dir",
    "acceptable.recovery.lag",
    "main.consumer.max.poll.interval.ms",
  ],
};

export const manifestInput: fc.Arbitrary<ManifestInput> = fc
  .constantFrom(...(Object.keys(FORMS) as Form[]))
  .chain((form) => {
    const value = fc.oneof(fc.constantFrom(...NUMBERS), text, json);
    const name = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...SETTINGS[form]) }, text);
    const path = PATHS[form].length === 0 ? fc.constant("") : fc.constantFrom(...PATHS[form]);
    return fc.record({
      form: fc.constant(form),
      settings: fc.array(fc.tuple(name, value), { maxLength: 3 }),
      keys: fc.array(fc.tuple(path, value), { maxLength: PATHS[form].length === 0 ? 0 : 2 }),
      how: fc.constantFrom("diagnose", "fix", "predict"),
    });
  });

export function manifestJob({ form, settings, keys, how, text }: ManifestInput): Job {
  const file = FORMS[form];
  const made = text ?? WRITERS[form](settings, keys);
  const isManifest = form === "pods" || form === "strimzi";
  const kind = form === "streams" ? ["--as", "streams"] : [];
  if (how === "predict" && isManifest)
    return { target: "predict", files: { [file]: made }, argv: [`./${file}`] };
  const argv = [...(how === "fix" ? ["--fix"] : []), ...kind, `./${file}`];
  return { target: "diagnose", files: { [file]: made }, argv };
}

type Settings = ManifestInput["settings"];
type Keys = ManifestInput["keys"];

const WRITERS: Readonly<Record<Form, (settings: Settings, keys: Keys) => string>> = {
  pods(settings, keys) {
    const env = settings.map(([name, value]) => ({
      name: `KAFKA_${name.toUpperCase().replaceAll(".", "_")}`,
      value,
    }));
    const container = {
      name: "kafka",
      image: "apache/kafka:3.9.2",
      env: [
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "KAFKA_PROCESS_ROLES", value: "broker,controller" },
        { name: "KAFKA_CONTROLLER_QUORUM_VOTERS", value: "0@kafka-0.kafka:9093" },
        { name: "KAFKA_ADVERTISED_LISTENERS", value: "PLAINTEXT://$(POD_NAME).kafka:9092" },
        ...env,
      ],
      args: ["export KAFKA_NODE_ID=${HOSTNAME##*-}; exec /etc/kafka/docker/run"],
    };
    const template = { metadata: { labels: { app: "kafka" } }, spec: { containers: [container] } };
    const set = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "kafka" } };
    return stringify(withKeys({ ...set, spec: { serviceName: "kafka", replicas: 1, template } }, keys));
  },
  strimzi(settings, keys) {
    const listeners = [{ name: "plain", port: 9092, type: "internal", tls: false }];
    const kafka = { version: "3.9.0", replicas: 3, listeners, config: fromSettings(settings) };
    const resource = { apiVersion: "kafka.strimzi.io/v1beta2", kind: "Kafka", metadata: { name: "a" } };
    return stringify(withKeys({ ...resource, spec: { kafka } }, keys));
  },
  connector(settings, keys) {
    const config = { "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector" };
    return JSON.stringify(withKeys({ name: "a", config: { ...config, ...fromSettings(settings) } }, keys));
  },
  worker: (settings) => `value.converter=x\n${properties(settings)}`,
  streams: (settings) => `application.id=x\n${properties(settings)}`,
};

function fromSettings(settings: Settings): object {
  return Object.fromEntries(settings);
}

function properties(settings: Settings): string {
  return settings
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}\n`)
    .join("");
}

/** The resource with values put at paths, as far as they lead somewhere. */
function withKeys(resource: object, keys: Keys): object {
  for (const [path, value] of keys) {
    const steps = path.startsWith("config.") ? ["config", path.slice("config.".length)] : path.split(".");
    let at: unknown = resource;
    for (const step of steps.slice(0, -1))
      at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[step] : undefined;
    if (typeof at === "object" && at !== null) (at as Record<string, unknown>)[steps.at(-1)!] = value;
  }
  return resource;
}
