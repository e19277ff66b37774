// An application that the lab knows nothing of: a producer in a process of its own, which sends a text every
// 20 ms until its standard input ends.

import process from "node:process";
import kafkajs from "kafkajs";

const [bootstrap = "", topic = "", content = ""] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: "unknown-app",
  brokers: bootstrap.split(","),
  requestTimeout: 10_000, // a request that times out is sent again: on a busy machine a copy before any fault
  logLevel: kafkajs.logLevel.NOTHING,
});
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
let count = 0;
const timer = setInterval(() => {
  const value = content === "" ? `order ${++count}` : content;
  // as many applications do: what fails is not sent again
  producer.send({ topic, acks: -1, messages: [{ key: `key ${count}`, value }] }).catch(() => {});
}, 20);
process.stdin.resume().once("end", () => {
  clearInterval(timer);
  process.exit(0);
});
process.stdout.write("sends\n");
