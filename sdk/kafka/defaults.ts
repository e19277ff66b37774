// Kafka's own defaults of a broker's settings, for whoever asks what a node does that is not told: ConfigDef
// of Kafka 3.9.2 and 4.4.0, asked of the jars, where both agree. Sources: ReplicationConfigs,
// ServerLogConfigs, ServerConfigs, QuorumConfig, KRaftConfigs, GroupCoordinatorConfig, TransactionLogConfig,
// TransactionStateManagerConfig, SocketServerConfigs.

/** Kafka's defaults by property. */
export const BROKER_DEFAULTS: Readonly<Record<string, string>> = {
  "auto.create.topics.enable": "true",
  "broker.heartbeat.interval.ms": "2000",
  "broker.session.timeout.ms": "9000",
  "controller.listener.names": "",
  "controller.quorum.bootstrap.servers": "",
  "controller.quorum.election.backoff.max.ms": "1000",
  "controller.quorum.election.timeout.ms": "1000",
  "controller.quorum.fetch.timeout.ms": "2000",
  "controller.quorum.request.timeout.ms": "2000",
  "controller.quorum.voters": "",
  "default.replication.factor": "1",
  "group.max.session.timeout.ms": "1800000",
  "group.min.session.timeout.ms": "6000",
  "inter.broker.listener.name": "",
  "listener.security.protocol.map":
    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
  "advertised.listeners": "",
  listeners: "PLAINTEXT://:9092",
  "log.dirs": "/tmp/kafka-logs",
  "message.max.bytes": "1048588",
  "metadata.max.idle.interval.ms": "500",
  "min.insync.replicas": "1",
  "node.id": "-1",
  "offsets.topic.replication.factor": "3",
  "process.roles": "",
  "replica.fetch.backoff.ms": "1000",
  "replica.fetch.wait.max.ms": "500",
  "replica.lag.time.max.ms": "30000",
  "replica.socket.timeout.ms": "30000",
  "security.inter.broker.protocol": "PLAINTEXT",
  "transaction.max.timeout.ms": "900000",
  "transaction.state.log.min.isr": "2",
  "transaction.state.log.replication.factor": "3",
  "unclean.leader.election.enable": "false",
};

/** The Java producer's max.block.ms (ProducerConfig.java). */
export const JAVA_MAX_BLOCK = 60_000;
