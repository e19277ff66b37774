// What a command line may be: options by kind, and one wording for every mistake.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "@kafka-failure-lab/sdk";
import {
  amount,
  count,
  duration,
  failureText,
  isMistake,
  kafkaVersion,
  listOf,
  milliseconds,
  oneOf,
  oneOfOrBrokers,
  pattern,
  readArguments,
  text,
  UsageError,
} from "../../sdk/cli/mod.ts";
import { refusal } from "./refusal.ts";
import { labCompose, labEngine, labKafka, labVerify } from "../../sdk/engine/environment.ts";

const OPTIONS = {
  delay: milliseconds,
  window: duration,
  runs: count({ least: 1, most: 9 }),
  percent: amount,
  kafka: kafkaVersion,
  how: oneOf(["stop", "kill"]),
  cells: listOf(oneOf(["a", "b"])),
  target: oneOfOrBrokers(["leader"]),
  rows: pattern,
  file: text,
  as: { many: text },
  json: "flag",
} as const;

const read = (...argv: string[]) => readArguments(argv, OPTIONS, { positionals: 1 });

test("readArguments() reads each option by its kind; what is not given is undefined, false, or none", () => {
  const argv = ["--delay", "2s", "--window=1500", "--runs", "3", "--percent", "0.5", "--kafka", "3.9.2"];
  const more = ["--how", "kill", "--cells", "b, a,,b", "--target", "2,3", "--rows", "^a", "--json"];
  const { values, positionals } = read(...argv, ...more, "--as", "x", "f", "--as=y", "--how", "stop")!;
  assert.equal(values, {
    delay: 2000,
    window: 1500,
    runs: 3,
    percent: 0.5,
    kafka: "3.9.2",
    how: "stop",
    cells: ["b", "a"],
    target: [2, 3],
    rows: /^a/,
    file: undefined,
    as: ["x", "y"],
    json: true,
  });
  assert.equal(positionals, ["f"]);
  assert.equal([read()!.values.json, read()!.values.as, read()!.values.delay], [false, [], undefined]);
});
test("readArguments() is null where help is asked for, whatever else is there", () => {
  assert.equal([read("-h"), read("--bad", "--help"), read("--delay", "soon", "-h")], [null, null, null]);
  assert.is(read("--", "--help")!.positionals[0], "--help");
});

/** Each is a UsageError that names these. */
const refused: readonly (readonly [argv: readonly string[], ...names: string[]])[] = [
  [["--dely", "1s"], "'--dely'", "--delay"],
  [["--colour"], "'--colour'"],
  [["--constructor"], "'--constructor'"],
  [["--__proto__", "x"], "'--__proto__'"],
  [["-x"], "'-x'"],
  [["-5"], "'-5'"],
  [["--delay"], "--delay"],
  [["--delay", "--json"], "--delay"],
  [["--json=1"], "--json=1"],
  [["a", "b"], "'b'", "1"],
  [[""], '""'],
  [["--file", ""], '--file ""'],
  [["--file", " \t"], '--file " \\t"'],
  ...["-1", "0", "0x1", "1e3", "1.5", "x"].map((value) => [["--runs", value], `--runs ${value}`] as const),
  ...["", " 1"].map((value) => [["--runs", value], `--runs "${value}"`] as const),
  [["--runs", "10"], "--runs 10", "9"],
  [["--runs", "9".repeat(400)], "--runs", "9"],
  [["--percent", "-.5"], "--percent -.5"],
  [["--percent", "1e400"], "--percent 1e400"],
  [["--how", "explode"], "--how explode", "stop, kill"],
  [["--how", "sto\u001bp"], '--how "sto\\u001bp"', "stop, kill"],
  [["--cells", "a,c"], "--cells c", "a, b"],
  [["--target", "0"], "--target 0", "leader"],
  [["--target", "1,"], "--target 1,", "leader"],
  [["--rows", "("], "--rows ("],
  [["--kafka", "9"], "--kafka 9"],
  [["--kafka", "99.1.2"], "--kafka 99.1.2"],
  ...["x", "-4", "3..9", "4.0.0.0.0", "1e1"].map(
    (value) => [["--kafka", value], `--kafka ${value}`, "latest"] as const,
  ),
  ...["", "4\n"].map((value) => [["--kafka", value], `--kafka ${JSON.stringify(value)}`, "latest"] as const),
];
for (const [argv, ...names] of refused)
  test(`readArguments() refuses ${JSON.stringify(argv).slice(0, 60)}`, () =>
    assert.throws(() => read(...argv), refusal(UsageError, ...names)));
for (const [argv, ...names] of [
  [["--delay", "-5s"], "--delay", '"-5s"'],
  [["--delay=-5"], "--delay", '"-5"'],
  [["--window", ""], "--window", '""'],
  [["--window", "NaN"], "--window", '"NaN"'],
] as const)
  test(`readArguments() refuses the duration of ${JSON.stringify(argv)}`, () =>
    assert.throws(() => read(...argv), refusal(RangeError, ...names)));
for (const version of ["3", "3.9", "3.9.0-debian-12-r1", "4.4.0", "2.8", "latest"])
  test(`readArguments() takes Kafka ${version}`, () =>
    assert.is(read("--kafka", version)!.values.kafka, version));

test("failureText() tells a mistake with its code, its hint, and where the options are listed", () => {
  const error = new LabError("BAD_RUN", "Cannot read the run: it is a folder", { file: "a/b", hint: "Why?" });
  assert.is(
    failureText("npm run replay --", error, {}),
    [
      "LabError [BAD_RUN]: Cannot read the run: it is a folder",
      "  file     a/b",
      "  Why?",
      "npm run replay -- --help lists the options.",
    ].join("\n"),
  );
});
test("failureText() tells a bug in one line, and shows its stack with LAB_DEBUG only", () => {
  for (const error of [new TypeError("x is not a function"), new RangeError("Invalid time value"), 5]) {
    const lines = failureText("npm run replay --", error, {}).split("\n");
    assert.is(lines.length, 2);
    assert.match(lines[1]!, /This is a bug of the lab\. LAB_DEBUG=1/);
  }
  assert.match(failureText("x", new UsageError("Cannot x: y"), { LAB_DEBUG: "1" }), /\n +at /);
  assert.not.match(failureText("x", new UsageError("Cannot x: y"), { LAB_DEBUG: "0" }), /\n +at /);
});
test("isMistake() tells what a person can mend from a bug", () => {
  const system = Object.assign(new Error("EACCES: permission denied, open 'x'"), {
    code: "EACCES",
    syscall: "open",
  });
  for (const mistake of [new RangeError("Cannot hit broker 9: there are 1, 2"), system])
    assert.ok(isMistake(mistake), mistake.message);
  for (const bug of [
    new TypeError("Cannot read properties of undefined (reading 'a')"),
    new TypeError("Cannot destructure property 'a' of 'b' as it is undefined."),
    new RangeError("Maximum call stack size exceeded"),
    new Error("Cannot x: y"),
    "text",
  ])
    assert.not(isMistake(bug), String(bug));
});

test("the lab's environment variables are read where they are set, and refused by name", () => {
  assert.equal(
    [labEngine({}), labEngine({ LAB_ENGINE: "" }), labEngine({ LAB_ENGINE: "local" })],
    [undefined, undefined, "local"],
  );
  assert.equal([labKafka({ LAB_KAFKA: "3.9" }), labCompose({ LAB_COMPOSE: "v1" })], ["3.9", "v1"]);
  assert.equal(
    [labVerify({ LAB_VERIFY: "1" }), labVerify({ LAB_VERIFY: "0" }), labVerify({})],
    [true, false, false],
  );
  for (const [name, value, call] of [
    ["LAB_ENGINE", "podman", labEngine],
    ["LAB_KAFKA", "9", labKafka],
    ["LAB_KAFKA", "three", labKafka],
    ["LAB_COMPOSE", "v3", labCompose],
    ["LAB_VERIFY", "yes", labVerify],
  ] as const)
    assert.throws(() => call({ [name]: value }), refusal("BAD_ENVIRONMENT", name));
});
test.run();
