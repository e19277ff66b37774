// How a lab comes to be: a cluster that is started, one that is up, or a recorded run that is replayed.

import { randomBytes } from "node:crypto";
import { checkProperties, checkTopicName } from "./kafka/mod.ts";
import type { AttachBootstrapOptions, AttachOptions, CommonOptions, Lab, LabOptions } from "./lab/lab.ts";
import { assertProjectName } from "./lab/plan.ts";
import { openAttached, openBootstrap, openEngine } from "./lab/open.ts";
import { planEngine } from "./lab/plan.ts";
import { openLab } from "./lab/start.ts";
import { ownTopicName } from "./lab/belongings.ts";
import { recorded } from "./recording/mod.ts";

/**
 * Starts a cluster and returns when every broker serves.
 *
 * With LAB_REPLAY, or in a notebook where no engine works, it replays a recorded run instead, and says so:
 * `isReplay`.
 *
 * @throws TypeError for a property or a topic that Kafka would refuse, before anything starts
 * @throws LabError NO_ENGINE, NO_JAVA, NO_KAFKA, BAD_COMPOSE, UNSUPPORTED, PORT_TAKEN, NOT_READY, …
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  checkProperties(options.properties ?? {}, options.kafka ?? null);
  checkTopic(options);
  return await recorded(options, async () => {
    const plan = planEngine(options);
    return await openLab(options, (common) =>
      openEngine({ ...options, ...common, security: common.security, keep: options.keep ?? false }, plan),
    );
  });
}

/**
 * Takes a compose project that is up already, or any cluster by its bootstrap servers. At the end only the
 * lab's own faults are healed: nothing is stopped or removed.
 *
 * The topic is created only with `topic: { create: true }`.
 *
 * @throws LabError NO_SUCH_PROJECT, NO_ENGINE, BAD_COMPOSE, UNSUPPORTED; NO_CLUSTER, NO_SUCH_TOPIC;
 *   NOT_READY; RangeError for an invalid project name
 */
export async function attachLab(options: AttachOptions): Promise<Lab> {
  checkTopic(options);
  if ("bootstrap" in options) return await attachBootstrap(options);
  assertProjectName(options.project);
  const topic = { ...options.topic, create: options.topic?.create ?? false };
  return await openLab({ ...options, topic }, (common) =>
    openAttached({ ...common, keep: true, project: options.project }),
  );
}

async function attachBootstrap(options: AttachBootstrapOptions): Promise<Lab> {
  const lab = randomBytes(4).toString("hex");
  const { bootstrap } = options;
  const topic = { ...options.topic, name: options.topic?.name ?? ownTopicName(lab) };
  const ownTopic = options.topic?.name === undefined ? topic.name : undefined;
  return await openLab(
    { ...options, topic: { ...topic, create: options.topic?.create ?? false } },
    (common) => openBootstrap({ ...common, bootstrap, lab, ownTopic }),
  );
}

/** @throws TypeError */
function checkTopic({ topic }: CommonOptions): void {
  if (topic?.name !== undefined) checkTopicName(topic.name);
  checkProperties(topic?.config ?? {}, null, "topic");
}
