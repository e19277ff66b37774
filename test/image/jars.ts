// Prints the paths of the jars of a pinned Kafka version, one a line; fetches what the lab's cache lacks.
// Usage: jars.ts VERSION

import process from "node:process";
import { supplyKafka } from "@kafka-failure-lab/sdk/testing";

const [version = ""] = process.argv.slice(2);
const { KAFKA_HOME: _, ...env } = process.env; // an image holds the version that its tag says
const { classPath } = await supplyKafka({ version, env, onProgress: (line) => console.error(line) });
console.log(classPath.join("\n"));
