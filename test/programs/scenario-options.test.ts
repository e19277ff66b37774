// Options of the scenarios that are refused, and help.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fileOf, script } from "../live/scenarios.ts";
import { assertRefused, begin } from "../live/script.ts";

const test = suite("scenarios, options");

for (const [args, message] of [
  [["--how", "explode"], /--how explode\b.*stop, kill, pause/],
  [["--fix", "quorum"], /--fix is for --cluster as-posted/],
  [["--window", "soon"], /--window.*"soon"/],
  [["--colour"], /Unknown option '--colour'/],
  [["--cluster", "nowhere"], /BAD_COMPOSE.*nowhere/],
  [["--kafka", "2.8"], /UNSUPPORTED.*2\.8\b.*3\.9\.2.*4\.4\.0/],
  [["--cluster", "./no.yml"], /BAD_COMPOSE/],
] as const) {
  test(`${args.join(" ")} is refused with a sentence`, () => assertRefused(script, args, message));
}

for (const [name, options, others] of [
  ["00-first-steps", ["cluster", "fix", "how", "timers", "json"], [["window", "5s"]]],
  ["01-broker-stops", ["cluster", "fix", "how", "timers", "window", "json"], []],
  [
    "04-your-own-compose",
    ["cluster", "fix", "timers", "window", "json"],
    [
      ["how", "stop"],
      ["client", "java"],
    ],
  ],
  ["05-consumer-loses-a-broker", ["cluster", "fix", "how", "client", "timers", "window", "json"], []],
  ["06-consumer-dies", ["cluster", "fix", "how", "client", "timers", "json"], [["window", "5s"]]],
  ["07-rolling-consumers", ["cluster", "fix", "timers", "json"], [["how", "stop"]]],
  ["08-slow-consumer", ["cluster", "fix", "timers", "json"], [["client", "java"]]],
  ["09-exactly-once", ["cluster", "fix", "client", "timers", "json"], [["how", "stop"]]],
  ["10-leader-and-controller-election", ["cluster", "fix", "timers", "json"], [["how", "kill"]]],
  ["11-rolling-restart", ["cluster", "fix", "timers", "json"], [["how", "kill"]]],
  ["12-unclean-election", ["cluster", "fix", "timers", "json"], [["how", "kill"]]],
  ["13-one-broker-unreachable", ["cluster", "fix", "timers", "json"], [["window", "5s"]]],
  ["14-disk-full", ["cluster", "fix", "timers", "json"], [["how", "stop"]]],
  ["15-disk-hangs", ["cluster", "fix", "timers", "json"], [["window", "5s"]]],
  ["16-acks-and-min-isr", ["cluster", "fix", "timers", "json"], [["how", "kill"]]],
  ["17-power-cut", ["cluster", "fix", "timers", "json"], [["window", "5s"]]],
  ["18-producer-gives-up", ["cluster", "fix", "timers", "json"], [["how", "stop"]]],
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
