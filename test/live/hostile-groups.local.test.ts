// Consumer groups with names and records that somebody else has chosen: none is another's, and a history
// keeps no payloads.

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { Kafka, logLevel } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import { leftovers, reportingFailure } from "./outside.ts";

const test = suite("hostile groups");
const runs = mkdtempSync(path.join(os.tmpdir(), "lab-hostile-groups-"));
const MEGABYTE = 1_000_000;
const VALUES = [
  ..."abcdef".split("").map((letter) => letter.repeat(MEGABYTE)),
  'x"}\n{"kind":"member","atMs":1,"change":"ended"}\n',
  "\u2028\u202e\u0000\u001b[2J",
];
let lab: Lab;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      engine: "local",
      compose: ["one-broker"],
      timers: "fast",
      properties: { "group.initial.rebalance.delay.ms": "0", "message.max.bytes": "2000000" },
      recording: false,
      scenario: "test-hostile-groups",
      runs,
      onProgress: false,
    });
    const producer = new Kafka({ brokers: [...lab.bootstrap], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    for (const value of VALUES)
      await producer.send({ topic: lab.topic, messages: [{ key: value.slice(0, 2_000), value }] });
    await producer.disconnect();
  }),
);
test.after(async () => {
  await lab?.close();
  rmSync(runs, { recursive: true, force: true });
});

for (const client of ["kafkajs", "java"] as const) {
  test(`${client}: groups whose names differ in what no file name has are apart`, async () => {
    const names = [`../${client}/b`, `.._${client}_b`, "\u{1f600}".repeat(200 - client.length) + client];
    const groups = await Promise.all(names.map((name) => lab.group(name, { client, members: 1 })));
    const described = await Promise.all(groups.map((group) => group.settled()));
    assert.equal(
      described.map(({ members }) => members.map(({ clientId }) => clientId)),
      names.map((name) => [`${name}.1`]),
    );
    await Promise.all(groups.map((group) => group.close()));
  });
  test(`${client}: records of megabytes leave a sum in the history, and no value is an event`, async () => {
    const group = await lab.group(`reads-${client}`, { client, members: 1 });
    await group.lag({ atMost: 0 });
    await group.close();
    const given = lab.run.history.flatMap((event) =>
      event.kind === "delivered" && event.group === group.name ? event.records : [],
    );
    const lengths = new Map(given.map(({ offset, value, key = "" }) => [offset, [value.length, key.length]]));
    assert.is(lengths.size, VALUES.length);
    assert.ok([...lengths.values()].flat().every((length) => length <= 1_000));
    assert.is(new Set(given.map(({ value }) => value)).size, VALUES.length);
    assert.ok(given.some(({ value }) => value === VALUES.at(-1)));
    const ended = lab.run.history.filter(
      (event) => event.kind === "member" && event.group === group.name && event.change === "ended",
    );
    assert.is(ended.length, 1);
  });
}
test("the run's folder has no payloads, and no process is left", async () => {
  await lab.conclude({ print: false, exitCode: false });
  const bytes = readdirSync(lab.run.dir).reduce(
    (sum, name) => sum + statSync(path.join(lab.run.dir, name)).size,
    0,
  );
  assert.ok(bytes < 2 * MEGABYTE, `${bytes} bytes`);
  await lab.close();
  assert.equal(leftovers(process.pid), []);
});
test.run();
