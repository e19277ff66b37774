// What has no effect when the local engine runs a service, a sentence each: differences that are reported,
// not refused.

import { leftOutFlags } from "./java.ts";
import { treatmentOf } from "./keys.ts";
import type { ComposeService, Mount } from "./project.ts";

export function notesOn(service: ComposeService): string[] {
  const ofKeys = service.keys.flatMap(({ key, value }) => {
    const treatment = treatmentOf(key, value);
    return treatment.kind === "differs" ? [`${service.service}: ${key} has no effect: ${treatment.why}`] : [];
  });
  const flags = Object.keys(service.environment).filter((name) => FLAGS.test(name));
  const why = "JMX, Java's logs and their levels are the lab's";
  const ofLogs = flags.length === 0 ? [] : [`${service.service}: ${flags.join(", ")} has no effect: ${why}`];
  const ofLeftOut = leftOutFlags(service)
    .filter(({ matters }) => !matters)
    .map(({ variable, flag, why }) => `${service.service}: ${variable} ${flag} has no effect: ${why}`);
  const ofData = service.mounts
    .filter(isHostData)
    .map(({ target }) => `${service.service}: ${target} is not on the host's folder but in the lab's own`);
  return [...ofKeys, ...ofLogs, ...ofLeftOut, ...ofData];
}

const FLAGS =
  /^(KAFKA_)?(JMX_|LOG4J_|GC_LOG_OPTS|TOOLS_LOG4J_)|^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)$/;

function isHostData({ kind, target }: Mount): boolean {
  return kind === "bind" && /^\/(var\/lib\/kafka|bitnami|tmp\/k)/.test(target);
}
