// The administrative requests that the lab makes through kafkajs.

import kafkajs from "kafkajs";
import { LabError } from "../model/errors.ts";
import { guardRejections } from "./rejections.ts";

export interface CreateTopic {
  topic: string;
  partitions: number;
  replicationFactor: number;
  config: Readonly<Record<string, string>>;
}

/**
 * Creates a topic; one that exists already is left as it is.
 *
 * @throws LabError COMMAND_FAILED with the broker's reason
 */
export async function createTopic(
  endpoints: readonly string[],
  { topic, partitions, replicationFactor, config }: CreateTopic,
): Promise<void> {
  try {
    await asAdmin(endpoints, { requestTimeout: 10_000, retries: 20 }, async (admin) => {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await untilAnswered(() =>
        admin.createTopics({
          waitForLeaders: false,
          topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
        }),
      );
    });
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
 * Asks what of these settings is in force for a topic, its own or the brokers'; undefined where no broker
 * answers or there is no such topic.
 */
export async function topicSettings(
  endpoints: readonly string[],
  topic: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  return await asAdmin(endpoints, { requestTimeout: 2_000, retries: 1 }, async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [...names] }],
    });
    return Object.fromEntries(
      resources.flatMap(({ configEntries }) =>
        configEntries.map(({ configName, configValue }) => [configName, configValue]),
      ),
    );
  }).catch(() => undefined);
}

async function asAdmin<T>(
  endpoints: readonly string[],
  { requestTimeout, retries }: { requestTimeout: number; retries: number },
  ask: (admin: kafkajs.Admin) => Promise<T>,
): Promise<T> {
  const release = guardRejections(() => {});
  const kafka = new kafkajs.Kafka({
    clientId: "lab-admin",
    brokers: [...endpoints],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await ask(admin);
  } finally {
    await admin.disconnect().catch(() => {});
    await release();
  }
}

const PAUSE_MS = 25;
const PATIENCE_MS = 20_000;

/**
 * Asks again where kafkajs gives up although the next try may do (admin/index.js `createTopics`): a broker
 * that has just started names -1 as the controller, which is taken for a broker that is missing; and one that
 * the cluster holds for alive already opens its ports a moment later (BrokerServer.startup), or closes them
 * as it goes.
 */
async function untilAnswered(create: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  for (;;) {
    const failure = await create().then(
      () => undefined,
      (error: Error & { retriable?: boolean }) => error,
    );
    if (failure === undefined) return;
    const mayDo = failure.name === "KafkaJSBrokerNotFound" || failure.retriable === true;
    if (!mayDo || performance.now() - began > PATIENCE_MS) throw failure;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
