// The example of docs/add-a-fault.md on real brokers: injected, proven, undone by itself, recorded,
// explained, drawn.

import { readFileSync } from "node:fs";
import {
  defineFault,
  type Evidence,
  explain,
  type Fault,
  type FaultContext,
  type FaultEvent,
  faults,
  type HealEvent,
  type History,
  type Lab,
  LabError,
  startLab,
  timeline,
} from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { jvmStop } from "../../examples/jvm-stop.ts";
import { until } from "./outside.ts";

const test = suite<{ lab: Lab }>("a fault of one's own");
test.before(async (context) => {
  context.lab = await startLab({ scenario: "add-a-fault", onProgress: false });
});
test.after(async ({ lab }) => await lab.close());

const faultsOf = (history: History): FaultEvent[] =>
  history.filter((event): event is FaultEvent => event.kind === "fault");
const healsOf = (history: History): HealEvent[] =>
  history.filter((event): event is HealEvent => event.kind === "heal");
const healed = (fault: Fault): Promise<number> => until(`${fault.id} to be healed`, () => !fault.isOpen);
const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));

test("docs/add-a-fault.md shows the example as it is run here", () => {
  const page = readFileSync(new URL("../../docs/add-a-fault.md", import.meta.url), "utf8");
  const example = readFileSync(new URL("../../examples/jvm-stop.ts", import.meta.url), "utf8");
  const shown = page.match(/```ts\n([^]*?)```/)![1]!;
  assert.is(shown.trim(), example.replace("@kafka-failure-lab/sdk", "kafka-failure-lab").trim());
});
test("it is predicted, injected, proven, undone by itself, and recorded", async ({ lab }) => {
  const load = lab.probe.start({ perSecond: 50 });
  await load.acknowledged(20);
  const spec = jvmStop("leader");
  const prediction = await lab.predict(spec);
  // shorter than broker.session.timeout.ms: nobody takes over, and nobody is served before its end
  assert.equal([prediction.fault, prediction.failsOver, prediction.served], ["jvm-stop", 0, 0]);
  const fault = await lab.inject(spec);
  assert.equal([fault.kind, fault.isOpen, fault.spec], ["jvm-stop", true, spec]);
  assert.equal(
    fault.proof!.observed!.map(({ holds }) => holds),
    [true],
  );
  await healed(fault);
  await load.acknowledged(20);
  await load.stop();
  const [event] = faultsOf(lab.run.history);
  const [heal] = healsOf(lab.run.history);
  assert.equal(
    [event!.fault, event!.noun, event!.process, heal!.id],
    ["jvm-stop", "JVM stop", "freeze", fault.id],
  );
  const lastedMs = heal!.effectAtMs - event!.effectAtMs;
  assert.ok(lastedMs >= 2_990, `${lastedMs} ms`); // a timer of Node may end up to 1 ms early
  assert.equal(
    heal!.proof!.observed!.map(({ holds }) => holds),
    [true],
  );
});
test("its outage is explained by it, and the timeline draws it", async ({ lab }) => {
  const { windows } = explain(lab.run.history);
  const isOfFault = (one: Evidence): boolean => one.kind === "fault" && one.text.includes("JVM stop");
  const outage = windows.find(({ parts }) => parts.some(({ evidence }) => evidence.some(isOfFault)));
  assert.ok(outage !== undefined, JSON.stringify(windows));
  assert.ok(timeline(lab.run.history).some((line) => line.includes("jvm-stop")));
});
test("heal() undoes it before its time, and cluster.start() does so, too", async ({ lab }) => {
  const first = await lab.inject(jvmStop(1, { pause: "10m" }));
  await first.heal();
  assert.is(first.isOpen, false);
  const second = await lab.inject(jvmStop(1, { pause: "10m" }));
  await lab.cluster.start(1);
  assert.is(second.isOpen, false);
  const { brokers } = await lab.cluster.describe();
  assert.is(brokers.find(({ broker }) => broker === 1)!.state, "running");
});
test("a fault of one's own that does not act is rolled back: NOT_EFFECTIVE", async ({ lab }) => {
  const undone: number[] = [];
  const idle = defineFault({
    kind: "no-effect",
    apply: () => "nothing",
    undo: ({ broker }) => `undone ${undone.push(broker)}`,
    verify: async (_, phase) => [
      { what: "anything", expected: "changed", measured: "unchanged", holds: phase === "undone" },
    ],
  });
  const before = faultsOf(lab.run.history).length;
  assert.is(await lab.inject(idle([1, 2])).then(String, codeOf), "NOT_EFFECTIVE");
  assert.equal(undone.sort(), [1, 2]);
  assert.is(faultsOf(lab.run.history).length, before);
});
test("apply, verify and undo get one context for each target, and the next injection another", async ({
  lab,
}) => {
  const called = new Map<FaultContext, string[]>();
  const note = (context: FaultContext, what: string): string => {
    called.set(context, [...(called.get(context) ?? []), what]);
    return what;
  };
  const noted = defineFault({
    kind: "noted",
    apply: (context) => note(context, "apply"),
    undo: (context) => note(context, "undo"),
    verify: async (context, phase) => {
      note(context, phase);
      return [];
    },
  });
  for (const target of [[1, 2], [1]]) await (await lab.inject(noted(target))).heal();
  assert.equal([...called.values()], Array(3).fill(["apply", "applied", "undo", "undone"]));
  assert.equal([...called.keys()].map(({ broker }) => broker).sort(), [1, 1, 2]);
});
test("a value of the lab's own kinds does as its verb, and heals after its time", async ({ lab }) => {
  const fault = await lab.inject(faults.pause(2, { lasts: "200ms" }));
  assert.is(fault.kind, "pause");
  await healed(fault);
  await using open = await lab.inject(faults.isolate(2, { path: "clients" }));
  assert.ok(open.network!.every((one) => one.kind === "isolate" && one.broker === 2));
  assert.ok(open.proof!.measured.length > 0);
});
test.run();
