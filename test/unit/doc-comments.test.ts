// Every public symbol has a doc comment, and the symbols that a reader meets first have an example.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { differences, examples, programOf } from "./documentation/examples.ts";
import { type PublicSymbol, publicSymbols } from "./documentation/face.ts";

/** What a caller fills in, calls, or gets from a call: every member is documented. */
const DOCUMENTED = new RegExp(
  `^(.*(Options|Defaults|Circumstances)|${[
    ...["Lab", "LabRun", "Cluster", "Net", "Probe", "ProbeFactory", "Load", "Fault", "Conclusion"],
    ...["SendResult", "ReadResult", "Description", "BrokerState", "RecordedRun", "ErrorFacts", "LabError"],
    ...["ComposeClient", "ComposeTopic", "DiagnoseInput", "Drawing", "Report", "Result", "Counts"],
  ].join("|")})$`,
);
/** Numbers whose name has the unit, or that have none. */
const UNIT_IN_NAME = /((Ms|\.ms|Epoch|\.partition|\.line|\.attempts)$)|^RoundTrip\./;

const symbols = publicSymbols();

function needsComment({ name, owner, isCallable, isNumber }: PublicSymbol): boolean {
  if (owner === undefined || isCallable) return true;
  return (DOCUMENTED.test(owner) && owner !== "Circumstances") || (isNumber && !UNIT_IN_NAME.test(name));
}

test("every public symbol has a doc comment", () => {
  const without = symbols.filter((one) => needsComment(one) && one.text.trim() === "");
  assert.equal(
    without.map(({ name, where }) => `${name} at ${where}`),
    [],
  );
  assert.ok(symbols.filter(needsComment).length > 300, "the symbols were found");
});

test("the symbols that a reader meets first have an example that prints something", () => {
  const first = [
    ...["startLab", "Lab.predict", "Lab.conclude", "Cluster.stop", "Cluster.kill", "Net.delay"],
    ...["Probe.send", "Probe.start", "RunQueries.explain", "readCompose", "fromCompose", "diagnose"],
    ...["openRun", "doctor"],
  ];
  const found = new Map(examples().map(({ name, prints }) => [name, prints]));
  for (const name of first) assert.ok((found.get(name)?.length ?? 0) > 0, `${name} has no such example`);
});

test("programOf() puts imports first and each example in a block of its own", () => {
  const code = 'import { toMs } from "kafka-failure-lab";\n\nconsole.log(toMs(1)); // 1';
  const other = 'import { toMs, drawn } from "kafka-failure-lab/report";\n';
  const text = programOf([
    { name: "toMs", code, prints: ["1"] },
    { name: "drawn", code: other, prints: [] },
  ]);
  assert.equal(text.split("\n").slice(0, 2), [
    'import { startLab, toMs } from "@kafka-failure-lab/sdk";',
    'import { drawn } from "@kafka-failure-lab/sdk/report";',
  ]);
  assert.match(text, /\{\nconsole\.log\("── toMs"\);\n\nconsole\.log\(toMs\(1\)\); \/\/ 1\n\}/);
});

test("differences() finds a missing, a wrong and an absent line, and takes … for anything", () => {
  const all = [
    { name: "a", code: "", prints: ["x … z", "1"] },
    { name: "b", code: "", prints: ["2"] },
    { name: "c", code: "", prints: [] },
  ];
  assert.equal(differences(all, "── a\nx y z\nnoise\n1\n── b\n2\n── c\n"), []);
  assert.is(differences(all, "── a\nx y z\n── b\n1\n").length, 3);
});

test.run();
