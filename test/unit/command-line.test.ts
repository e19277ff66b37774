// The command line `kafka-failure-lab`: which module a line means, and how a command names itself.

import { existsSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { choose } from "../../scripts/command-line/choose.ts";
import { COMMANDS } from "../../scripts/command-line/commands.ts";
import { asStarted, UsageError } from "../../sdk/cli/mod.ts";

const scripts = new URL("../../scripts/", import.meta.url);
const chosen = (...argv: string[]) => choose(argv, scripts);
function thrownBy(...argv: string[]): UsageError {
  try {
    chosen(...argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${argv.join(" ")}: nothing was thrown`);
}

test("choose() finds the module of every command, and passes the arguments on", () => {
  for (const { name, file } of COMMANDS) {
    const found = chosen(name, "--json", "a");
    assert.ok("module" in found, name);
    assert.is(found.module.href, new URL(`${file}.ts`, scripts).href);
    assert.ok(existsSync(found.module));
    assert.equal(found.argv, ["--json", "a"]);
  }
});
test("choose() finds a scenario by its number and by its name", () => {
  for (const name of ["01", "01-broker-stops"])
    assert.equal(chosen("run", name, "--how", "kill"), {
      module: new URL("01-broker-stops.ts", scripts),
      argv: ["--how", "kill"],
    });
});
test("choose() answers --help, -h, help, no argument and --version with a text", () => {
  for (const argv of [[], ["--help"], ["-h"], ["help"]]) {
    const found = chosen(...argv);
    for (const { name } of COMMANDS) assert.ok("text" in found && found.text.includes(`\n  ${name} `), name);
  }
  const help = chosen("run", "--help");
  assert.ok("text" in help && help.text.includes("\n  04-your-own-compose"));
  assert.equal("argv" in chosen("help", "predict") && chosen("help", "predict"), chosen("predict", "--help"));
  assert.match((chosen("--version") as { text: string }).text, /^\d+\.\d+\.\d+$/);
});
test("choose() refuses an unknown command and scenario with the nearest name", () => {
  assertNames(thrownBy("predikt").message, ["predict"]);
  assertNames(thrownBy("rum", "01").message, ["run"]);
  assertNames(thrownBy("run", "01-broker-stop").message, ["01-broker-stops"]);
  for (const argv of [["run"], ["run", "99"], ["run", "../test"], ["x\u001b[2J"], ["constructor"]])
    assert.not.match(thrownBy(...argv).message, /\u001b/);
});
test("choose() refuses a command whose module the package lacks", () => {
  const error = (() => {
    try {
      return choose(["notebooks"], new URL("../../compose/", import.meta.url));
    } catch (thrown) {
      return thrown;
    }
  })();
  assert.instance(error, UsageError);
});
test("every npm script of a command calls the command line", () => {
  const file = new URL("../../package.json", import.meta.url);
  const { scripts: npm } = JSON.parse(readFileSync(file, "utf8")) as { scripts: Record<string, string> };
  for (const { name } of COMMANDS) assert.is(npm[name], `tsx scripts/kafka-failure-lab.ts ${name}`);
});
test("asStarted() writes commands as the reader can type them, and leaves them in the repository", () => {
  const texts: readonly (readonly [repository: string, shipped: string])[] = [
    ["npm run predict -- [FILE]: x", "npx kafka-failure-lab predict [FILE]: x"],
    ["npm run predict -- --help lists", "npx kafka-failure-lab predict --help lists"],
    ["npm run trace -- A", "npx kafka-failure-lab trace A"],
    ["npm start --kafka 4", "npx kafka-failure-lab start --kafka 4"],
    ["npm run clean: ends", "npx kafka-failure-lab clean: ends"],
    ["npx tsx scripts/01-broker-stops.ts --how", "npx kafka-failure-lab run 01-broker-stops --how"],
    ["sudo npx tsx scripts/doctor.ts", "sudo npx kafka-failure-lab doctor"],
    ["01-broker-stops: stops", "npx kafka-failure-lab run 01-broker-stops: stops"],
    ["Cannot open the run 01-broker-stops: no", "Cannot open the run 01-broker-stops: no"],
    ["npm install -g deno", "npm install -g deno"],
  ];
  for (const [repository, shipped] of texts) {
    for (const script of ["/a/scripts/predict.ts", "/a/scripts/kafka-failure-lab.ts"])
      assert.is(asStarted(repository, script), repository);
    for (const script of ["/a/.bin/kafka-failure-lab", "/a/dist/scripts/kafka-failure-lab.js"])
      assert.is(asStarted(repository, script), shipped);
  }
});
test.run();
