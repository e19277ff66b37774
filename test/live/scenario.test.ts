// The scripts as a person runs them: exit code, last line, nothing left behind.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isDocker, leftovers } from "./outside.ts";
import { assertRefused, begin, lastLine, type Ran } from "./script.ts";

const test = suite("scenario 01");
const fileOf = (name: string): string => fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
const script = fileOf("01-broker-stops");

const run = (...args: string[]): Promise<Ran> => begin(script, ...args).ended;

interface Result {
  verdict: boolean;
  clients: Record<string, number | null>;
  lost: number;
  acknowledged: number;
  leader: { before: number; after: number | null };
  controller: { before: number; after: number | null };
  isr: { before: number[]; after: number[] };
  fullIsrAfterHeal: boolean;
  kafka: string;
  run: string;
}

test("as posted: nobody takes over, nobody is served again, and the exit code says so", async () => {
  const ran = await run("--cluster", "as-posted", "--window", "4s", "--json");
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.verdict, result.lost], [2, false, 0], ran.err);
  assert.equal(result.clients, {
    "warm, one": null,
    "warm, all": null,
    "cold, all": null,
    "cold, one": null,
  });
  assert.equal([result.leader.after, result.controller.after], [null, null]);
  assert.equal(result.isr.before.length, 1);
  assert.ok(result.fullIsrAfterHeal);
  assert.ok(result.acknowledged >= 100);
  assert.equal(leftovers(ran.pid), []);
});

test("with all four causes fixed: the other broker takes over and nothing is lost", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "replication,quorum,listeners,bootstrap",
    "--timers",
    "fast",
    "--window",
    "5s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.verdict, result.lost], [0, true, 0], ran.err);
  assert.is(result.clients["cold, one"], null, "its only bootstrap server is gone");
  for (const client of ["warm, all", "cold, all"])
    assert.ok(result.clients[client]! < 6000, `${client}: ${result.clients[client]} ms`);
  assert.is.not(result.leader.after, result.leader.before);
  assert.is.not(result.leader.after, null);
  assert.ok(existsSync(path.join(result.run, "timeline.txt")));
  assert.is(
    (JSON.parse(readFileSync(path.join(result.run, "verdict.json"), "utf8")) as { verdict: boolean }).verdict,
    true,
  );
  assert.equal(leftovers(ran.pid), []);
});

test("fixing the listeners alone changes nothing: one replica is still one replica", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "listeners,bootstrap",
    "--timers",
    "fast",
    "--window",
    "3s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.clients["warm, all"], result.leader.after], [2, null, null], ran.err);
});

test("replication without listeners: the broker that follows is refused by its own localhost and leaves the ISR", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "replication",
    "--timers",
    "fast",
    "--window",
    "3s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.isr.before.length, result.leader.after], [2, 1, null], ran.err);
  const log = readFileSync(
    path.join(result.run, `${result.leader.before === 1 ? "kafka2" : "kafka"}.log`),
    "utf8",
  );
  assert.match(
    log,
    isDocker
      ? /Connection to node \d \(localhost\/127\.0\.0\.1:\d+\) could not be established/
      : /Connection to node \d \(localhost\/127\.0\.0\.10\d:\d+\) could not be established/,
  );
});

test("Kafka 4 and kill: a leader that is killed is replaced within the fast timers", async () => {
  const ran = await run("--kafka", "4", "--how", "kill", "--timers", "fast", "--window", "6s", "--json");
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.verdict, result.lost], [0, true, 0], ran.err);
  assert.match(result.kafka, /^4\./);
});

test("pause: clients leave the frozen leader, which kafkajs alone would not", async () => {
  const ran = await run("--how", "pause", "--timers", "fast", "--window", "20s");
  assert.is(ran.code, 0, `${ran.out}\n${ran.err}`);
  assert.match(ran.out, /it held/);
  assert.match(ran.out, /measured: \d/);
});

for (const [args, message] of [
  [["--how", "explode"], /--how explode\b.*stop, kill, pause/],
  [["--fix", "quorum"], /--fix is for --cluster as-posted/],
  [["--window", "soon"], /--window.*"soon"/],
  [["--colour"], /Unknown option '--colour'/],
  [["--cluster", "nowhere"], /BAD_COMPOSE.*nowhere/],
  [["--kafka", "2.8"], isDocker ? /NO_IMAGE.*apache\/kafka:2\.8/ : /UNSUPPORTED.*2\.8\b.*3\.9\.2 and 4\./],
  [["--cluster", "./no.yml"], /BAD_COMPOSE/],
] as const) {
  test(`${args.join(" ")} is refused with a sentence`, () => assertRefused(script, args, message));
}

for (const [name, options, others] of [
  [
    "00-first-steps",
    ["cluster", "fix", "timers", "json"],
    [
      ["how", "stop"],
      ["window", "5s"],
    ],
  ],
  ["01-broker-stops", ["cluster", "fix", "how", "timers", "window", "json"], []],
  ["04-your-own-compose", ["cluster", "fix", "timers", "window", "json"], [["how", "stop"]]],
] as const) {
  test(`${name} --help lists the options that it has, and the exit codes; others are refused`, async () => {
    const ran = await begin(fileOf(name), "--help").ended;
    assert.is(ran.code, 0);
    assert.equal(
      ran.out.match(/(?<=^ {2}--)\w+/gm)!.filter((option) => option !== "engine" && option !== "kafka"),
      [...options],
    );
    assert.match(ran.out, /exit code: 0 .*, 2 .*, 3 .*, 1 /);
    for (const [option, value] of others)
      await assertRefused(
        fileOf(name),
        [`--${option}`, value],
        new RegExp(`^Cannot use --${option}: it is not an option of ${name}\n${name} --help`),
      );
  });
}
test.run();
