// What the container adds: image, cluster id, variables, data, host ports.

import type { ComposeService, PublishedPort } from "../../../compose/mod.ts";
import { editDistance } from "../../../model/edit-distance.ts";
import { isAtLeast, type Container, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { BROKER_NAMES } from "../known/broker-names.ts";
import { listOf, type Location, type Setting } from "../setting.ts";
import { onePerPlace } from "./words.ts";

type Contained = Node & { readonly container: Container };

function contained(nodes: readonly Node[] | undefined): Contained[] {
  return (nodes ?? []).filter((node): node is Contained => node.container !== null);
}

/**
 * base64 of 16 bytes: 22 letters, or 24 with padding; Java's decoder does not mind bits to spare in the last
 * letter (Uuid.fromString).
 */
const UUID = /^[A-Za-z0-9_-]{22}(==)?$/;

export const imageRules: readonly Rule[] = [
  {
    id: "image-latest",
    severity: "warning",
    title: "the image has no fixed version",
    source:
      "Docker: a tag is `latest` where none is given; Kafka's upgrade notes (4.0 removed ZooKeeper and old protocol versions)",
    check: ({ cluster }) => {
      const found = contained(cluster?.nodes).filter(
        ({ container: { image } }) =>
          image !== null && (/:latest$/.test(image.value) || !/[:@][^/]+$/.test(image.value)),
      );
      const images = onePerPlace(found.map(({ container }) => container.image!));
      if (images[0] === undefined) return [];
      const repository = images[0].value.replace(/:latest$/, "");
      return [
        {
          settings: images,
          happens:
            "Tomorrow's pull may bring another Kafka to one node and not to the others: defaults move (linger.ms, metadata.recovery.strategy), settings go, and a newer node's data cannot always be read by an older one.",
          fix: `image: ${repository}:3.9.2`,
        },
      ];
    },
  },
  {
    id: "image-gone",
    severity: "error",
    title: "the image cannot be pulled any more",
    source:
      "bitnami/containers issue 83267: versioned tags left docker.io/bitnami on 2025-08-28; frozen copies are in bitnamilegacy",
    check: ({ cluster }) => {
      const images = contained(cluster?.nodes)
        .map(({ container: { image } }) => image)
        .filter((image) => image !== null);
      const gone = onePerPlace(
        images.filter(({ value }) =>
          /^((registry-1\.|index\.)?docker\.io\/)?bitnami\/kafka([:@]|$)/.test(value),
        ),
      );
      if (gone[0] === undefined) return [];
      return [
        {
          settings: gone,
          happens: `${gone[0].value} is not on Docker Hub any more: \`docker compose up\` fails on every machine that does not have it already.`,
          fix: `image: ${gone[0].value.replace("bitnami/", "bitnamilegacy/")} (a frozen copy without updates), or apache/kafka with its own variables`,
        },
      ];
    },
  },
  {
    id: "image-refuses",
    severity: "error",
    title: "the image's start script refuses these variables",
    source:
      "apache/kafka: docker/resources/common-scripts/configure; confluentinc/kafka-images: etc/confluent/docker/configure",
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap(({ name, container: { refused, variables, image } }): Problem[] => {
        const at = variables.find(({ key }) => key === "KAFKA_ADVERTISED_LISTENERS") ?? image;
        if (refused === null || at === null) return [];
        const fix = refused.includes("ADVERTISED")
          ? "remove KAFKA_ADVERTISED_LISTENERS from nodes that are only controllers"
          : "CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw, the same on every node (kafka-storage.sh random-uuid makes one)";
        return [{ settings: [at], happens: `${name} ends at once: ${refused}.`, fix }];
      }),
  },
  {
    id: "cluster-id-unsupported",
    severity: "error",
    title: "this version does not take the cluster id",
    source:
      'Kafka 3.0 to 3.8: StorageTool.buildMetadataProperties, "does not appear to be a valid UUID"; the check went with 3.9 (KAFKA-17118)',
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(
        ({ version, container: { clusterId } }) =>
          clusterId !== null &&
          clusterId.origin === "file" &&
          !clusterId.value.includes("${") &&
          !UUID.test(clusterId.value) &&
          isAtLeast(version, 3, 9) === false,
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const id = first.container.clusterId!;
      return [
        {
          settings: onePerPlace(nodes.map(({ container }) => container.clusterId!)),
          happens: `${first.name} does not start: Kafka ${first.version.text} formats its disk only with a base64 UUID of 22 letters, and "${id.value}" is none.`,
          fix: `${id.written}: 5L6g3nShT-eMCtK--X86sw, or another from kafka-storage.sh random-uuid`,
        },
      ];
    },
  },
  {
    id: "cluster-ids-differ",
    severity: "error",
    title: "nodes of one cluster have different cluster ids",
    source:
      "Kafka: raft and broker registration answer INCONSISTENT_CLUSTER_ID (KafkaRaftClient.java, ClusterControlManager.java)",
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(({ isKraft }) => isKraft);
      const ids = nodes.map(({ container }) => container.clusterId).filter((id) => id !== null);
      const other = ids.find(({ value }) => value !== ids[0]!.value);
      if (other !== undefined)
        return [
          {
            settings: onePerPlace([other, ids[0]!]),
            happens: `Nodes with the ids "${ids[0]!.value}" and "${other.value}" do not talk to each other (INCONSISTENT_CLUSTER_ID): there is no quorum, or a broker is left out.`,
            fix: `${other.written}: ${ids[0]!.value}`,
          },
        ];
      const without = nodes.filter(
        ({ container }) => container.clusterId === null && container.convention === "bitnami",
      );
      if (nodes.length < 2 || without[0] === undefined) return [];
      return [
        {
          settings: [idPlace(without[0])],
          happens:
            "Each node without an id makes up its own, and nodes of different ids do not talk to each other: there is no quorum.",
          fix: "KAFKA_KRAFT_CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw on every node",
        },
      ];
    },
  },
  {
    id: "variable-of-another-image",
    severity: "warning",
    title: "a variable that this image does not read",
    source:
      "apache/kafka: KafkaDockerWrapper (KAFKA_X_Y is x.y); bitnami/containers: libkafka.sh (KAFKA_CFG_X_Y is x.y)",
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap(({ name, container }): Problem[] => {
        const foreign = container.variables.filter((variable) => isForeign(variable.key, container));
        const [first] = foreign;
        if (first === undefined) return [];
        const many = foreign.length === 1 ? "" : ` and ${foreign.length - 1} more`;
        const rightName =
          container.convention === "bitnami"
            ? first.key === "CLUSTER_ID"
              ? "KAFKA_KRAFT_CLUSTER_ID"
              : first.key.replace(/^KAFKA_/, "KAFKA_CFG_")
            : first.key.replace("KAFKA_CFG_", "KAFKA_").replace(/^KAFKA_(KRAFT_)?CLUSTER_ID$/, "CLUSTER_ID");
        return [
          {
            settings: foreign,
            happens: `${first.key}${many} means nothing to ${container.convention === "confluent" ? "confluentinc/cp-kafka" : container.convention === "apache" ? "apache/kafka" : "bitnami/kafka"}: ${name} runs as if it were not there.`,
            fix: `${rightName}: ${first.value}`,
          },
        ];
      }),
  },
  {
    id: "data-in-container",
    severity: "note",
    title: "the data is on no volume of its own",
    source:
      "Docker compose: down removes containers, and leaves anonymous volumes behind that the next up does not take again",
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(({ container, settings }) =>
        listOf(settings.of("log.dirs").value).some(
          (dir) =>
            !container.service.mounts.some(
              ({ kind, source, target }) =>
                (kind === "bind" || (kind === "volume" && source !== null) || kind === "other") &&
                `${dir}/`.startsWith(`${target.replace(/\/$/, "")}/`),
            ),
        ),
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const dir = listOf(first.settings.of("log.dirs").value)[0]!;
      return [
        {
          settings: onePerPlace(nodes.map(({ settings }) => settings.of("log.dirs"))),
          happens: `${dir} is on no named volume: docker stop and start keep the data, \`docker compose down\` or a new image loses it, and with it every topic.`,
          fix: `volumes: ["${first.name}:${dir}"]`,
        },
      ];
    },
  },
  {
    id: "configuration-elsewhere",
    severity: "note",
    title: "the settings are in a file that is not given",
    source:
      "apache/kafka: docker/resources/common-scripts (files of /mnt/shared/config are used instead of the bundled ones)",
    check: ({ unread }) =>
      unread.map((mount) => ({
        settings: [mount],
        happens: `This service takes its configuration from ${mount.value}, which is not among the files given, so nothing is said about its node.`,
        fix: "give the mounted server.properties, too",
      })),
  },
  {
    id: "port-clash",
    severity: "error",
    title: "two services publish one port of the host",
    source: 'Docker: "port is already allocated"',
    check: ({ compose }) => {
      const all = (compose?.services ?? []).flatMap((service) =>
        service.ports.filter(({ published }) => published !== null).map((port) => ({ service, port })),
      );
      const publishers = publishersOf();
      return all.flatMap(({ service, port }): Problem[] => {
        const other = publishers.add(service, port);
        if (other === undefined) return [];
        const basis = [service, other].map(
          ({ keys, location }): Setting => ({
            key: "ports",
            written: "ports",
            value: `${port.published}`,
            origin: "file",
            location: placeOf(keys.find(({ key }) => key === "ports")?.location ?? location),
          }),
        );
        return [
          {
            settings: basis,
            happens: `${other.service} and ${service.service} both publish port ${port.published} of the host: the second does not start ("port is already allocated").`,
            fix: `another port for ${service.service}, there and in its advertised.listeners`,
          },
        ];
      });
    },
  },
  {
    id: "misspelt-broker-setting",
    severity: "warning",
    title: "a setting that Kafka does not know",
    source: "Kafka: AbstractConfig.logUnused; what is in no ConfigDef is dropped with a warning in the log",
    check: ({ cluster }) =>
      (cluster?.nodes ?? []).flatMap(({ settings }) =>
        [...settings.given.values()].flatMap((setting): Problem[] => {
          const near =
            BROKER_NAMES.has(setting.key) || setting.origin !== "file"
              ? null
              : nearest(setting.key, BROKER_NAMES);
          if (near === null) return [];
          return [
            {
              settings: [setting],
              happens: `Kafka has no ${setting.key} and drops it, so ${near} keeps its default.`,
              fix: settings.spell(near, setting.value),
            },
          ];
        }),
      ),
  },
];

function isForeign(name: string, { convention, service }: Container): boolean {
  if (convention !== "bitnami")
    return /^KAFKA_CFG_/.test(name) || (/^KAFKA_(KRAFT_)?CLUSTER_ID$/.test(name) && convention === "apache");
  if (name === "CLUSTER_ID") return true;
  if (!/^KAFKA_[A-Z]/.test(name) || name.startsWith("KAFKA_CFG_")) return false;
  const property = name.slice("KAFKA_".length).toLowerCase().replaceAll("_", ".");
  return (
    BROKER_NAMES.has(property) &&
    !OLD_NAMES.has(name) &&
    !(`KAFKA_CFG_${name.slice("KAFKA_".length)}` in service.environment)
  );
}

// The names that bitnami's image still takes without CFG (kafka_create_alias_environment_variables), among
// those that Kafka has.
const OLD_NAMES: ReadonlySet<string> = new Set(
  (
    "ADVERTISED_LISTENERS BROKER_ID NODE_ID CONTROLLER_QUORUM_VOTERS PROCESS_ROLES DEFAULT_REPLICATION_FACTOR DELETE_TOPIC_ENABLE INTER_BROKER_LISTENER_NAME LISTENERS " +
    "LISTENER_SECURITY_PROTOCOL_MAP LOG_DIRS LOG_FLUSH_INTERVAL_MESSAGES LOG_FLUSH_INTERVAL_MS LOG_MESSAGE_FORMAT_VERSION LOG_RETENTION_BYTES LOG_RETENTION_CHECK_INTERVALS_MS " +
    "LOG_RETENTION_HOURS LOG_SEGMENT_BYTES MESSAGE_MAX_BYTES NUM_IO_THREADS NUM_NETWORK_THREADS NUM_PARTITIONS NUM_RECOVERY_THREADS_PER_DATA_DIR " +
    "OFFSETS_TOPIC_REPLICATION_FACTOR SOCKET_RECEIVE_BUFFER_BYTES SOCKET_REQUEST_MAX_BYTES SOCKET_SEND_BUFFER_BYTES SSL_ENDPOINT_IDENTIFICATION_ALGORITHM " +
    "TRANSACTION_STATE_LOG_MIN_ISR TRANSACTION_STATE_LOG_REPLICATION_FACTOR ZOOKEEPER_CONNECT ZOOKEEPER_CONNECTION_TIMEOUT_MS AUTO_CREATE_TOPICS_ENABLE"
  )
    .split(" ")
    .map((name) => `KAFKA_${name}`),
);

function idPlace({ settings }: Contained): Setting {
  return {
    key: "cluster id",
    written: "KAFKA_KRAFT_CLUSTER_ID",
    value: "made up by each node",
    origin: "default",
    location: settings.location,
  };
}

function placeOf({ file, line }: { file: string; line: number }): Location {
  return { file, line: Math.max(line, 1), column: 1 };
}

/** The one name that differs in at most two letters, or null; short names must differ in one only. */
export function nearest(name: string, names: ReadonlySet<string>): string | null {
  if (name.length < 6) return null;
  const far = name.length < 12 ? 1 : 2;
  const found = [...names].filter(
    (known) => Math.abs(known.length - name.length) <= far && editDistance(known, name) <= far,
  );
  return found.length === 0 ? null : found.sort((a, b) => editDistance(a, name) - editDistance(b, name))[0]!;
}

// Of each address of a port the first two services that publish it: one of them is another than the one
// that asks.
function publishersOf(): { add(service: ComposeService, port: PublishedPort): ComposeService | undefined } {
  const known = new Map<string, ComposeService[]>();
  return {
    add(service, { published, protocol, hostIp }) {
      const keyOf = (ip: string): string => `${published}/${protocol}/${ip}`;
      const clashing = hostIp === null ? [keyOf("any")] : [keyOf(hostIp), keyOf("all")];
      const other = clashing.flatMap((key) => known.get(key) ?? []).find((one) => one !== service);
      for (const key of [keyOf("any"), keyOf(hostIp ?? "all")]) {
        const services = known.get(key) ?? [];
        if (services.length < 2 && !services.includes(service)) known.set(key, [...services, service]);
      }
      return other;
    },
  };
}
