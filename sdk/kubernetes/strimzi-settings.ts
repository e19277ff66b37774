// What the operator writes into a node's server.properties by itself. Source: strimzi-kafka-operator,
// KafkaBrokerConfigurationBuilder; KafkaConfiguration.DEFAULTS for min.insync.replicas.

import type { SourceLocation } from "../compose/project.ts";
import { at } from "./resource.ts";
import type { BareCluster, Member, StrimziListener, StrimziSetting } from "./strimzi-model.ts";

interface Known {
  readonly cluster: BareCluster;
  readonly members: readonly Member[];
}

/** The operator's own settings of a node, each at the place of the resource that it comes from. */
export function ownSettings(member: Member, known: Known): StrimziSetting[] {
  const { resource, spec, isKraft } = known.cluster;
  const config = at(spec, "config")?.location ?? at(spec, "listeners")?.location ?? spec.location;
  const replicas = at(member.spec, "replicas")?.location ?? member.spec.location;
  return [
    ...(isKraft
      ? quorumSettings(member, known)
      : [own("zookeeper.connect", `${resource.name}-zookeeper-client:2181`, config)]),
    own("node.id", String(member.nodeId), replicas),
    ...listenerSettings(member, known),
    own(
      "log.dirs",
      `/var/lib/kafka/data/kafka-log${member.nodeId}`,
      at(member.spec, "storage")?.location ?? replicas,
    ),
    own("min.insync.replicas", "1", config),
  ];
}

function own(key: string, value: string, location: SourceLocation): StrimziSetting {
  return { key, value, isOperators: true, location };
}

/** The name below which the pods of a cluster are. */
function below({ resource }: BareCluster): string {
  const service = `${resource.name}-kafka-brokers`;
  return resource.namespace === null ? service : `${service}.${resource.namespace}.svc`;
}

function quorumSettings(member: Member, { cluster, members }: Known): StrimziSetting[] {
  const location = at(member.spec, "replicas")?.location ?? member.spec.location;
  const voters = members.filter(({ roles }) => roles.includes("controller"));
  const list = voters.map(({ nodeId, name }) => `${nodeId}@${name}.${below(cluster)}:9090`).join(",");
  return [
    own("process.roles", member.roles.join(","), at(member.spec, "roles")?.location ?? location),
    own("controller.listener.names", "CONTROLPLANE-9090", location),
    // the controllers may be in another file
    own(
      "controller.quorum.voters",
      list || "${controllers}",
      at(voters[0]?.spec, "replicas")?.location ?? location,
    ),
  ];
}

function listenerSettings({ name, roles }: Member, { cluster }: Known): StrimziSetting[] {
  const { spec, listeners } = cluster;
  const location = at(spec, "listeners")?.location ?? spec.location;
  const isBroker = roles.includes("broker");
  const pod = `${name}.${below(cluster)}`;
  const bound = [
    ...(roles.includes("controller") ? ["CONTROLPLANE-9090://0.0.0.0:9090"] : []),
    ...(isBroker ? ["REPLICATION-9091://0.0.0.0:9091"] : []),
    ...(isBroker ? listeners.map((one) => `${identifier(one)}://0.0.0.0:${one.port}`) : []),
  ];
  const advertised = [
    `REPLICATION-9091://${pod}:9091`,
    ...listeners.map((one) => {
      const host = one.type === "internal" ? pod : `\${${one.type}}`;
      return `${identifier(one)}://${host}:${one.port}`;
    }),
  ];
  const protocols = ["CONTROLPLANE-9090:SSL", "REPLICATION-9091:SSL", ...listeners.map(protocolOf)];
  return [
    own("listeners", bound.join(","), location),
    own("listener.security.protocol.map", protocols.join(","), location),
    ...(isBroker
      ? [
          own("advertised.listeners", advertised.join(","), location),
          own("inter.broker.listener.name", "REPLICATION-9091", location),
        ]
      : []),
    ...["CONTROLPLANE-9090", "REPLICATION-9091"].flatMap((one) => certificates(one, location)),
    ...listeners.flatMap((one) => [
      ...(one.isTls ? certificates(identifier(one), location) : []),
      ...(isSasl(one) ? logins(one, location) : []),
    ]),
  ];
}

function identifier({ name, port }: StrimziListener): string {
  return `${name}-${port}`.toUpperCase();
}

function isSasl({ authentication }: StrimziListener): boolean {
  return authentication !== null && authentication !== "tls";
}

function protocolOf(listener: StrimziListener): string {
  return `${identifier(listener)}:${isSasl(listener) ? "SASL_" : ""}${listener.isTls ? "SSL" : "PLAINTEXT"}`;
}

/** Certificates come from Secrets of the operator. */
function certificates(listener: string, location: SourceLocation): StrimziSetting[] {
  const prefix = `listener.name.${listener.toLowerCase()}.ssl`;
  return [
    own(`${prefix}.keystore.type`, "PEM", location),
    own(`${prefix}.keystore.certificate.chain`, "${strimzisecrets:certificate}", location),
    own(`${prefix}.keystore.key`, "${strimzisecrets:key}", location),
    own(`${prefix}.truststore.type`, "PEM", location),
    own(`${prefix}.truststore.certificates`, "${strimzisecrets:ca}", location),
  ];
}

function logins(listener: StrimziListener, location: SourceLocation): StrimziSetting[] {
  const prefix = `listener.name.${identifier(listener).toLowerCase()}`;
  const mechanism = listener.authentication === "scram-sha-512" ? "SCRAM-SHA-512" : "${mechanism}";
  const key =
    listener.authentication === "scram-sha-512" ? "scram-sha-512.sasl.jaas.config" : "sasl.jaas.config";
  return [
    own(`${prefix}.sasl.enabled.mechanisms`, mechanism, location),
    own(`${prefix}.${key}`, "${strimzisecrets:login}", location),
  ];
}
