// The two programs beside a recorded member of a group: who sends, and who reads the same without the lab.
//
//   node records.mjs offer host:port,… topic perSecond      "go", "rest" on standard input
//   node records.mjs read host:port,… topic group           "count" on standard input: how many it has read
//
// Each answers a line with a line. Where standard input ends, so does the program.

import { performance } from "node:perf_hooks";
import process from "node:process";
import { createInterface } from "node:readline";
import kafkajs from "kafkajs";

const BATCH_MS = 50;
const VALUE = "x".repeat(90);

const [role, brokers, topic, more] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.NOTHING });
const answer = role === "offer" ? await offering(Number(more)) : await reading(more);
console.log("ready");
createInterface({ input: process.stdin })
  .on("line", (line) => console.log(answer(line)))
  .on("close", () => process.exit(0));

/** Sends so many records of 100 bytes a second; what was late is made up for. */
async function offering(perSecond) {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  let [sent, beganAt, timer] = [0, 0, undefined];
  const send = () => {
    const due = Math.floor(((performance.now() - beganAt) / 1000) * perSecond);
    const messages = Array.from({ length: due - sent }, (_, i) => ({ value: `${sent + i} ${VALUE}` }));
    sent = due;
    if (messages.length > 0) void producer.send({ topic, acks: 1, messages });
  };
  return (line) => {
    clearInterval(timer);
    if (line === "go") {
      [sent, beganAt] = [0, performance.now()];
      timer = setInterval(send, BATCH_MS);
    }
    return sent;
  };
}

/** Reads, and commits after each poll of a partition, as the recorded member does. */
async function reading(groupId) {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 500 });
  let count = 0;
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    async eachBatch({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary }) {
      const { messages, partition } = batch;
      const last = messages.at(-1).offset;
      for (const { value } of messages) if (value.toString() !== "") count++;
      resolveOffset(last);
      const offset = String(BigInt(last) + 1n);
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      await heartbeat();
    },
  });
  await joined;
  return () => count;
}
