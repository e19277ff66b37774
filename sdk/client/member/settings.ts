// A group's settings, written out and checked before anything is started.

import { brokerNumber, checkProperties, checkTopicName } from "../../kafka/mod.ts";
import { toMs } from "../../model/duration.ts";
import type { CommitPolicy, GroupOptions } from "./options.ts";
import { type TransformSettings, transformSettings } from "./transform.ts";
import { assertKafkajs, unsupported } from "./unsupported.ts";

/** Settings of a group's members, all written out; times in milliseconds. */
export interface GroupSettings {
  readonly client: "kafkajs" | "java";
  readonly topic: string;
  /** `transaction`: within the transactions of `transform`. */
  readonly commit: CommitPolicy | "transaction";
  readonly processMs: number;
  /** 0: none fails. */
  readonly failAt: number;
  /** Where it writes what it processes; false: nowhere. */
  readonly transform: false | TransformSettings;
  readonly reset: "earliest" | "latest";
  readonly isolation: "read_committed" | "read_uncommitted";
  readonly protocol: "classic" | "consumer";
  /** In milliseconds; unused by the protocol `consumer`. */
  readonly sessionTimeout: number;
  /** In milliseconds; unused by the protocol `consumer`. */
  readonly heartbeatInterval: number;
  /** In milliseconds; Java's `max.poll.interval.ms`. */
  readonly rebalanceTimeout: number;
  /** In milliseconds. */
  readonly autoCommitInterval: number;
  /** In milliseconds. */
  readonly maxWait: number;
  /** In milliseconds. */
  readonly requestTimeout: number;
  /** `false`: members are dynamic; else each member's `group.instance.id`, the first member's first. */
  readonly instanceIds: false | readonly string[];
  /** Kafka's properties, given or by an option; of Java only. */
  readonly properties: Readonly<Record<string, string>>;
  /** Java's `partition.assignment.strategy`; unused by kafkajs and by the protocol `consumer`. */
  readonly assignors: string;
}

/** What is known of the cluster before a group is started. */
export interface ClusterFacts {
  /** Kafka's version. */
  kafka: string;
  /** The settings of its brokers; empty where they are not known. */
  brokers: readonly Readonly<Record<string, string>>[];
}

const ASSIGNORS = {
  range: "org.apache.kafka.clients.consumer.RangeAssignor",
  roundrobin: "org.apache.kafka.clients.consumer.RoundRobinAssignor",
  sticky: "org.apache.kafka.clients.consumer.StickyAssignor",
  "cooperative-sticky": "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
} as const;

/** Kafka's own default (ConsumerConfig.java, since 3.0). */
const KAFKAS_ASSIGNORS = `${ASSIGNORS.range},${ASSIGNORS["cooperative-sticky"]}`;

const DEFAULTS = {
  kafkajs: { sessionTimeout: 30_000, rebalanceTimeout: 60_000 },
  java: { sessionTimeout: 45_000, rebalanceTimeout: 300_000 },
} as const;

/**
 * Writes a group's settings out.
 *
 * @param topic the lab's
 * @throws TypeError, RangeError for what cannot be; LabError UNSUPPORTED for what this client or these
 *   brokers cannot do
 */
export function groupSettings(options: GroupOptions, topic: string, cluster: ClusterFacts): GroupSettings {
  const { client = "kafkajs" } = options;
  if (options.topic !== undefined) checkTopicName(options.topic);
  if (client === "kafkajs") assertKafkajs(options);
  const properties = client === "java" ? javaProperties(options, cluster) : {};
  const protocol = properties["group.protocol"]?.toLowerCase() === "consumer" ? "consumer" : "classic";
  if (protocol === "consumer") assertConsumerProtocol(properties, cluster);
  const timers = timersOf(options, properties);
  if (protocol === "classic") assertTimers(timers, cluster);
  const transform = transformSettings(options, options.topic ?? topic, cluster.brokers);
  return {
    client,
    topic: options.topic ?? topic,
    commit: transform && transform.transactional !== false ? "transaction" : (options.commit ?? "auto"),
    processMs: toMs(options.process ?? 0),
    failAt: options.failAt ?? 0,
    transform,
    reset: options.reset ?? "earliest",
    isolation: isolationOf(options, properties),
    protocol,
    ...timers,
    instanceIds: instanceIdsOf(options),
    properties,
    assignors: properties["partition.assignment.strategy"] ?? KAFKAS_ASSIGNORS,
  };
}

type Timers = Pick<
  GroupSettings,
  | "sessionTimeout"
  | "heartbeatInterval"
  | "rebalanceTimeout"
  | "autoCommitInterval"
  | "maxWait"
  | "requestTimeout"
>;

/** By setting, Kafka's property. */
const TIMERS = {
  sessionTimeout: "session.timeout.ms",
  heartbeatInterval: "heartbeat.interval.ms",
  rebalanceTimeout: "max.poll.interval.ms",
  autoCommitInterval: "auto.commit.interval.ms",
  maxWait: "fetch.max.wait.ms",
  requestTimeout: "request.timeout.ms",
} as const satisfies Record<keyof Timers, string>;

function timersOf(
  { client = "kafkajs", settings = {} }: GroupOptions,
  properties: Readonly<Record<string, string>>,
): Timers {
  const of = (name: keyof Timers, otherwise: number): number => {
    const property = properties[TIMERS[name]];
    return property === undefined ? toMs(settings[name] ?? otherwise) : Number(property);
  };
  const { sessionTimeout, rebalanceTimeout } = DEFAULTS[client];
  return {
    sessionTimeout: of("sessionTimeout", sessionTimeout),
    heartbeatInterval: of("heartbeatInterval", 3_000),
    rebalanceTimeout: of("rebalanceTimeout", rebalanceTimeout),
    autoCommitInterval: of("autoCommitInterval", 5_000),
    maxWait: of("maxWait", 500),
    requestTimeout: of("requestTimeout", 30_000),
  };
}

/** GroupCoordinator: a session timeout out of the brokers' bounds is INVALID_SESSION_TIMEOUT at the join. */
function assertTimers({ sessionTimeout, heartbeatInterval }: Timers, { brokers }: ClusterFacts): void {
  if (heartbeatInterval >= sessionTimeout)
    throw new RangeError(
      `Cannot use a heartbeat interval of ${heartbeatInterval} ms: it has to be below the session timeout, ` +
        `${sessionTimeout} ms`,
    );
  for (const properties of brokers) {
    const least = brokerNumber(properties, "group.min.session.timeout.ms");
    const most = brokerNumber(properties, "group.max.session.timeout.ms");
    if (sessionTimeout >= least && sessionTimeout <= most) continue;
    throw new RangeError(
      `Cannot use a session timeout of ${sessionTimeout} ms: the brokers take ${least} to ${most} ms ` +
        "(group.min.session.timeout.ms, group.max.session.timeout.ms)",
    );
  }
}

/** Properties that the lab sets itself, and how they are asked for. */
const OWN: Readonly<Record<string, string>> = {
  "bootstrap.servers": "the lab's brokers are used",
  "group.id": "it is the group's name",
  "client.id": "it is the member's name",
  "enable.auto.commit": "use the option `commit`",
  "auto.offset.reset": "use the option `reset`",
  "group.instance.id": "use the option `instanceIds`",
};

/** The properties that were given, and those that options stand for. */
function javaProperties(options: GroupOptions, { kafka }: ClusterFacts): Record<string, string> {
  const properties: Record<string, string> = { ...options.properties };
  for (const [name, instead] of Object.entries(OWN))
    if (name in properties) throw new TypeError(`Cannot use the property ${name}: ${instead}`);
  const put = (option: string, name: string, value: string | undefined): void => {
    if (value === undefined) return;
    if (name in properties)
      throw new TypeError(`Cannot use both ${option} and the property ${name}: they are the same`);
    properties[name] = value;
  };
  for (const [setting, name] of Object.entries(TIMERS) as [keyof Timers, string][]) {
    const value = options.settings?.[setting];
    put(`settings.${setting}`, name, value === undefined ? undefined : String(toMs(value)));
  }
  const { assignor, isolation, protocol } = options;
  put("assignor", "partition.assignment.strategy", assignor && ASSIGNORS[assignor]);
  put("isolation", "isolation.level", isolation);
  put("protocol", "group.protocol", protocol);
  checkProperties(properties, kafka, "consumer");
  return properties;
}

const CLASSIC_ONLY = ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"];

function assertConsumerProtocol(
  properties: Readonly<Record<string, string>>,
  { kafka, brokers }: ClusterFacts,
): void {
  const offered = brokers.flatMap((one) => one["group.coordinator.rebalance.protocols"] ?? []);
  if (offered.some((protocols) => !protocols.includes("consumer")))
    throw unsupported(
      "use the group protocol consumer",
      `the brokers offer ${offered[0] ?? "others"} only (group.coordinator.rebalance.protocols)`,
      "Add consumer to that property.",
    );
  if (Number.parseInt(kafka, 10) < 4)
    throw unsupported(
      "use the group protocol consumer",
      `it needs brokers of Kafka 4.0, these run ${kafka}`,
      'Start the lab with kafka: "4".',
    );
  const given = CLASSIC_ONLY.filter((name) => name in properties);
  if (given.length > 0)
    throw new TypeError(
      `Cannot use ${given.join(", ")} with the group protocol consumer: there the brokers decide ` +
        "(group.consumer.session.timeout.ms, group.consumer.assignors)",
    );
}

function isolationOf(
  { client = "kafkajs", isolation }: GroupOptions,
  properties: Readonly<Record<string, string>>,
): GroupSettings["isolation"] {
  if (client === "kafkajs") return isolation ?? "read_committed";
  return properties["isolation.level"] === "read_committed" ? "read_committed" : "read_uncommitted";
}

function instanceIdsOf({ instanceIds = false, members = 2 }: GroupOptions): false | readonly string[] {
  if (instanceIds === false) return false;
  if (instanceIds === true) return [];
  if (new Set(instanceIds).size !== instanceIds.length || instanceIds.length < members)
    throw new RangeError(
      `Cannot use these instanceIds: expected one for each of the ${members} members, each once`,
    );
  return instanceIds;
}
