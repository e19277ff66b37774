// One row of the table: a cluster, a topic, a client, and the fault that strikes.

import type { Duration, FaultSpec, ProbeOptions } from "@kafka-failure-lab/sdk";

/**
 * Whom, by what they are for the topic; a bystander holds no replica of it; all brokers, the topic's leader
 * first; or no broker, but the topic itself.
 */
export type Whom = "leader" | "follower" | "followers" | "bystander" | "all" | "topic";

/** Whether the active controller is among the targets. */
export type Controller = "hit" | "spared" | "any";

export interface RowTopic {
  /** False leaves it to the first send, as in the posted experiment. */
  readonly isCreated: boolean;
  /** @default 3, or the number of brokers where there are fewer */
  readonly replicationFactor?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * The client whose sends are predicted and measured; `"targets"` bootstraps from the brokers that are hit
 * alone.
 */
export type RowClient = Omit<ProbeOptions, "name" | "topic" | "bootstrap"> & {
  readonly bootstrap?: "all" | "targets";
};

/**
 * What is done ahead of the prediction, when the client is served: a fault that stays open, on brokers as the
 * topic was placed, or the healing of the one that was injected first. With `until` the topic is waited for:
 * the ISR without those that are hit, or no leader.
 */
export type Before =
  | { readonly fault: FaultSpec; readonly whom: Exclude<Whom, "topic">; readonly until?: "shrunk" }
  | { readonly heal: "first"; readonly until?: "leaderless" };

export interface Row {
  /** Unique; what `--rows` finds and explanations of misses are kept by. */
  readonly id: string;
  readonly engine: "local" | "docker";
  /** Names of the lab's own files, later ones on top. */
  readonly compose: readonly string[];
  /** A version in place of the files'. */
  readonly kafka?: string;
  readonly timers: "fast" | "default";
  readonly topic: RowTopic;
  /** Its target is chosen when the row is measured: by `whom` and `controller`. */
  readonly fault: FaultSpec;
  readonly whom: Whom;
  readonly controller: Controller;
  readonly client: RowClient;
  /**
   * Gives each broker a second log directory, and says whether the target's replica lies in the one that the
   * fault is in.
   *
   * @default one directory
   */
  readonly replica?: "in the directory" | "in the other";
  /** What is wrong by then. @default nothing */
  readonly before?: readonly Before[];
  /** A warm client is served when the fault strikes, a cold one begins then. */
  readonly start: "warm" | "cold";
  /** How long the client is watched before "never" is said. */
  readonly watchFor: Duration;
}

/** The fault in words: `isolate (clients, reset)`. */
export function faultWords({ fault: { kind, delay, ...how } }: Pick<Row, "fault">): string {
  const options = Object.entries(how).map(([name, value]) =>
    name === "settings"
      ? settingsWords(value as Settings)
      : name === "logDir"
        ? `log.dirs no. ${String(value)}`
        : String(value),
  );
  return [kind, delay, ...(options.length === 0 ? [] : [`(${options.join(", ")})`])]
    .filter((word) => word !== undefined)
    .join(" ");
}

type Settings = Readonly<Record<string, string>>;

function settingsWords(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** What was wrong before, in words: `after stop of the followers`. */
export function beforeWords({ before = [] }: Pick<Row, "before">): string {
  const steps = before.map((one) =>
    "heal" in one ? "healing of the first" : `${one.fault.kind} of ${whomWords(one.whom)}`,
  );
  return steps.length === 0 ? "" : `after ${steps.join(", ")}`;
}

function whomWords(whom: Whom): string {
  return whom === "all" ? "all brokers" : `the ${whom}`;
}

/** The target in words: `leader, which is the controller`. */
export function targetWords({
  whom,
  controller,
  before = [],
}: Pick<Row, "whom" | "controller" | "before">): string {
  if (before.length > 0) return `${targetWords({ whom, controller })}, ${beforeWords({ before })}`;
  const many = whom === "followers";
  if (whom === "all") return "all brokers";
  if (controller === "any" || whom === "topic") return whom;
  const [hit, missed] = many
    ? ["one of them the controller", "neither the controller"]
    : ["which is the controller", "not the controller"];
  return `${whom}, ${controller === "hit" ? hit : missed}`;
}

/**
 * The cluster in words: files, Kafka where it is not the files', engine and timers where they are not the
 * usual ones.
 */
export function clusterWords({
  compose,
  kafka,
  engine,
  timers,
  replica,
  topic: { replicationFactor, config = {} },
}: Row): string {
  const topic = [
    ...(replica === undefined ? [] : [`two log.dirs, the replica ${replica}`]),
    ...(replicationFactor === undefined ? [] : [`RF ${replicationFactor}`]),
    ...Object.entries(config).map(([name, value]) => `${name}=${value}`),
  ];
  return [
    compose.join(" + "),
    ...(kafka === undefined ? [] : [`Kafka ${kafka}`]),
    ...(engine === "docker" ? ["docker"] : []),
    ...(timers === "default" ? ["Kafka's timers"] : []),
    ...topic,
  ].join(", ");
}

/** The client in words: `kafkajs, acks 1, cold`. */
export function clientWords({ client, start }: Pick<Row, "client" | "start">): string {
  const { client: whose = "kafkajs", acks = "all", ...rest } = client;
  const settings = Object.entries(rest).map(([name, value]) =>
    value === true ? name : `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  return [whose, `acks ${acks}`, ...settings, ...(start === "cold" ? ["cold"] : [])].join(", ");
}
