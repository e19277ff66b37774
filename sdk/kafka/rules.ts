// The checks that Kafka does in code, one a rule of the table. Each returns what Kafka says of a value it
// refuses, and undefined for one that it takes.
// Sources: the validators named beside each.

import { readAddress, readVoter } from "./address.ts";
import type { Definition, Rule } from "./definitions.ts";

/** A parsed value as a check sees it. */
export type Parsed = boolean | bigint | number | string | readonly string[];

type Check = (name: string, value: Parsed, definition: Definition) => string | undefined;

const refused = (name: string, value: Parsed, why: string): string =>
  `Invalid value ${shown(value)} for configuration ${name}: ${why}`;

/** A parsed value as Java prints it. */
export function shown(value: Parsed): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

export const CHECKS: Readonly<Record<Rule, Check>> = {
  // CompressionType.GZIP
  "gzip-level": (name, value) =>
    value === -1n || within(value, 1n, 9n)
      ? undefined
      : refused(name, value, "Value must be between 1 and 9 or equal to -1"),
  // RemoteLogManagerConfig, until 3.9
  "thread-pool": (name, value) =>
    value === -1n || within(value, 1n, 2n ** 31n)
      ? undefined
      : refused(name, value, "Value can be -1 or greater than 0"),
  // AutoOffsetResetStrategy.Validator
  "offset-reset": (name, value) =>
    /^(earliest|latest|none)$/.test(String(value)) || isDuration(String(value))
      ? undefined
      : refused(
          name,
          value,
          `Invalid value \`${String(value)}\` for configuration ${name}. The value must be either ` +
            "'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
        ),
  // ShareAcknowledgementMode.Validator
  "share-acknowledgement": (name, value) => oneOfTwo(name, value, String(value), ["implicit", "explicit"]),
  // ShareAcquireMode.Validator
  "share-acquire": (name, value) =>
    oneOfTwo(name, value, String(value).toLowerCase(), ["batch_optimized", "record_limit"]),
  // MetadataVersionValidator, MetadataVersion.fromVersionString
  "metadata-version": (name, value, { in: known = [] }) => {
    const text = String(value);
    const numbers = text.split(".").filter((_part, i, all) => all.slice(i).some((one) => one !== ""));
    const count = text.startsWith("0.") ? 3 : 2;
    const key = numbers.length <= count ? text : numbers.slice(0, count).join(".");
    // a release that 3.9 only prepares has no short name
    const isKnown = known.some(
      (one) => one === key || (one.replace(/-IV\d+$/, "") === key && !one.startsWith("4.")),
    );
    return isKnown ? undefined : refused(name, value, `Version ${text} is not a valid version`);
  },
  // ThrottledReplicaListValidator
  "throttled-replicas": (name, value) => {
    const list = value as readonly string[];
    const isValid = list.join() === "*" || list.every((one) => /^(\d+:\d+)?$/.test(one));
    const grammar = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    return isValid
      ? undefined
      : refused(
          name,
          value,
          `${name} must be the literal '*' or a list of replicas in the following format: ${grammar}`,
        );
  },
  // TopicCreationConfig.validateReplicationFactor, Connect's
  "replication-factor": (name, value) =>
    value === -1n || within(value, 1n, 2n ** 15n)
      ? undefined
      : refused(
          name,
          value,
          "Replication factor must be positive and not larger than the number of brokers in the Kafka " +
            "cluster, or -1 to use the broker's default",
        ),
  // TopicCreationConfig.validatePartitions, Connect's
  partitions: (name, value) =>
    value === -1n || within(value, 1n, 2n ** 31n)
      ? undefined
      : refused(name, value, "Number of partitions must be positive, or -1 to use the broker's default"),
  // ConnectProtocolCompatibility.compatibility
  "connect-protocol": (name, value) =>
    /^(eager|compatible|sessioned)$/i.test(String(value))
      ? undefined
      : refused(name, value, "Invalid Connect protocol compatibility"),
  // what depends on the Java that runs it, or on grammars that nothing here reads
  unchecked: () => undefined,
  // QuorumConfig.ControllerQuorumVotersValidator; a negative id passes there, but no node can have it
  voters: (_, value) => firstFault(value, readVoter),
  // QuorumConfig.ControllerQuorumBootstrapServersValidator
  controllers: (name, value) => firstFault(value, (text) => readAddress(text, name)),
};

function within(value: Parsed, least: bigint, most: bigint): boolean {
  return typeof value === "bigint" && value >= least && value <= most;
}

function oneOfTwo(
  name: string,
  value: Parsed,
  text: string,
  [a, b]: readonly [string, string],
): string | undefined {
  if (text === a || text === b) return undefined;
  const must = `The value must either be '${a}' or '${b}'.`;
  return refused(name, value, `Invalid value \`${String(value)}\` for configuration ${name}. ${must}`);
}

function firstFault(value: Parsed, read: (text: string) => object | { fault: string }): string | undefined {
  return (value as readonly string[]).map(read).flatMap((one) => ("fault" in one ? [one.fault] : []))[0];
}

// java.time.Duration.parse, without a sign
function isDuration(text: string): boolean {
  const iso = /^by_duration:(.*)$/s.exec(text)?.[1] ?? "";
  return (
    /^\+?P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d{0,9})?S)?)?$/i.test(iso) &&
    /\d/.test(iso) &&
    !/T$/i.test(iso)
  );
}
