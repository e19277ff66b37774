// parseSetting() beside the real ConfigDefs: the table is the one in the jars, and both refuse the same.
// Java compiles the program that asks them; Debian's openjdk-17-jre-headless can do that, other JREs may not.

import { Buffer } from "node:buffer";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askConfigDefs, definitionsFromJars } from "../../scripts/config-defs.ts";
import { LabError, startLab } from "@kafka-failure-lab/sdk";
import {
  DEFINED_VERSIONS,
  type Definition,
  definitionsOf,
  type SettingKind as Kind,
  parseSetting,
  settingNames,
} from "@kafka-failure-lab/sdk/testing";

interface Question {
  readonly kind: Kind;
  readonly name: string;
  readonly text: string;
}

const KINDS: readonly Kind[] = ["broker", "topic", "producer", "consumer", "admin"];
const seed = Number(process.env["LAB_SEED"] ?? Date.now() % 1_000_000);

test("definitions.json is what the jars say", async () => {
  const table = readFileSync(new URL("../../sdk/kafka/definitions.json", import.meta.url), "utf8");
  assert.is(await definitionsFromJars(), table, "run: node --import tsx scripts/config-defs.ts");
});

for (const version of DEFINED_VERSIONS)
  test(`parseSetting() says what Kafka ${version} says (seed ${seed})`, async () => {
    const questions = fc.sample(questionOf(version), { numRuns: 3000, seed });
    const answers = await answersOf(version, questions);
    const differing = questions.flatMap((question, i) => {
      const ours = ourAnswer(version, question);
      return same(ours, answers[i]!) ? [] : [{ ...question, ours, kafka: answers[i] }];
    });
    assert.equal(differing.slice(0, 5), []);
    // both outcomes must be among them, so that the comparison says something
    assert.ok(answers.filter((answer) => answer === null).length > 300);
    assert.ok(answers.filter((answer) => answer !== null).length > 300);
  });

test("startLab() says of a compose file's setting what Kafka would, before a broker starts", async () => {
  const file = fileOf("ten");
  const error = await startLab({
    engine: "local",
    compose: [file],
    recording: false,
    runs: path.join(path.dirname(file), "runs"),
    onProgress: false,
  }).catch((error: unknown) => error);
  assert.instance(error, LabError);
  const { code, facts, message } = error as LabError;
  assert.equal([code, facts.line], ["BAD_COMPOSE", 6]);
  assert.match(
    message,
    /Invalid value ten for configuration broker\.session\.timeout\.ms: Not a number of type INT/,
  );
});

function questionOf(version: string): fc.Arbitrary<Question> {
  const all = KINDS.flatMap((kind) => settingNames(kind, version).map((name) => ({ kind, name })));
  return fc.constantFrom(...all).chain(({ kind, name }) => {
    const [definition] = definitionsOf(kind, name, version);
    return textFor(definition!).map((text) => ({ kind, name, text }));
  });
}

/** Texts near the border between what is valid and what is not. */
function textFor({
  type,
  default: standard = "",
  in: words = [],
  range,
  rule,
}: Definition): fc.Arbitrary<string> {
  const near = [
    ...words,
    ...(range ?? []).flatMap((limit) => (limit === null ? [] : [limit, `${Number(limit) - 1}`])),
  ];
  const base = fc.oneof(
    fc.constantFrom(
      "",
      "ten",
      "0x10",
      "-1",
      "5s",
      "1e20",
      "yes",
      "TRUE",
      "false",
      "+5",
      "1_000",
      "NaN",
      ".5",
      "1d",
      "0x1p3",
    ),
    fc.integer({ min: -10, max: 3_000_000_000 }).map(String),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
    fc.constantFrom(standard, ...near),
    fc.array(fc.constantFrom("a", "", ...words), { maxLength: 3 }).map((list) => list.join(" , ")),
    fc.integer({ min: 0, max: 4000 }).map((thousandths) => String(thousandths / 1000)),
    ...(rule === "voters"
      ? [fc.nat(99_999).map((port) => `1@a:${port}`), fc.constant("1@a"), fc.constant("x@a:1")]
      : []),
    ...(rule === "controllers" ? [fc.nat(99_999).map((port) => `a:${port}`)] : []),
    ...(rule === "offset-reset"
      ? [fc.constantFrom("by_duration:P1DT2H", "by_duration:PT", "by_duration:-PT1S")]
      : []),
    ...(rule === "throttled-replicas" ? [fc.constantFrom("*", "1:2,3:4", "1:2,", "*,1:2")] : []),
    ...(rule === "metadata-version"
      ? [fc.constantFrom("3.9", "3.9.1", "0.10.2", "4.0", "3.9-IV0", "9", "3..9")]
      : []),
  );
  const padded = fc
    .tuple(fc.constantFrom("", " ", "\t"), base, fc.constantFrom("", " ", "\n"))
    .map((all) => all.join(""));
  // Kafka looks for the class, which may be one that only the reader's program has
  return type === "CLASS" ? fc.constantFrom("", " ", standard).filter((text) => text.trim() === "") : padded;
}

async function answersOf(version: string, questions: readonly Question[]): Promise<(string | null)[]> {
  const lines = questions.map(
    ({ kind, name, text }) => `${kind}\t${name}\t${Buffer.from(text).toString("base64")}\n`,
  );
  const answers = (await askConfigDefs(version, "ask", lines.join(""))).split("\n").slice(0, -1);
  assert.is(answers.length, questions.length);
  return answers.map((answer) => (answer === "" ? null : Buffer.from(answer, "base64").toString()));
}

// before Java 19 Double.toString wrote a digit too many at times (JDK-4511638)
function same(ours: string | null, kafkas: string | null): boolean {
  const shortened = (text: string | null): string | undefined =>
    text?.replace(
      /^Invalid value (-?\d\.\d+E\d+) /,
      (_, double: string) => `Invalid value ${Number(double)} `,
    );
  return shortened(ours) === shortened(kafkas);
}

function ourAnswer(version: string, { kind, name, text }: Question): string | null {
  const reading = parseSetting(name, definitionsOf(kind, name, version)[0]!, text);
  return "reason" in reading ? reading.reason : null;
}

function fileOf(session: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "lab-settings-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "compose.yml");
  const lines = [
    "services:",
    "  kafka:",
    "    image: apache/kafka:3.9.2",
    "    environment:",
    "      KAFKA_PROCESS_ROLES: broker,controller",
    `      KAFKA_BROKER_SESSION_TIMEOUT_MS: ${session}`,
    "      KAFKA_NODE_ID: 1",
    "      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093",
    "      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093",
    "      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER",
    "      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
test.run();
