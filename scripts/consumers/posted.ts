// The consumer of the posted experiment: Spring's listener, with the settings that are in force.
//
// Of the posted application.yml Spring Boot binds bootstrap-servers, group-id and auto-offset-reset: its
// session.timeout.ms 1000, heartbeat.interval.ms 500 and max.poll.interval.ms 1000 stand where nothing reads
// them (KafkaProperties.Consumer; they belong under `properties:`). So Kafka's defaults are in force, and
// Spring's: enable.auto.commit=false, and a synchronous commit behind each poll (AckMode.BATCH).
// session.timeout.ms 1000 would have been refused: group.min.session.timeout.ms is 6 s.

import {
  type Group,
  type GroupOptions,
  type Lab,
  LabError,
  type Prediction,
  readable,
} from "@kafka-failure-lab/sdk";
import { brokerLoss, type LossOptions } from "./broker-expected.ts";
import { healedAfter, type Judged, judgedTime, overWindow, type Window } from "./expected.ts";
import { offsetsPartition, offsetsPartitions, rolesOf } from "./roles.ts";
import { standstillOf } from "./standstill.ts";
import { comesInTime } from "./until.ts";

/** The posted `group-id`. */
export const POSTED_GROUP = "my-group";

/** Kafka's own defaults (ConsumerConfig.java), in milliseconds. */
const IN_FORCE = {
  sessionTimeout: 45_000,
  heartbeatInterval: 3_000,
  rebalanceTimeout: 300_000,
  maxWait: 500,
  requestTimeout: 30_000,
} as const;

/** How the posted consumer differs here. */
export interface PostedOptions {
  /** What its timers are multiplied by. @default 1 */
  readonly scale?: number;
  /** How long it waits for a broker, in milliseconds. @default 30 s, times `scale` */
  readonly requestTimeoutMs?: number;
}

/**
 * Starts the posted consumer: one member of `my-group`. It is Kafka's own client as posted; kafkajs with the
 * same timers on a machine without Java.
 *
 * @throws LabError as `lab.group`
 */
export async function postedConsumer(
  lab: Lab,
  { scale = 1, requestTimeoutMs }: PostedOptions = {},
): Promise<Group> {
  const scaled = Object.entries(IN_FORCE).map(([name, ms]) => [name, Math.round(ms * scale)]);
  const settings = {
    ...(Object.fromEntries(scaled) as GroupOptions["settings"]),
    ...(requestTimeoutMs !== undefined && { requestTimeout: requestTimeoutMs }),
  };
  const options: GroupOptions = { members: 1, commit: "after", reset: "earliest", settings };
  try {
    return await lab.group(POSTED_GROUP, { ...options, client: "java" });
  } catch (error) {
    if (!(error instanceof LabError && (error.code === "NO_JAVA" || error.code === "NO_KAFKA"))) throw error;
    return await lab.group(POSTED_GROUP, { ...options, client: "kafkajs" });
  }
}

/** How the posted consumer takes the loss of the topic's leader, as expected before the fault. */
export interface ExpectedConsumer {
  readonly role: string;
  /** Replicas of its partition of `__consumer_offsets`. */
  readonly replicas: number;
  readonly window: Window;
  readonly sentence: string;
}

/** The fault, and what was predicted for a producer that is connected. */
export interface ConsumerFault extends Pick<LossOptions, "how">, Pick<Prediction, "served" | "parts"> {
  /** The topic's leader. */
  readonly broker: number;
}

/**
 * Says how long the posted consumer stands still when its topic's leader is lost.
 *
 * @throws LabError NO_COORDINATOR
 */
export async function expectedConsumer(
  lab: Lab,
  group: Group,
  { how, broker, served, parts }: ConsumerFault,
): Promise<ExpectedConsumer> {
  const [lost] = await rolesOf(lab, [group], broker);
  const { partitions } = await lab.cluster.describe();
  const own = offsetsPartition(group.name, offsetsPartitions(lab));
  const offsets = partitions.find(
    ({ topic, partition }) => topic === "__consumer_offsets" && partition === own,
  );
  const replicas = offsets?.replicas.length ?? 1;
  const role = lost?.role ?? "neither";
  const window: Window =
    served === 0
      ? { fromMs: 0, toMs: Infinity, decidingTimer: "its partition has no other leader" }
      : brokerLoss(group.settings, role, { how, replicas, prediction: { parts } });
  const is = { leader: "leads its partition", both: "leads its partition and coordinates it" };
  const what = is[role as keyof typeof is] ?? "does not lead its partition";
  return { role, replicas, window, sentence: `the broker ${what}; it reads nothing ${overWindow(window)}` };
}

/** What the posted consumer did while the broker was away, and when it processed again after the heal. */
export interface MeasuredConsumer extends Judged {
  /** Whether it processed records while the fault lasted. */
  readonly isServed: boolean;
  /** From the heal to the first record after it, in milliseconds; null: none came. */
  readonly againMs: number | null;
}

/** Who reads nothing for more of the fault was not served while it lasted. */
const MOST_AWAY = 0.9;

/** Measures it, from the fault until its heal, both in milliseconds since the run's start. */
export function measuredConsumer(
  { run, topic }: Lab,
  { name }: Group,
  { window }: Pick<ExpectedConsumer, "window">,
  [fromMs, healedMs]: readonly [number, number],
): MeasuredConsumer {
  const at = { group: name, topic, partition: 0 };
  const measured = standstillOf(run.history, { ...at, fromMs, toMs: healedMs });
  // a pause at the heal is no outage until then
  const awayMs = Math.min(measured.toMs, healedMs) - Math.max(measured.fromMs, fromMs);
  const isServed = awayMs < MOST_AWAY * (healedMs - fromMs);
  const expected = healedAfter(window, healedMs - fromMs);
  const first = run.history.find(
    (event) => event.kind === "processed" && event.group === name && event.atMs >= healedMs,
  );
  return {
    ...judgedTime(run.history, name, { expected, measured }),
    isServed,
    againMs: first === undefined ? null : first.atMs - healedMs,
  };
}

/** Waits until the group is stable; whether it is within a minute. A cluster that is broken may have none. */
export function isSettled(group: Group): Promise<boolean> {
  return comesInTime(group.settled());
}

/** Its row beside the producers': what it did while the broker was away, and behind its return. */
export function consumerRow(
  { name, measured, isServed, againMs }: MeasuredConsumer,
  knows: string,
): string[] {
  const away = isServed ? `reads again after ${readable(measured.ms)}` : "read nothing until it returned";
  return [
    `consumer ${name}`,
    knows,
    away,
    againMs === null ? "never" : `after ${readable(againMs)}`,
    "judged",
  ];
}

/** As JSON. */
export function consumerJson(
  { name, settings }: Group,
  { role, replicas }: ExpectedConsumer,
  { expected, measured, verdict, isServed, againMs }: MeasuredConsumer,
): object {
  return {
    group: name,
    client: settings.client,
    role,
    offsetsReplicas: replicas,
    ms: isServed ? measured.ms : null,
    againMs,
    expected,
    asPredicted: verdict,
  };
}
