// What a group needs before its first member is started: a program for its client, and the topic to write to.

import { POLL_TIMEOUT_MS } from "../../analysis/predict/groups/mod.ts";
import type { Tools } from "../../client/java/mod.ts";
import type { GroupOptions } from "../../client/member/options.ts";
import type { GroupSettings } from "../../client/member/settings.ts";
import { assertVerifiableConsumer } from "../../client/member/unsupported.ts";
import { LabError } from "../../model/errors.ts";
import type { GroupLooker } from "./look.ts";

/** What runs the members of a group. */
export interface MemberProgram {
  /** How long a poll of its client waits for records, in milliseconds; null: until there are some. */
  readonly pollTimeout: number | null;
}

/**
 * Returns what the members will be run by.
 *
 * @throws LabError NO_JAVA, NO_KAFKA, UNSUPPORTED, NO_SUCH_TOPIC
 */
export async function assertStartable(
  { name, options, settings }: { name: string; options: GroupOptions; settings: GroupSettings },
  { looker, tools }: { looker: GroupLooker; tools(): Promise<Tools> },
): Promise<MemberProgram> {
  let pollTimeout: number | null = null;
  if (settings.client === "java") {
    const { memberProgram } = await tools();
    if ((await memberProgram()) === undefined) assertVerifiableConsumer(options);
    else pollTimeout = POLL_TIMEOUT_MS;
  }
  if (settings.transform === false) return { pollTimeout };
  const { topic } = settings.transform;
  if (await looker.hasTopic(topic)) return { pollTimeout };
  throw new LabError(
    "NO_SUCH_TOPIC",
    `Cannot start the group ${name}: no broker knows the topic ${topic}, which it is to write to`,
    { hint: `\`lab.cluster.createTopic("${topic}")\` makes it.` },
  );
}
