// Compose files that once did harm; each is tried again before anything else.

import type { ComposeInput } from "../give/compose.ts";
import type { Find } from "../hold.ts";

const ENVIRONMENT = "services/kafka-1/environment";
const one = { base: "three-brokers" } as const;

/** Its host is named as before, so that the voters find it. */
function renamed(as: string): ComposeInput {
  const edits = [
    { put: "services/kafka-1/hostname", value: "kafka-1" },
    { rename: "services/kafka-1", as },
  ];
  return { ...one, edits, target: "start" };
}

export const COMPOSE_FINDS: readonly Find<ComposeInput>[] = [
  {
    what: "a flag of Java runs a command",
    value: {
      ...one,
      edits: [{ put: `${ENVIRONMENT}/KAFKA_OPTS`, value: "-XX:OnOutOfMemoryError=touch$${IFS}x" }],
      target: "start",
    },
  },
  {
    what: "a service's name leaves the lab's folder",
    value: renamed("../../../../evil"),
  },
  {
    what: "a service's name is a folder among other labs",
    value: renamed(".."),
  },
  {
    what: "a service's name has a slash in it",
    value: renamed("a/b"),
  },
  {
    what: "one value, three settings",
    value: {
      ...one,
      edits: [{ put: `${ENVIRONMENT}/KAFKA_MESSAGE_MAX_BYTES`, value: "1048588\nfuzz.injected=1" }],
      target: "start",
    },
  },
  {
    what: "a cluster id of two lines",
    value: {
      ...one,
      edits: [{ put: `${ENVIRONMENT}/CLUSTER_ID`, value: "x\nfuzz.injected=1" }],
      target: "start",
    },
  },
  {
    what: "a name of a setting with a space behind it",
    value: { ...one, edits: [{ put: `${ENVIRONMENT}/KAFKA_LOG_DIRS `, value: "/x" }], target: "start" },
  },
  {
    what: "a host name of two lines",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/hostname", value: "x\nfuzz.injected" }],
      target: "start",
    },
  },
  { what: "aliases within aliases", value: { ...one, spoiled: ["aliases"], target: "predict" } },
  { what: "aliases within aliases, diagnosed", value: { ...one, spoiled: ["aliases"], target: "diagnose" } },
  {
    what: "50 MB of comments",
    value: {
      ...one,
      text: [{ repeat: "# c\n", times: 12_500_000 }, "services: { k: { image: apache/kafka } }\n"],
      target: "predict",
    },
  },
  {
    what: "50,000 keys",
    value: {
      ...one,
      text: [
        "services:\n  k:\n    image: apache/kafka\n    environment:\n",
        { repeat: "      KAFKA_A{n}: b\n", times: 50_000 },
      ],
      target: "predict",
    },
  },
  {
    what: "10,000 services",
    value: {
      ...one,
      text: [
        "services:\n",
        { repeat: "  k{n}: { image: apache/kafka, environment: { KAFKA_NODE_ID: {n} } }\n", times: 10_000 },
      ],
      target: "predict",
    },
  },
  {
    what: "all ports of the machine",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/ports", value: ["1-65535:1-65535"] }],
      target: "start",
    },
  },
  {
    what: "a file of variables that never ends",
    value: { ...one, edits: [{ put: "services/kafka-1/env_file", value: "/dev/zero" }], target: "predict" },
  },
  { what: "nesting too deep for a walk", value: { ...one, spoiled: ["deep"], target: "predict" } },
  {
    what: "a port that is a list of mappings",
    value: { ...one, edits: [{ put: "services/kafka-1/ports", value: [[{ a: 1 }]] }], target: "predict" },
  },
  {
    what: "a volume that has a toString of its own",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/volumes", value: [[{ toString: "x" }]] }],
      target: "diagnose",
    },
  },
  {
    what: "a setting without a name",
    value: { ...one, edits: [{ put: `${ENVIRONMENT}/KAFKA_`, value: "x" }], target: "start" },
  },
  { what: "a service's name that is a space", value: renamed(" ") },
  {
    what: "an image's own listener that clears the screen",
    value: {
      ...one,
      edits: [{ put: `${ENVIRONMENT}/KAFKA_ADVERTISED_LISTENERS`, value: "\u009b2J" }],
      target: "predict",
    },
  },
  {
    what: "replicas that are no number",
    value: {
      ...one,
      edits: [{ put: `${ENVIRONMENT}/KAFKA_DEFAULT_REPLICATION_FACTOR`, value: "ten" }],
      target: "predict",
    },
  },
  {
    what: "all ports of the machine, diagnosed",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/ports", value: ["1-65535:1-65535"] }],
      target: "diagnose",
    },
  },
  {
    what: "a port whose target has a toString of its own",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/ports", value: [{ target: { toString: "x" } }] }],
      target: "diagnose",
    },
  },
  {
    what: "a profile that is a mapping",
    value: { ...one, edits: [{ put: "services/kafka-1/profiles", value: [{ a: 1 }] }], target: "predict" },
  },
  {
    what: "a folder in memory that is a list",
    value: {
      ...one,
      edits: [{ put: "services/kafka-1/tmpfs", value: [[{ toString: "x" }]] }],
      target: "predict",
    },
  },
];
