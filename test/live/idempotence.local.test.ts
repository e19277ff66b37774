// What idempotence is worth when answers come too late. kafkajs takes the sequence number of a failed request
// back: where its record was written all the same, the next send goes out under that number, the broker takes
// it for a repetition and acknowledges it, and it is nowhere.
//
//   send A ─▶ number 10, written; its answer is late ─▶ given up, back to 10
//   send B ─▶ number 10 ─▶ "I have that one": acknowledged at A's offset, lost
//     ─▶ send A again ─▶ number 11, written twice

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  check,
  type HistoryEvent,
  type Lab,
  type LoadOptions,
  type ProbeOptions,
  startLab,
} from "@kafka-failure-lab/sdk";
import { readBack } from "@kafka-failure-lab/sdk/testing";
import { reportingFailure } from "./outside.ts";

const test = suite("idempotence under late answers");
let lab: Lab;

const GIVEN_UP = { requestTimeout: "500ms" } as const;
const JAVA = {
  client: "java",
  properties: { "enable.idempotence": "true", "request.timeout.ms": "500", "delivery.timeout.ms": "60000" },
} as const;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-idempotence",
      compose: ["one-broker"],
      timers: "fast",
      topic: { create: false },
      onProgress: false,
    });
  }),
);
test.after(() => lab?.close());

// which of the sends that wait goes first afterwards is chance: of twenty it is the one whose record is there
// in one fault of twenty
for (const [name, options, load, faults, expected] of [
  [
    "kafkajs-idempotent",
    { ...GIVEN_UP, idempotent: true },
    { inFlight: 20 },
    3,
    { lost: true, duplicates: true },
  ],
  [
    "kafkajs-idempotent-alone",
    { ...GIVEN_UP, idempotent: true },
    { inFlight: 1 },
    2,
    { lost: false, duplicates: false },
  ],
  ["kafkajs", GIVEN_UP, { inFlight: 20 }, 1, { lost: false, duplicates: true }],
  ["java-idempotent", JAVA, {}, 2, { lost: false, duplicates: false }],
] as [string, ProbeOptions, LoadOptions, number, { lost: boolean; duplicates: boolean }][]) {
  const loses = expected.lost ? "loses acknowledged records" : "loses nothing";
  const writes = expected.duplicates ? "writes some twice" : "writes nothing twice";
  test(`${name}: ${loses}, and ${writes}`, async () => {
    await lab.cluster.createTopic(name, { partitions: 1, replicationFactor: 1 });
    const probe = lab.probe({ ...options, name, topic: name });
    const sending = probe.start(load);
    for (let fault = 1; fault <= faults; fault++) {
      await sending.acknowledged(30);
      const late = await lab.net.delay(1, "1s", { path: "clients" });
      // a client that begins now with the same patience has given a request up, so the one that was under way
      // has, too
      const witness = await lab
        .probe({ ...GIVEN_UP, name: `${name}-witness-${fault}`, topic: name, deliveryTimeout: "1s" })
        .send();
      assert.is.not(witness.outcome, "ok");
      await late.heal();
    }
    await sending.acknowledged(30);
    await sending.stop();
    const { counts, checks } = check(await everythingOf(name));
    assert.ok(counts.acknowledged >= 30 * (faults + 1), `${counts.acknowledged} acknowledged`);
    assert.equal(
      { lost: counts.lost > 0, duplicates: counts.duplicates > 0 },
      expected,
      checks.map(({ summary }) => summary).join(" "),
    );
    assert.is(counts.undecided, 0);
  });
}

/** The history of one topic, with what stands in it now. */
async function everythingOf(topic: string): Promise<HistoryEvent[]> {
  const { partitions, records } = await readBack(topic, lab.bootstrap, { timeoutMs: 20_000 });
  const atMs = lab.run.now();
  return [
    ...lab.run.history.filter((event) => event.kind === "send" && event.topic === topic),
    { kind: "readback", atMs, tookMs: 0, client: "readback", topic, partitions, records },
  ];
}
test.run();
