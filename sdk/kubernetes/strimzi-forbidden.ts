// What Strimzi leaves out of `spec.kafka.config`, with a warning in the operator's log: it sets these itself.
// Source: strimzi-kafka-operator, KafkaClusterSpec.FORBIDDEN_PREFIXES and FORBIDDEN_PREFIX_EXCEPTIONS, as in
// AbstractConfiguration.filterForbidden.

const FORBIDDEN: readonly string[] = (
  "listeners advertised. broker. listener. host.name port inter.broker.listener.name sasl. ssl. security. " +
  "password. log.dir zookeeper.connect zookeeper.set.acl zookeeper.ssl zookeeper.clientcnxnsocket " +
  "authorizer. super.user cruise.control.metrics.topic " +
  "cruise.control.metrics.reporter.bootstrap.servers node.id process.roles controller. metadata.log.dir " +
  "zookeeper.metadata.migration.enable client.quota.callback.static.kafka.admin. " +
  "client.quota.callback.static.produce client.quota.callback.static.fetch " +
  "client.quota.callback.static.storage.per.volume.limit.min.available. " +
  "client.quota.callback.static.excluded.principal.name.list"
).split(" ");

const ALLOWED: readonly string[] = (
  "zookeeper.connection.timeout.ms sasl.server.max.receive.size ssl.cipher.suites ssl.protocol " +
  "ssl.enabled.protocols ssl.secure.random.implementation cruise.control.metrics.topic.num.partitions " +
  "cruise.control.metrics.topic.replication.factor cruise.control.metrics.topic.retention.ms " +
  "cruise.control.metrics.topic.auto.create.retries cruise.control.metrics.topic.auto.create.timeout.ms " +
  "cruise.control.metrics.topic.min.insync.replicas broker.session.timeout.ms " +
  "broker.heartbeat.interval.ms controller.socket.timeout.ms controller.quorum.election.backoff.max.ms " +
  "controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms"
).split(" ");

const PER_LISTENER: readonly string[] = [
  "connections.max.reauth.ms",
  "max.connections",
  "max.connection.creation.rate",
];

/** Whether the operator leaves a setting out. */
export function isForbidden(
  key: string,
  listeners: readonly { readonly name: string; readonly port: number }[],
): boolean {
  const lower = key.toLowerCase();
  if (!FORBIDDEN.some((prefix) => lower.startsWith(prefix))) return false;
  const own = listeners.flatMap(({ name, port }) =>
    PER_LISTENER.map((setting) => `listener.name.${name}-${port}.${setting}`),
  );
  return ![...ALLOWED, ...own].some((prefix) => lower.startsWith(prefix));
}
