// The posted listener's lines, in its words.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { failureLines, successLine } from "../../scripts/app/listener.ts";

test("successLine() has topic, partition and offset as posted", () => {
  const sent = { topicName: "my_topic", partition: 2, errorCode: 0, baseOffset: "42" };
  assert.is(
    successLine("my_topic", sent),
    "Message successfully sent to topic: my_topic, partition: 2, offset: 42",
  );
});

test("successLine() has -1 for partition and offset with acks 0, which returns neither", () => {
  assert.is(
    successLine("my_topic", undefined),
    "Message successfully sent to topic: my_topic, partition: -1, offset: -1",
  );
});

test("failureLines() have topic, exception and value as posted", () => {
  assert.equal(failureLines("my_topic", "Hello, Kafka!", new Error("Request timed out")), [
    "Failed to send message to topic: my_topic. Exception: Request timed out",
    "Failed message: Hello, Kafka!",
  ]);
});

test("failureLines() keep a message of several lines on one line", () => {
  const [line] = failureLines("my_topic", "x", new Error("two\nlines"));
  assert.not.match(line, /\n/);
});

test.run();
