// Kafka's own defaults of the settings that rules ask for: ConfigDef of Kafka 3.9.2 and 4.4.0, asked of the jars, where both agree.
// Sources: ReplicationConfigs, ServerLogConfigs, QuorumConfig, KRaftConfigs, GroupCoordinatorConfig, TransactionLogConfig,
// TransactionStateManagerConfig, SocketServerConfigs.

/** Kafka's defaults by property. */
export const BROKER_DEFAULTS: Readonly<Record<string, string>> = {
  "auto.create.topics.enable": "true",
  "broker.heartbeat.interval.ms": "2000",
  "broker.session.timeout.ms": "9000",
  "controller.listener.names": "",
  "controller.quorum.bootstrap.servers": "",
  "controller.quorum.election.timeout.ms": "1000",
  "controller.quorum.fetch.timeout.ms": "2000",
  "controller.quorum.voters": "",
  "default.replication.factor": "1",
  "group.max.session.timeout.ms": "1800000",
  "group.min.session.timeout.ms": "6000",
  "inter.broker.listener.name": "",
  "listener.security.protocol.map": "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
  "advertised.listeners": "",
  listeners: "PLAINTEXT://:9092",
  "log.dirs": "/tmp/kafka-logs",
  "message.max.bytes": "1048588",
  "min.insync.replicas": "1",
  "node.id": "-1",
  "offsets.topic.replication.factor": "3",
  "process.roles": "",
  "replica.fetch.wait.max.ms": "500",
  "replica.lag.time.max.ms": "30000",
  "replica.socket.timeout.ms": "30000",
  "security.inter.broker.protocol": "PLAINTEXT",
  "transaction.max.timeout.ms": "900000",
  "transaction.state.log.min.isr": "2",
  "transaction.state.log.replication.factor": "3",
  "unclean.leader.election.enable": "false",
};

/** Properties of 3.9's brokers that 4.x does not have any more (upgrade notes of 4.0; the difference of both ConfigDefs). */
export const REMOVED_IN_4: ReadonlySet<string> = new Set(
  (
    "alter.config.policy.kraft.compatibility.enable auto.include.jmx.reporter broker.id.generation.enable control.plane.listener.name " +
    "controlled.shutdown.max.retries controlled.shutdown.retry.backoff.ms delegation.token.master.key group.coordinator.new.enable " +
    "inter.broker.protocol.version leader.imbalance.per.broker.percentage log.message.downconversion.enable log.message.format.version " +
    "log.message.timestamp.difference.max.ms offsets.commit.required.acks password.encoder.cipher.algorithm password.encoder.iterations " +
    "password.encoder.key.length password.encoder.keyfactory.algorithm password.encoder.old.secret password.encoder.secret reserved.broker.max.id"
  ).split(" "),
);
