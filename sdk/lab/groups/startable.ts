// What a group needs before its first member is started: a program for its client, and the topic to write to.

import type { Tools } from "../../client/java/mod.ts";
import type { GroupOptions } from "../../client/member/options.ts";
import type { GroupSettings } from "../../client/member/settings.ts";
import { assertVerifiableConsumer } from "../../client/member/unsupported.ts";
import { LabError } from "../../model/errors.ts";
import type { GroupLooker } from "./look.ts";

/** @throws LabError NO_JAVA, NO_KAFKA, UNSUPPORTED, NO_SUCH_TOPIC */
export async function assertStartable(
  { name, options, settings }: { name: string; options: GroupOptions; settings: GroupSettings },
  { looker, tools }: { looker: GroupLooker; tools(): Promise<Tools> },
): Promise<void> {
  if (settings.client === "java") {
    const { memberProgram } = await tools();
    if ((await memberProgram()) === undefined) assertVerifiableConsumer(options);
  }
  if (settings.transform === false) return;
  const { topic } = settings.transform;
  if (await looker.hasTopic(topic)) return;
  throw new LabError(
    "NO_SUCH_TOPIC",
    `Cannot start the group ${name}: no broker knows the topic ${topic}, which it is to write to`,
    { hint: `\`lab.cluster.createTopic("${topic}")\` makes it.` },
  );
}
