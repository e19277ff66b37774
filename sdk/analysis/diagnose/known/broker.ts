// What diagnose knows of a broker's settings.

import { BROKER_DEFAULTS as OF_KAFKA } from "../../../kafka/defaults.ts";

/** What Kafka's own authorizers read, which no ConfigDef has (StandardAuthorizer, AclAuthorizer). */
export const AUTHORIZER_DEFAULTS: Readonly<Record<string, string>> = {
  "allow.everyone.if.no.acl.found": "false",
  "super.users": "",
};

/**
 * What else consumer groups depend on, by the ConfigDefs of 3.9.2 and 4.4.0, which agree
 * (GroupCoordinatorConfig, ServerLogConfigs).
 */
const GROUP_DEFAULTS: Readonly<Record<string, string>> = {
  "group.consumer.max.heartbeat.interval.ms": "15000",
  "group.consumer.max.session.timeout.ms": "60000",
  "group.consumer.min.heartbeat.interval.ms": "5000",
  "group.consumer.min.session.timeout.ms": "45000",
  "log.retention.hours": "168",
  "num.partitions": "1",
  "offsets.commit.timeout.ms": "5000",
  "offsets.retention.minutes": "10080",
};

/** Kafka's defaults by property. */
export const BROKER_DEFAULTS: Readonly<Record<string, string>> = {
  ...OF_KAFKA,
  ...GROUP_DEFAULTS,
  ...AUTHORIZER_DEFAULTS,
};

/**
 * Properties of 3.9's brokers that 4.x does not have any more (upgrade notes of 4.0; the difference of both
 * ConfigDefs).
 */
export const REMOVED_IN_4: ReadonlySet<string> = new Set(
  (
    "alter.config.policy.kraft.compatibility.enable auto.include.jmx.reporter " +
    "broker.id.generation.enable control.plane.listener.name " +
    "controlled.shutdown.max.retries controlled.shutdown.retry.backoff.ms delegation.token.master.key " +
    "group.coordinator.new.enable " +
    "inter.broker.protocol.version leader.imbalance.per.broker.percentage " +
    "log.message.downconversion.enable log.message.format.version " +
    "log.message.timestamp.difference.max.ms offsets.commit.required.acks " +
    "password.encoder.cipher.algorithm password.encoder.iterations " +
    "password.encoder.key.length password.encoder.keyfactory.algorithm password.encoder.old.secret " +
    "password.encoder.secret reserved.broker.max.id"
  ).split(" "),
);
