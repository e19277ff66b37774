// What each client cannot do as a member of a group, said before anything is started.

import { toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { GroupOptions } from "./options.ts";

/** Makes the error for what a client or a cluster cannot do; the hint says what can. */
export function unsupported(what: string, why: string, hint: string): LabError {
  return new LabError("UNSUPPORTED", `Cannot ${what}: ${why}`, { hint });
}

/** @throws TypeError, LabError UNSUPPORTED */
export function assertKafkajs({ assignor, instanceIds, protocol, properties }: GroupOptions): void {
  const javaCan = 'Kafka\'s own client does: client: "java".';
  if (properties !== undefined)
    throw new TypeError('Cannot give kafkajs Kafka\'s properties: it has none; they are for client "java"');
  if (assignor !== undefined && assignor !== "roundrobin")
    throw unsupported(
      `share partitions by ${assignor} with kafkajs`,
      "it brings the assignor roundrobin only, and knows no cooperative rebalance",
      javaCan,
    );
  if (instanceIds !== undefined && instanceIds !== false)
    throw unsupported("have static members with kafkajs", "it has no group.instance.id", javaCan);
  if (protocol === "consumer")
    throw unsupported("use the group protocol consumer with kafkajs", "it has the classic one only", javaCan);
}

/**
 * What Kafka's VerifiableConsumer cannot do, which takes the place of the lab's own program in Java where
 * that cannot be compiled.
 *
 * @throws LabError UNSUPPORTED
 */
export function assertVerifiableConsumer(options: GroupOptions): void {
  const { commit = "auto", process = 0, failAt = 0, transform = false } = options;
  const kafkajsCan =
    "The lab's own member can, where Java brings a compiler (a JDK); " +
    'and so can a kafkajs member: client: "kafkajs".';
  if (commit !== "auto" && commit !== "after")
    throw unsupported(
      `commit ${commit === "before" ? "before processing" : `"${commit}"`} with client "java"`,
      'Kafka\'s VerifiableConsumer commits by itself: "auto", or "after" each poll',
      kafkajsCan,
    );
  if (toMs(process) > 0)
    throw unsupported(
      'take time for processing with client "java"',
      "Kafka's VerifiableConsumer prints a record and is done with it",
      kafkajsCan,
    );
  if (failAt > 0)
    throw unsupported(
      'fail at a record with client "java"',
      "Kafka's VerifiableConsumer processes nothing that could fail",
      kafkajsCan,
    );
  if (transform !== false)
    throw unsupported(
      'write to another topic with client "java"',
      "Kafka's VerifiableConsumer has no producer",
      kafkajsCan,
    );
}
