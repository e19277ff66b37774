// The grammar of a topic's name.
// Source: Topic.validate (clients/src/main/java/org/apache/kafka/common/internals/Topic.java)

import { printable } from "../model/printable.ts";

/** The longest name: a folder's, less the partition's number and suffix. */
export const MAX_TOPIC_NAME = 249;

/** Returns in Kafka's words why a topic's name is invalid; undefined where it is valid. */
export function topicNameFault(name: string): string | undefined {
  if (name === "") return "the empty string is not allowed";
  if (name === "." || name === "..") return `'${name}' is not allowed`;
  if (name.length > MAX_TOPIC_NAME)
    return `the length of '${name}' is longer than the max allowed length ${MAX_TOPIC_NAME}`;
  if (!/^[\w.-]+$/.test(name))
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
  return undefined;
}

/**
 * Refuses what cannot be a topic's name.
 *
 * @throws TypeError
 */
export function checkTopicName(name: string): void {
  const fault = typeof name === "string" ? topicNameFault(name) : "it is not text";
  if (fault !== undefined)
    throw new TypeError(
      printable(`Cannot use the topic ${JSON.stringify(name)}: Topic name is invalid: ${fault}`),
    );
}
