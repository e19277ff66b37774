// Why a node ended, read from what Kafka 3.9.2 logged on a disk that was full and with a port that was taken.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { deathOf } from "../../sdk/engine/death.ts";
import type { Engine } from "../../sdk/engine/engine.ts";

const DATA = "/tmp/kafka-failure-lab-0/labs/bc46e9cc/kafka-1/data";
const LOG_DIR_FAILURE = "org.apache.kafka.storage.internals.log.LogDirFailureChannel";
const FULL_AT_START = [
  "[2026-11-28 02:45:46,057] ERROR [SharedServer id=1] Got exception while starting SharedServer " +
    "(kafka.server.SharedServer)",
  "java.io.UncheckedIOException: Error while writing the Quorum status from the file " +
    `${DATA}/__cluster_metadata-0/quorum-state`,
  "\tat org.apache.kafka.raft.FileQuorumStateStore.writeElectionStateToFile(FileQuorumStateStore.java:188)",
  "Caused by: java.io.IOException: No space left on device",
  "\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)",
  "\t... 15 more",
  "",
].join("\n");
const FULL_AT_WORK = [
  "[2026-11-28 02:45:52,355] ERROR Error while appending records to my_topic-0 in dir " +
    `${DATA} (${LOG_DIR_FAILURE})`,
  "java.io.IOException: No space left on device",
  "\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)",
  `[2026-11-28 02:45:52,362] WARN Stopping serving logs in dir ${DATA} (kafka.log.LogManager)`,
  "[2026-11-28 02:45:52,365] ERROR Shutdown broker because all log dirs in " +
    `${DATA} have failed (kafka.log.LogManager)`,
  "",
].join("\n");
const TAKEN = [
  "[2026-11-28 02:47:39,501] ERROR Unable to start acceptor for ListenerName(CONTROLLER) " +
    "(kafka.network.DataPlaneAcceptor)",
  "org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:20638: " +
    "Address already in use.",
  "\tat kafka.network.Acceptor.openServerSocket(SocketServer.scala:736)",
  "Caused by: java.net.BindException: Address already in use",
  "\tat java.base/sun.nio.ch.Net.bind0(Native Method)",
  "\t... 17 more",
  "[2026-11-28 02:47:39,509] INFO [controller-1-to-controller-registration-channel-manager]: Starting " +
    "(kafka.server.NodeToControllerRequestThread)",
  "",
].join("\n");
const CASES = [
  {
    what: "a disk that is full at its start",
    log: FULL_AT_START,
    code: "DISK_FULL",
    first: "no space is left on the device of its data",
    line: "Caused by: java.io.IOException: No space left on device",
    hint: "set LAB_STATE to a folder on a larger disk",
  },
  {
    what: "a disk that fills up while it serves",
    log: FULL_AT_WORK,
    code: "DISK_FULL",
    first: "no space is left on the device of its data",
    line: "java.io.IOException: No space left on device",
    hint: "set LAB_STATE to a folder on a larger disk",
  },
  {
    what: "a quota that is used up",
    log: FULL_AT_WORK.replace("No space left on device", "Disk quota exceeded"),
    code: "DISK_FULL",
    first: "no space is left on the device of its data",
    line: "java.io.IOException: Disk quota exceeded",
    hint: "set LAB_STATE to a folder on a larger disk",
  },
  {
    what: "a port that is taken",
    log: TAKEN,
    code: "PORT_TAKEN",
    first: "a port that was free a moment ago is taken",
    line: "Caused by: java.net.BindException: Address already in use",
    hint: "Does another program listen there?",
  },
  {
    what: "something else",
    log: "[2026-11-28 02:45:46,057] ERROR Exiting Kafka (kafka.Kafka$)\n",
    code: "NOT_READY",
    first: "it ended before it served",
    line: "ERROR Exiting Kafka",
    hint: "The log's last lines tell more.",
  },
] as const;
for (const { what, log, code, first, line, hint } of CASES) {
  test(`deathOf() a broker with ${what} is ${code}`, () => {
    const engine = {
      lastWords: () => log,
      logFile: () => "/runs/kafka-1.log",
      status: () => ({ state: "stopped", exit: { code: 1, clean: false, text: "exit 1, ended by itself" } }),
    } as unknown as Engine;
    const error = deathOf(engine, "kafka-1");
    assert.is(error.code, code);
    assert.is(
      error.message.split("\n")[0],
      `Cannot keep kafka-1 running: ${first} (exit 1, ended by itself)`,
    );
    assert.match(error.facts.stderr!, line);
    assert.match(error.facts.hint!, hint);
  });
}
test.run();
