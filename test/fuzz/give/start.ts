// Options of startLab and attachLab of which one at least has to be refused, before anything happens.

import fc from "fast-check";
import type { CallInput } from "./call.ts";

/** For each option of startLab and attachLab, what it cannot be. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  scenario: ["../../x", "a/b", "", "..", 5, null, "a\u0000b", "x".repeat(5000), {}],
  runs: [5, null, {}, "a\u0000b"],
  topic: [
    "my_topic",
    5,
    null,
    { name: 5 },
    { name: "a/b" },
    { name: "" },
    { name: ".." },
    { partitions: 0 },
    { partitions: "1" },
  ],
  timeout: [-1, "soon", Number.NaN, null, {}, "5"],
  observe: ["yes", null, 1],
  signal: [{}, null, "x"],
  onProgress: [true, "x", {}],
  handleSignals: ["yes", 1, null],
  keep: ["yes", 1, null],
  recording: ["yes", null],
  compose: ["three-brokers", [5], [], null, [""], ["no-such-name"], ["./no-such-file.yml"], [{}]],
  engine: ["podman", "", 5, null],
  kafka: [4, null, {}, "99", "x"],
  project: [5, null, "a b", "../x", ""],
  bootstrap: [5, null, "localhost:9092", [], [5], ["localhost"], ["localhost:0"], ["a b:9092"], [":9092"]],
  timers: ["slow", 5, null],
  properties: [
    5,
    null,
    "x",
    { "broker.rack": 5 },
    { "": "x" },
    { "a\nb": "x" },
    { "broker.rack": "x\nfuzz.injected=1" },
  ],
  noSuchOption: [1],
};

/** Options of a start of which one at least is wrong, or no options at all. */
const wrongOptions: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...Object.keys(WRONG)), { minLength: 1, maxLength: 2 })
      .chain((names) =>
        fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...WRONG[name]!)])), {
          noNullPrototype: true,
        }),
      ),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 5, "x", [], true, { $given: "function" }) },
);

export const startInput: fc.Arbitrary<CallInput> = fc.record({
  name: fc.constantFrom("startLab", "startLab", "attachLab"),
  args: wrongOptions.map((one) => [one]),
  isWrong: fc.constant(true),
});
