// A real run recorded, and the same script on a machine with neither Java nor Docker: a program whose path
// has neither.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openRun } from "@kafka-failure-lab/sdk";
import { leftovers, reportingFailure } from "./outside.ts";
import { beginIn, type Ran } from "./script.ts";

const test = suite("replay");
const script = fileURLToPath(new URL("../../scripts/01-broker-stops.ts", import.meta.url));
const replayScript = fileURLToPath(new URL("../../scripts/replay.ts", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "lab-replay-live-"));
const recordings = path.join(folder, "notebooks", "recordings", "01-broker-stops");
const bare = path.join(folder, "bin");
mkdirSync(bare);
// where Node looks for tsx
symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), path.join(folder, "node_modules"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const run = (
  args: readonly string[],
  env: Record<string, string | undefined>,
  file: string = script,
): Promise<Ran> => beginIn({ cwd: folder, env }, file, ...args).ended;

/** Without Java and Docker. */
const nothing = { PATH: bare, JAVA_HOME: undefined, LAB_JAVA_FOLDERS: "" };
/** What runs a script as a notebook's kernel would. */
const kernel = fileURLToPath(new URL("tslab/kernel.cjs", import.meta.url));
/** All but where the run is, and the revision. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => !/^(run|recorded run of .*): /.test(line))
    .map((line) => line.replace(/ \([0-9a-f]{7,12}\)/, "")); // without git no revision can be told

/** What does not depend on how a terminal, or a notebook, draws a run. */
const figures = (text: string): string[] =>
  lines(text).filter((line) =>
    /^(Kafka|first send|my_topic|stop broker|\d of 4|full ISR|leader|claim|it held|measured|held)\b/.test(
      line,
    ),
  );

let recorded: Ran;
test.before(
  reportingFailure(async () => {
    recorded = await run([], { LAB_RECORD: recordings });
  }),
);

test("LAB_RECORD writes the recording beside a run that goes as ever, small enough to be committed", async () => {
  assert.is(recorded.code, 0, `${recorded.out}\n${recorded.err}`);
  const files = readdirSync(path.join(recordings, "1")).sort();
  assert.equal(files, ["calls.jsonl.gz", "history.jsonl.gz", "run.json", "verdict.json"]);
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(recordings, "1", file)).size, 0);
  const opened = await openRun(path.join(recordings, "1"));
  // a run on a slow machine is longer: about 20 bytes an event, packed
  assert.ok(bytes < 100 * opened.history.length, `${bytes} bytes, ${opened.history.length} events`);
  assert.equal(
    [opened.verdict, opened.verdictWith(opened.judge()), opened.differences(opened.judge())],
    [true, true, []],
  );
});

test("with LAB_REPLAY the script prints the same, figure by figure, on a machine with neither Java nor Docker", async () => {
  const replayed = await run([], { ...nothing, LAB_REPLAY: recordings });
  assert.is(replayed.code, 0, replayed.err);
  assert.equal(lines(replayed.out), lines(recorded.out));
  assert.match(
    replayed.err,
    /^LAB_REPLAY is set: this replays the run recorded on \d{4}-\d\d-\d\d with Kafka 3\.9\.2, local engine/,
  );
  assert.match(
    replayed.out,
    /recorded run of \d{4}-\d\d-\d\d, judged again: notebooks\/recordings\/01-broker-stops\/1/,
  );
  assert.equal(leftovers(replayed.pid), []);
});

for (const LAB_ENGINE of ["local", undefined]) {
  test(`a notebook replays by itself where no engine works, and its first cell says so (LAB_ENGINE ${LAB_ENGINE ?? "not set"})`, async () => {
    const { code, out, err } = await run([script], { ...nothing, LAB_ENGINE }, kernel);
    assert.is(code, 0, `${out}\n${err}`);
    assert.match(
      out.split("\n", 1)[0]!,
      /^Neither Docker nor Java is available \(no docker on the path; .*Java.*\): this replays the run recorded on \d{4}-\d\d-\d\d with Kafka 3\.9\.2, local engine\. Edits have no effect during replay\.$/,
    );
    assert.equal(figures(out), figures(recorded.out));
    assert.ok(figures(out).length >= 10, out);
  });
}

test("a script replays nothing by itself: without Java and Docker it fails", async () => {
  const { code, err, out } = await run([], { ...nothing, LAB_ENGINE: "local" });
  assert.is(code, 1);
  assert.match(err, /NO_JAVA|Java/);
  assert.is(out, "");
});

test("a change of what is asked is refused with what the recording has and what to install", async () => {
  const { code, err } = await run(["--how", "kill", "--window", "15s"], {
    ...nothing,
    LAB_REPLAY: recordings,
  });
  assert.is(code, 1);
  assert.match(err, /lab\.predict\([^]*kill[^]*lab\.predict\([^]*stop[^]*Java 17/);
});

test("replay judges and draws the run again, without Java and Docker, and exits with its verdict", async () => {
  const { code, out, err } = await run([recordings], nothing, replayScript);
  assert.is(code, 1, "a scenario's folder is no run");
  assert.match(err, /NO_SUCH_RUN[^]*Did you mean notebooks\/recordings\/01-broker-stops\/1\?/);
  assert.is(out, "");
  const drawn = await run([path.join(recordings, "1")], nothing, replayScript);
  assert.is(drawn.code, 0, drawn.err);
  assert.match(
    drawn.out,
    /^01-broker-stops of [^]*warm, all[^]*claim: after stop[^]*\nit held\n[^]*\nas recorded\n$/,
  );
  const json = JSON.parse((await run(["--json", path.join(recordings, "1")], nothing, replayScript)).out) as {
    verdict: boolean;
    recorded: boolean;
    differences: string[];
  };
  assert.equal([json.verdict, json.recorded, json.differences], [true, true, []]);
  const none = await run([], nothing, replayScript);
  assert.equal([none.code, none.err.split("\n", 1)[0]], [1, "Cannot replay: expected a folder"]);
});
test.run();
