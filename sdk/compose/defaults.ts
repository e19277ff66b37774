// Settings that images start from: those of config/server.properties in Kafka's distribution that are not
// commented out.

/** What every broker of the distribution's example file has. */
const COMMON: Readonly<Record<string, string>> = {
  "num.network.threads": "3",
  "num.io.threads": "8",
  "socket.send.buffer.bytes": "102400",
  "socket.receive.buffer.bytes": "102400",
  "socket.request.max.bytes": "104857600",
  "num.partitions": "1",
  "num.recovery.threads.per.data.dir": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "log.retention.hours": "168",
  "log.retention.check.interval.ms": "300000",
};

// Since 4.0 there is only KRaft's file, and it has two settings more for share groups.
const SHARE: Readonly<Record<string, string>> = {
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
};

/**
 * The apache image's whole configuration where the environment sets nothing (3.9:
 * config/kraft/server.properties, 4.x: config/server.properties).
 *
 * From 4.0 on the file has a dynamic quorum, `controller.quorum.bootstrap.servers=localhost:9093`; a single
 * node behaves the same with the static `controller.quorum.voters` that stands here for both.
 */
export function singleNode(major: number): Record<string, string> {
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": "1@localhost:9093",
    listeners: "PLAINTEXT://:9092,CONTROLLER://:9093",
    "inter.broker.listener.name": "PLAINTEXT",
    "advertised.listeners": "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map":
      "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "log.dirs": "/tmp/kraft-combined-logs",
    "log.segment.bytes": "1073741824",
    ...COMMON,
    ...(major >= 4 ? SHARE : {}),
  };
}

/**
 * What the bitnami image keeps of config/server.properties (libkafka.sh, `kafka_server_unify_conf`): nothing
 * about node, roles, listeners, controllers, ZooKeeper or `group.initial`, and its own `log.dirs`.
 */
export function bitnamiBase(major: number): Record<string, string> {
  return {
    ...COMMON,
    ...(major >= 4 ? { "log.segment.bytes": "1073741824", ...SHARE } : {}),
    "log.dirs": "/bitnami/kafka/data",
  };
}
