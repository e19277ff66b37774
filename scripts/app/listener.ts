// The lines of the posted application's ProducerListener, in its words.
//
//   onSuccess   Message successfully sent to topic: my_topic, partition: 0, offset: 42
//   onError     Failed to send message to topic: my_topic. Exception: Request timed out
//               Failed message: Hello, Kafka!

import { printable } from "@kafka-failure-lab/sdk";
import type { RecordMetadata } from "kafkajs";
import { messageOf } from "./settings.ts";

/**
 * Returns the line of an acknowledged record.
 *
 * @param sent what kafkajs returned; with acks 0 nothing, and the line has -1 for partition and offset
 */
export function successLine(topic: string, sent: RecordMetadata | undefined): string {
  const { partition = -1, baseOffset = "-1" } = sent ?? {};
  return `Message successfully sent to topic: ${topic}, partition: ${partition}, offset: ${baseOffset}`;
}

/** Returns the two lines of a record that was not sent. */
export function failureLines(topic: string, value: string, error: unknown): [string, string] {
  return [
    printable(`Failed to send message to topic: ${topic}. Exception: ${messageOf(error)}`),
    printable(`Failed message: ${value}`),
  ];
}
