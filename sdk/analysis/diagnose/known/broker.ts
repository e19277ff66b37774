// What diagnose knows of a broker's settings.

export { BROKER_DEFAULTS } from "../../../kafka/defaults.ts";

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
