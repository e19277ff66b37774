// What diagnose() says of a group's own settings, before its members start.

import { diagnose, type DiagnoseInput } from "../../analysis/diagnose/mod.ts";
import type { ClusterFacts, GroupSettings } from "../../client/member/settings.ts";

/** A broker's settings that consumers are held against. */
const OF_BROKERS = /^(group\.|offsets\.|message\.max\.bytes$|unclean\.leader\.election\.enable$)/;

/**
 * What will go wrong with a group by its settings, a sentence each with the rule that says so; none for
 * settings that fit. Pure.
 */
export function groupAdvice(
  group: string,
  settings: GroupSettings,
  { kafka, brokers }: Pick<ClusterFacts, "kafka" | "brokers">,
): string[] {
  const own = settings.client === "java" ? javaFile(group, settings) : kafkajsFile(group, settings);
  const found = diagnose([...brokerFile(brokers[0]), own], {
    kafka,
    severity: "warning",
    ...(settings.processMs > 0 && { recordTime: settings.processMs }),
  });
  return found
    .filter(({ evidence: [first] }) => first!.file === own.file)
    .map(({ rule, happens }) => `The group ${group}: ${happens} (${rule})`);
}

function brokerFile(broker: Readonly<Record<string, string>> | undefined): DiagnoseInput[] {
  if (broker === undefined) return [];
  const lines = Object.entries(broker).filter(([key]) => OF_BROKERS.test(key));
  return [{ file: "server.properties", kind: "server", text: linesOf({ ...Object.fromEntries(lines) }) }];
}

function javaFile(group: string, settings: GroupSettings): DiagnoseInput {
  const { protocol, sessionTimeout, heartbeatInterval, assignors, instanceIds } = settings;
  const classic = {
    "session.timeout.ms": sessionTimeout,
    "heartbeat.interval.ms": heartbeatInterval,
    "partition.assignment.strategy": assignors,
  };
  const text = linesOf({
    "group.id": group,
    "enable.auto.commit": settings.commit === "auto",
    "auto.commit.interval.ms": settings.autoCommitInterval,
    "auto.offset.reset": settings.reset,
    "fetch.max.wait.ms": settings.maxWait,
    "isolation.level": settings.isolation,
    "max.poll.interval.ms": settings.rebalanceTimeout,
    "request.timeout.ms": settings.requestTimeout,
    ...(protocol === "classic" && classic),
    ...(instanceIds !== false && instanceIds[0] !== undefined && { "group.instance.id": instanceIds[0] }),
    ...settings.properties,
  });
  return { file: "consumer.properties", kind: "java", text };
}

function kafkajsFile(group: string, settings: GroupSettings): DiagnoseInput {
  const { sessionTimeout, heartbeatInterval, rebalanceTimeout, maxWait, requestTimeout } = settings;
  const consumer = {
    groupId: group,
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout,
    maxWaitTimeInMs: maxWait,
  };
  return { file: "kafkajs.json", kind: "kafkajs", text: JSON.stringify({ requestTimeout, consumer }) };
}

function linesOf(values: Readonly<Record<string, string | number | boolean>>): string {
  // a line break in a value would begin a setting of its own
  return Object.entries(values)
    .map(([key, value]) => `${key}=${`${value}`.replace(/[\r\n\\]/g, " ")}\n`)
    .join("");
}
