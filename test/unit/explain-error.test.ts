// explainError(): each known error by a line as its program writes it, ordinary lines, and whole logs.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictCommand } from "../../scripts/predict/command.ts";
import { RULES } from "../../sdk/analysis/diagnose/mod.ts";
import { ENTRIES, errorLines, explainError } from "../../sdk/analysis/errors/mod.ts";
import { readPattern } from "../../sdk/analysis/errors/pattern.ts";
import { RD_COMMON, RD_CONSUMER, RD_PRODUCER } from "../../sdk/analysis/diagnose/known/librdkafka-names.ts";
import { BUILT_IN } from "../../sdk/faults/kinds.ts";
import { settingNames } from "../../sdk/kafka/mod.ts";
import { errorName } from "../../sdk/kafka/error-codes.ts";

const textOf = (name: string): string =>
  readFileSync(new URL(`./errors/${name}.log`, import.meta.url), "utf8");
/** `== id`, then the lines. */
const examples = ["codes", "clients", "brokers"]
  .flatMap((name) => textOf(name).split(/^== /m).slice(1))
  .map((part): [id: string, text: string] => {
    const end = part.indexOf("\n");
    return [part.slice(0, end), part.slice(end + 1)];
  });
const idsIn = (text: string): string[] => explainError(text).errors.map(({ id }) => id);

test("there are at least 100 entries, each with one example and an id of its own", () => {
  assert.ok(ENTRIES.length >= 100, `${ENTRIES.length}`);
  const ids = ENTRIES.map(({ id }) => id);
  assert.equal([...new Set(ids)].sort(), [...ids].sort());
  assert.equal(examples.map(([id]) => id).sort(), [...ids].sort());
});
for (const [id, text] of examples)
  test(`${id} is found in its program's own line, once and alone`, () => {
    const found = explainError(text);
    assert.equal([found.errors.map((one) => one.id), found.unknown], [[id], []]);
    assert.is(found.errors[0]!.count, 1);
  });
test("each pattern finds its own entry", () => {
  for (const { id, patterns } of ENTRIES)
    for (const pattern of patterns)
      assert.equal([pattern, ...idsIn(pattern.replaceAll("…", "7"))], [pattern, id]);
});
test("every code is found by its name and by its number", () => {
  const codes = ENTRIES.flatMap(({ id, code }) => (code === undefined ? [] : [{ id, code }]));
  assert.ok(codes.length > 70, `${codes.length}`);
  for (const { id, code } of codes)
    for (const text of [errorName(code), `${code}`, `Kafka error code: ${code}`, `"errorCode":${code},`])
      assert.equal(idsIn(text), [id], text);
});
test("ordinary lines are no errors, alone and together", () => {
  const ordinary = textOf("ordinary");
  for (const text of [ordinary, ...ordinary.split("\n").filter((line) => line !== "19")])
    assert.equal(explainError(text), { errors: [], unknown: [], omitted: 0 }, text);
  assert.equal(errorLines(explainError(ordinary)).length, 1);
});
test("rules, faults and scenarios that entries name exist, and texts are sentences", () => {
  const rules = new Set(RULES.map(({ id }) => id));
  for (const { id, means, causes, shownBy, source } of ENTRIES) {
    assert.match(means, /^\S.*\.$/, id);
    assert.ok(means.length <= 260, `${id}: ${means.length}`);
    assert.ok(causes.length > 0 && source !== "", id);
    for (const { because, rules: named = [], faults = [] } of causes) {
      assert.match(because, /^\S.*\.$/, `${id}: ${because}`);
      assert.equal(
        named.filter((rule) => !rules.has(rule)),
        [],
        id,
      );
      assert.equal(
        faults.filter((fault) => !(fault in BUILT_IN)),
        [],
        id,
      );
    }
    if (shownBy !== undefined) {
      const [name, ...options] = shownBy.split(" ");
      const script = readFileSync(new URL(`../../scripts/${name}.ts`, import.meta.url), "utf8");
      assert.ok(options.length === 0 || script.includes("ownArguments("), id);
    }
  }
});
/** What Kafka's own definitions and librdkafka's list do not have. */
const OTHER_SETTINGS = new Set(
  [
    "allow.everyone.if.no.acl.found super.users allowAutoTopicCreation brokers connectionTimeout " +
      "requestTimeout retry.maxRetryTime groupId heartbeatInterval sessionTimeout",
    "bootstrap_servers security_protocol api_version max_block_ms",
    "retry.restartOnFailure retry.retries sasl ssl",
    "spring.json.add.type.headers spring.json.trusted.packages spring.json.type.mapping",
    "spring.json.value.default.type spring.kafka.listener.ack-mode",
    "spring.kafka.listener.missing-topics-fatal spring.kafka.producer.transaction-id-prefix",
  ].flatMap((names) => names.split(" ")),
);
test("settings that entries name exist", () => {
  const kinds = ["broker", "topic", "producer", "consumer", "admin"] as const;
  const known = new Set([
    ...kinds.flatMap((kind) => settingNames(kind)),
    ...RD_COMMON,
    ...RD_CONSUMER,
    ...RD_PRODUCER,
    ...OTHER_SETTINGS,
  ]);
  const named = ENTRIES.flatMap(({ causes }) => causes.flatMap(({ settings = [] }) => settings));
  assert.equal(
    [...new Set(named)].filter((name) => !known.has(name)),
    [],
  );
  assert.equal(
    [...OTHER_SETTINGS].filter((name) => !named.includes(name)),
    [],
    "not needed",
  );
});
test("the lab's commands that entries name are such as the lab takes", () => {
  const checks = new Set(ENTRIES.flatMap(({ causes }) => causes.flatMap(({ check = [] }) => check)));
  const predictions = [...checks].filter((check) => check.startsWith("npm run predict"));
  assert.ok(predictions.length > 5, `${predictions.length}`);
  for (const check of predictions) {
    const argv = check.replace("npm run predict -- compose.yml ", "").split(" ");
    assert.is(predictCommand(argv, { cwd: "/", env: {} }).exitCode, 0, check);
  }
  const others = [...checks].filter((check) => /^npm (?!run predict)/.test(check));
  for (const check of others)
    assert.match(
      check,
      /^npm run (?:doctor|diagnose --(?: [a-z]+\.(?:yml|json))+(?: --(?:delay|record-time) \w+)?)$/,
    );
});
test("readPattern() refuses a pattern that has no word of its own", () => {
  for (const pattern of ["…", "12 … 3", "a…b", "xx"]) assert.throws(() => readPattern(pattern), RangeError);
});
test.run();
