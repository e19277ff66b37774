// A program for guardian.alone.test.ts: owns a broker whose own flags carry a lab's mark, another one than
// the lab's, and says its process id.

import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { kafkaServices, openLocal, readComposeFiles as readCompose } from "@kafka-failure-lab/sdk/testing";
import { roundTrip, until } from "./outside.ts";

/** A kept lab's: nobody who looks for dead labs ends it. */
const SPOOF = "-Dkafka.failure.lab=spoofed/1/1/keep/kafka-1";
const file = fileURLToPath(new URL("../../compose/one-broker.yml", import.meta.url));
const services = kafkaServices(readCompose([file], { env: {}, cwd: process.cwd() }));
const logDir = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-spoof-"));
const engine = await openLocal({
  lab: randomBytes(4).toString("hex"),
  services: services.map((one) => ({
    ...one,
    java: { ...one.java, more: [...one.java.more, SPOOF] },
  })),
  logDir,
  env: process.env,
  onProgress() {},
});
// until then the process may be the shell that is about to write its record
const { client } = engine.nodes[0]!;
await until("the broker serves", async () => (await roundTrip(client!)) !== undefined);
console.log(`${logDir} ${engine.nodes.map(({ service }) => engine.status(service).pid).join(" ")} running`);
setInterval(() => {}, 1 << 30); // an open engine does not keep its program alive
