// Starts a member of a group: a process with kafkajs, or one with Kafka's own client in Java.

import { createRequire } from "node:module";
import { kafkajsSecurity } from "../security.ts";
import { startVerifiableConsumer } from "./java-process.ts";
import { startMemberProgram } from "./java-program.ts";
import { transactionalIdOf } from "./transform.ts";
import {
  type KafkajsStart,
  type MemberProcess,
  type MemberStart,
  serviceOf,
  startKafkajsMember,
} from "./process.ts";

/**
 * Starts it; resolves when its process exists.
 *
 * @throws LabError COMMAND_FAILED; NO_JAVA, NO_KAFKA, UNSUPPORTED of a client in Java
 */
export async function startMember(start: MemberStart): Promise<MemberProcess> {
  const { settings, record, name, onLine, onLog } = start;
  if (settings.client === "java") {
    const tools = await start.tools();
    const program = await tools.memberProgram();
    return program === undefined
      ? startVerifiableConsumer(start, tools)
      : startMemberProgram(start, tools, program);
  }
  const options = { record: { ...record, service: serviceOf(name) }, onLine, onLog };
  return startKafkajsMember(kafkajsStart(start), options);
}

function kafkajsStart(start: MemberStart): KafkajsStart {
  const { group, name, settings, bootstrap, security, routes } = start;
  return {
    kafkajs: createRequire(import.meta.url).resolve("kafkajs"),
    codecs: new URL(`../../kafka/codec/mod.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)
      .href,
    config: {
      clientId: name,
      brokers: bootstrap,
      requestTimeout: settings.requestTimeout,
      retry: {}, // kafkajs's own
      ...kafkajsSecurity(security),
    },
    consumer: {
      groupId: group,
      sessionTimeout: settings.sessionTimeout,
      heartbeatInterval: settings.heartbeatInterval,
      rebalanceTimeout: settings.rebalanceTimeout,
      maxWaitTimeInMs: settings.maxWait,
      allowAutoTopicCreation: false,
      readUncommitted: settings.isolation === "read_uncommitted",
    },
    topic: settings.topic,
    fromBeginning: settings.reset === "earliest",
    commit: settings.commit,
    processMs: settings.processMs,
    failAt: settings.failAt,
    autoCommitInterval: settings.autoCommitInterval,
    ...outputOf(start),
    ...(routes === undefined ? {} : { routes: Object.fromEntries(routes) }),
  };
}

function outputOf(start: MemberStart): Pick<KafkajsStart, "output"> {
  const { transform } = start.settings;
  if (transform === false) return {};
  const { topic, transactionTimeout } = transform;
  const transactionalId = transactionalIdOf(transform, start);
  const { group } = start;
  return {
    output: {
      topic,
      group,
      transactionTimeout,
      ...(transactionalId === undefined ? {} : { transactionalId }),
    },
  };
}
