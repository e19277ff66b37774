// The administrative requests that the lab makes through kafkajs.

import kafkajs from "kafkajs";
import { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";
import { guardRejections } from "./rejections.ts";
import { resourceSettings } from "./resource-settings.ts";
import { kafkajsSecurity } from "./security.ts";

export interface CreateTopic {
  topic: string;
  partitions: number;
  replicationFactor: number;
  config: Readonly<Record<string, string>>;
}

/**
 * Creates a topic, and returns whether it is new; one that exists already is left as it is.
 *
 * @throws LabError COMMAND_FAILED with the broker's reason
 */
export async function createTopic(
  endpoints: readonly string[],
  { topic, partitions, replicationFactor, config }: CreateTopic,
  security?: Security,
): Promise<boolean> {
  try {
    const how = { requestTimeout: 10_000, retries: 20, patienceMs: 60_000, security };
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    return await asAdmin(endpoints, how, (admin) =>
      admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
      }),
    );
  } catch (cause) {
    const reasons = (cause as { errors?: Error[] }).errors ?? [cause as Error];
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot create the topic ${topic}: ${reasons.map(({ message }) => message).join("; ")}`,
      { cause, hint: "Is there an active controller, and are there as many brokers as replicas?" },
    );
  }
}

/**
 * Deletes the consumer groups whose names `isOwn` accepts, and returns their names.
 *
 * @throws LabError COMMAND_FAILED with the broker's reason
 */
export async function deleteGroups(
  endpoints: readonly string[],
  isOwn: (name: string) => boolean,
  security?: Security,
): Promise<readonly string[]> {
  try {
    return await asAdmin(endpoints, { ...DELETING, security }, async (admin) => {
      const { groups } = await admin.listGroups();
      const own = groups.map(({ groupId }) => groupId).filter(isOwn);
      if (own.length > 0) await admin.deleteGroups(own);
      return own;
    });
  } catch (cause) {
    throw new LabError("COMMAND_FAILED", `Cannot delete consumer groups: ${(cause as Error).message}`, {
      cause,
      hint: "They have no members: the cluster forgets them by itself (offsets.retention.minutes).",
    });
  }
}

/** Deletes topics. @throws LabError COMMAND_FAILED with the broker's reason */
export async function deleteTopics(
  endpoints: readonly string[],
  topics: readonly string[],
  security?: Security,
): Promise<void> {
  try {
    await asAdmin(endpoints, { ...DELETING, security }, (admin) =>
      admin.deleteTopics({ topics: [...topics] }),
    );
  } catch (cause) {
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot delete the topic ${topics.join(", ")}: ${(cause as Error).message}`,
      { cause, hint: "It was made by the lab, and holds nothing but what its probes sent." },
    );
  }
}

/** A setting that is in force for a topic. */
export interface TopicSetting {
  readonly value: string;
  /** Whether the topic sets it itself. */
  readonly isOwn: boolean;
}

/**
 * Asks what of these settings is in force for a topic, its own or the brokers': asks all brokers, since the
 * one that an admin client would ask may be gone where no controller can say so. Undefined where none
 * answers, or there is no such topic.
 */
export async function topicSettings(
  endpoints: readonly string[],
  topic: string,
  names: readonly string[],
  security?: Security,
): Promise<Readonly<Record<string, TopicSetting>> | undefined> {
  const settings = resourceSettings({ type: "topic", name: topic }, topic, security);
  try {
    const found = await Promise.any(
      endpoints.map(async (address) => {
        const answer = await settings.read(address, names);
        if (answer === undefined) throw new Error(`${address} does not answer`);
        return answer;
      }),
    );
    return Object.fromEntries(
      Object.entries(found).flatMap(([name, { value, isOwn }]) =>
        value === null ? [] : [[name, { value, isOwn }]],
      ),
    );
  } catch {
    return undefined;
  } finally {
    settings.close();
  }
}

interface AdminOptions {
  requestTimeout: number;
  /** kafkajs's own, of one request. */
  retries: number;
  /** How long it is asked again where kafkajs gives up too early. */
  patienceMs: number;
  security: Security | undefined;
}

const DELETING = { requestTimeout: 5_000, retries: 5, patienceMs: 5_000 };

async function asAdmin<T>(
  endpoints: readonly string[],
  { requestTimeout, retries, patienceMs, security }: AdminOptions,
  ask: (admin: kafkajs.Admin) => Promise<T>,
): Promise<T> {
  const release = guardRejections(() => {});
  const kafka = new kafkajs.Kafka({
    clientId: "lab-admin",
    brokers: [...endpoints],
    ...kafkajsSecurity(security),
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries },
  });
  const admin = kafka.admin();
  try {
    return await untilAnswered(patienceMs, async () => {
      await admin.connect();
      return await ask(admin);
    });
  } finally {
    await admin.disconnect().catch(() => {});
    await release();
  }
}

const PAUSE_MS = 25;

/**
 * Asks again where kafkajs gives up although the next try may do (admin/index.js `createTopics`): a broker
 * that has just started names -1 as the controller, which is taken for a broker that is missing; one that
 * the cluster holds for alive already opens its ports a moment later (BrokerServer.startup), or closes them
 * as it goes; and a connection that ended between two requests is a plain Error (broker/index.js).
 */
async function untilAnswered<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (;;) {
    const answer = await ask().then(
      (value) => ({ value }),
      (error: Error & { retriable?: boolean }) => ({ failure: error }),
    );
    if ("value" in answer) return answer.value;
    const { failure } = answer;
    const mayDo =
      failure.name === "KafkaJSBrokerNotFound" ||
      failure.message === "Broker not connected" ||
      failure.retriable === true;
    if (!mayDo || performance.now() - began >= patienceMs) throw failure;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
