// Scenario 02 without a broker: the prediction cell by cell, what is done, what is printed, what is saved.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { readable } from "../../sdk/model/duration.ts";
import {
  cellsOf,
  COMBINATIONS,
  combinationOf,
  FIXES,
  HOWS,
  isSame,
  nameOf,
  plansOf,
} from "../../scripts/matrix/cell.ts";
import { dataText } from "../../scripts/matrix/data.ts";
import { appendDone, findDone, parseDone, readDone, timeLeftMs } from "../../scripts/matrix/done.ts";
import { expected } from "../../scripts/matrix/expected.ts";
import {
  type ClientMeasured,
  isMeasured,
  type Measured,
  type MeasuredCell,
  measuredCells,
} from "../../scripts/matrix/measured.ts";
import { matrixOptions } from "../../scripts/matrix/options.ts";
import { recordedMatrix } from "../../scripts/matrix/recorded.ts";
import { clientTable, matrixPicture } from "../../scripts/matrix/picture.ts";
import { clientRows, clusterRows, missLines } from "../../scripts/matrix/report.ts";
import { missesOf, verdictOf } from "../../scripts/matrix/verdict.ts";
import { engineOf } from "../../scripts/matrix/where.ts";

const [yes, no] = [true, false];

/**
 * All 32 cells: fixes, fault, warm and cold client served, the leader at the end, an active controller at the
 * end.
 */
const EXPECTED = [
  ["as-posted", "stop", no, no, "none", no],
  ["as-posted", "kill", no, no, "stays", no],
  ["replication", "stop", no, no, "none", no],
  ["replication", "kill", no, no, "stays", no],
  ["quorum", "stop", no, no, "none", yes],
  ["quorum", "kill", no, no, "none", yes],
  ["listeners", "stop", no, no, "none", no],
  ["listeners", "kill", no, no, "stays", no],
  ["bootstrap", "stop", no, no, "none", no],
  ["bootstrap", "kill", no, no, "stays", no],
  ["replication+quorum", "stop", no, no, "none", yes],
  ["replication+quorum", "kill", no, no, "none", yes],
  ["replication+listeners", "stop", yes, no, "moves", no],
  ["replication+listeners", "kill", no, no, "stays", no],
  ["quorum+listeners", "stop", no, no, "none", yes],
  ["quorum+listeners", "kill", no, no, "none", yes],
  ["replication+bootstrap", "stop", no, no, "none", no],
  ["replication+bootstrap", "kill", no, no, "stays", no],
  ["quorum+bootstrap", "stop", no, no, "none", yes],
  ["quorum+bootstrap", "kill", no, no, "none", yes],
  ["listeners+bootstrap", "stop", no, no, "none", no],
  ["listeners+bootstrap", "kill", no, no, "stays", no],
  ["replication+quorum+listeners", "stop", yes, no, "moves", yes],
  ["replication+quorum+listeners", "kill", yes, no, "moves", yes],
  ["replication+quorum+bootstrap", "stop", no, no, "none", yes],
  ["replication+quorum+bootstrap", "kill", no, no, "none", yes],
  ["replication+listeners+bootstrap", "stop", yes, yes, "moves", no],
  ["replication+listeners+bootstrap", "kill", no, no, "stays", no],
  ["quorum+listeners+bootstrap", "stop", no, no, "none", yes],
  ["quorum+listeners+bootstrap", "kill", no, no, "none", yes],
  ["all", "stop", yes, yes, "moves", yes],
  ["all", "kill", yes, yes, "moves", yes],
] as const;

for (const [name, how, warm, cold, leader, controller] of EXPECTED) {
  test(`expected() of ${how}, ${name}: warm ${warm}, cold ${cold}, leader ${leader}`, () => {
    const { why, ...outcome } = expected({ fixes: combinationOf(name), how });
    assert.equal(outcome, { warm, cold, leader, controller });
    assert.ok(why.length > 20);
  });
}
test("COMBINATIONS are those of the table, each once, and all of them", () => {
  assert.equal(
    cellsOf(COMBINATIONS, HOWS).map(({ fixes, how }) => [nameOf(fixes), how]),
    EXPECTED.map(([name, how]) => [name, how]),
  );
});
test("plansOf() needs 16 runs for 32 cells, because the cluster does not know the client's bootstrap list", () => {
  const plans = plansOf(cellsOf(COMBINATIONS, HOWS));
  assert.is(plans.length, 16);
  assert.is(new Set(plans.map(({ fixes, how }) => `${how} ${nameOf(fixes)}`)).size, 16);
});
test("combinationOf() takes the fixes in any order and refuses what is none", () => {
  assert.equal(combinationOf("listeners+replication"), ["replication", "listeners"]);
  assert.equal([combinationOf("as-posted"), combinationOf("all")], [[], FIXES]);
  for (const name of ["", "replicas", "replication+", "replication,quorum"])
    assert.throws(
      () => combinationOf(name),
      refusal(TypeError, JSON.stringify(name), "as-posted", "all", "replication+quorum"),
    );
});

const client = (gapMs: number | null, more: Partial<ClientMeasured> = {}): ClientMeasured => ({
  gapMs,
  backMs: 40,
  acknowledged: 100,
  lost: 0,
  duplicates: 0,
  ...more,
});

/** All causes fixed but the client's, and killed: the cell in which clients differ most. */
const KILLED: Measured = {
  fixes: ["replication", "quorum", "listeners"],
  how: "kill",
  windowMs: 20_000,
  broker: 1,
  leader: { before: 1, after: 2 },
  isr: { before: [1, 2], after: [2] },
  controller: { before: 2, after: 2 },
  clients: {
    "warm, one": client(9_400),
    "warm, all": client(9_350, { duplicates: 2 }),
    "cold, one": client(null, { backMs: 5_100, acknowledged: 30 }),
    "cold, all": client(9_200),
  },
  isrBackMs: 5_500,
  bootMs: 4_000,
  tookMs: 40_000,
  startedAt: "2026-03-01T12:30:05.123Z",
  engine: "local",
  kafka: "3.9.2",
  from: "pinned jars, Java 17",
  runtime: "Node 20.20.2",
  cores: 2,
  run: ".lab/runs/02-four-causes/2026-03-01T12-30-05.123-1",
};
const ONE: MeasuredCell = measuredCells(KILLED)[0]!;
const POSTED: Measured = {
  ...KILLED,
  fixes: [],
  how: "stop",
  windowMs: 15_000,
  leader: { before: 1, after: null },
  isr: { before: [1], after: [1] },
  controller: { before: 0, after: null },
  clients: {
    "warm, one": client(null),
    "warm, all": client(null),
    "cold, one": client(null),
    "cold, all": client(null, { backMs: null }),
  },
  isrBackMs: null,
};

test("measuredCells() answers two cells with the clients of one run", () => {
  const [one, all] = measuredCells(KILLED);
  assert.equal(
    [one!.fixes, one!.warm, one!.cold, one!.backMs, one!.acknowledged, one!.duplicates],
    [["replication", "quorum", "listeners"], 9_400, null, 5_100, 130, 0],
  );
  assert.equal(
    [all!.fixes, all!.warm, all!.cold, all!.backMs, all!.acknowledged, all!.duplicates],
    [FIXES, 9_350, 9_200, 40, 200, 2],
  );
});

for (const [what, change, miss] of [
  ["is served", {}, undefined],
  [
    "is served although never was expected",
    { cold: 800 },
    /the cold client was served after 800 ms, expected never/,
  ],
  ["is never served", { warm: null }, /the warm client was never served again, expected that it is/],
  [
    "has no leader",
    { leader: { before: 1, after: null } },
    /the leader is nobody, expected that it is another broker/,
  ],
  [
    "keeps its dead leader",
    { leader: { before: 1, after: 1 } },
    /the leader is still the broker that is gone/,
  ],
  [
    "has no controller",
    { controller: { before: 2, after: null } },
    /the active controller is none, expected one/,
  ],
  ["lost something", { lost: 3 }, /3 acknowledged records are lost, expected none/],
] as const satisfies readonly (readonly [string, Partial<MeasuredCell>, RegExp | undefined])[]) {
  test(`missesOf() a cell that ${what}`, () => {
    const cell = { ...ONE, ...change };
    const misses = missesOf(cell);
    assert.is(misses.length, miss === undefined ? 0 : 1, misses.join());
    if (miss !== undefined) assert.match(misses[0]!, miss);
    assert.is(verdictOf(cell), miss === undefined);
  });
}
test("verdictOf() cannot tell where nobody knows what was lost, unless something else is not as expected", () => {
  assert.is(verdictOf({ ...ONE, lost: null }), "unknown");
  assert.is(verdictOf({ ...ONE, lost: null, warm: null }), false);
});

test("parseDone() passes over lines that are cut off, empty or something else", () => {
  const text =
    `${JSON.stringify(KILLED)}\n\n{"fixes":[],"how":"pause"}\n[1]\nnull\n${JSON.stringify(POSTED)}\n` +
    `${JSON.stringify(KILLED).slice(0, 80)}`;
  assert.equal(parseDone(text), [KILLED, POSTED]);
  assert.equal(parseDone(""), []);
});
test("isMeasured() wants every client and a known fault", () => {
  assert.ok(isMeasured(KILLED));
  for (const change of [
    { how: "pause" },
    { fixes: ["ports"] },
    { clients: {} },
    { windowMs: "20s" },
    { leader: 1 },
  ])
    assert.not.ok(isMeasured({ ...KILLED, ...change }), JSON.stringify(change));
});
test("findDone() takes the newest run of that plan and window that was read back", () => {
  const newer = { ...KILLED, tookMs: 50_000 };
  const cut = { ...KILLED, clients: { ...KILLED.clients, "warm, one": client(null, { lost: null }) } };
  assert.equal(findDone([KILLED, newer, POSTED, cut], KILLED, 20_000), newer);
  assert.is(findDone([KILLED], KILLED, 30_000), undefined);
  assert.is(findDone([KILLED], { fixes: KILLED.fixes, how: "stop" }, 20_000), undefined);
});
test("appendDone() writes a line of its own, also after one that was cut off", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "matrix-test-"));
  try {
    const file = path.join(folder, "matrix", "local.jsonl");
    assert.equal(readDone(file), []);
    appendDone(file, KILLED);
    appendDone(file, POSTED);
    assert.equal(readDone(file), [KILLED, POSTED]);
    const cut = path.join(folder, "cut.jsonl");
    writeFileSync(cut, `${JSON.stringify(KILLED)}\n${JSON.stringify(POSTED).slice(0, 50)}`);
    appendDone(cut, POSTED);
    assert.equal(readDone(cut), [KILLED, POSTED]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const [done, left, ms] of [
  [[], 3, null],
  [[40_000], 3, 120_000],
  [[40_000, 20_000], 2, 60_000],
  [[40_000], 0, 0],
] as const) {
  test(`timeLeftMs() of ${left} runs after ${done.length} is ${ms}`, () =>
    assert.is(
      timeLeftMs(
        done.map((tookMs) => ({ tookMs })),
        left,
      ),
      ms,
    ));
}

test("clientRows() have a row for each combination that was measured", () => {
  assert.equal(
    clientRows([...measuredCells(KILLED), { ...measuredCells(POSTED)[0]!, warm: 1_200, lost: null }]),
    [
      [
        "replication",
        "quorum",
        "listeners",
        "bootstrap",
        "stop: warm",
        "cold",
        "kill: warm",
        "cold",
        "lost",
        "duplicates",
      ],
      ["·", "·", "·", "·", "1.2 s", "never !", "", "", "?", "0"],
      ["fixed", "fixed", "fixed", "·", "", "", "9.4 s", "never", "0", "0"],
      ["fixed", "fixed", "fixed", "fixed", "", "", "9.3 s", "9.2 s", "0", "2"],
    ],
  );
});
test("clusterRows() have a row for each run", () => {
  assert.equal(clusterRows([POSTED, KILLED]), [
    ["replication", "quorum", "listeners", "", "leader", "ISR", "controller", "clients back", "ISR full"],
    ["·", "·", "·", "stop", "1 → none", "1 → 1", "0 → none", "never", "never"],
    ["fixed", "fixed", "fixed", "kill", "1 → 2", "1,2 → 2", "2 → 2", "5.1 s", "5.5 s"],
  ]);
});
test("missLines() name the cell", () => {
  assert.equal(missLines([ONE, { ...ONE, warm: null }]), [
    "kill, replication+quorum+listeners: the warm client was never served again, expected that it is",
  ]);
});

test("dataText() is JSON with one cell a line and sorted keys", () => {
  const text = dataText([POSTED, KILLED], [POSTED, KILLED].flatMap(measuredCells), { timers: "default" });
  const data = JSON.parse(text) as {
    cells: {
      fixes: string[];
      cold: number | null;
      holds: boolean;
      expected: { cold: boolean };
      broker: number;
    }[];
    [key: string]: unknown;
  };
  const { cells, claim, ...head } = data;
  assert.equal(head, {
    cores: 2,
    engine: "local",
    from: "pinned jars, Java 17",
    kafka: "3.9.2",
    measured: "2026-03-01",
    runtime: "Node 20.20.2",
    timers: "default",
    windowMs: { kill: 20_000, stop: 15_000 },
  });
  assert.match(String(claim), /null for never/);
  assert.equal(
    cells.map(({ fixes, cold, holds, broker }) => [fixes.length, cold, holds, broker]),
    [
      [0, null, true, 1],
      [1, null, true, 1],
      [3, null, true, 1],
      [4, 9_200, true, 1],
    ],
  );
  const lines = text.split("\n").filter((line) => line.startsWith("    {"));
  assert.is(lines.length, 4);
  for (const line of lines) {
    const keys = Object.keys(JSON.parse(line.replace(/,$/, "")) as object);
    assert.equal(keys, [...keys].sort());
  }
  assert.not.match(text, /\.lab/);
});
test("dataText() refuses runs that do not belong together", () => {
  assert.throws(
    () => dataText([POSTED, { ...KILLED, kafka: "4.4.0" }], [], { timers: "default" }),
    refusal(RangeError, "3.9.2", "4.4.0"),
  );
});

test("matrixOptions() measure all cells by default, with windows that a fail-over fits into", () => {
  const { cells, ...rest } = matrixOptions([], {});
  assert.is(cells.length, 32);
  assert.equal(rest, {
    isWhole: true,
    engine: "auto",
    kafka: undefined,
    timers: "default",
    windowMs: { stop: 15_000, kill: 20_000 },
    fresh: false,
    save: false,
    json: false,
  });
});
test("matrixOptions() take the engine and the version from the environment too", () => {
  const { engine, kafka } = matrixOptions(["--kafka", "4"], { LAB_ENGINE: "local", LAB_KAFKA: "3.9" });
  assert.equal([engine, kafka], ["local", "4"]);
});
for (const [argv, wanted] of [
  [
    ["--cells", "all,as-posted", "--how", "kill"],
    [
      ["kill", "as-posted"],
      ["kill", "all"],
    ],
  ],
  [
    ["--cells", "listeners+replication"],
    [
      ["stop", "replication+listeners"],
      ["kill", "replication+listeners"],
    ],
  ],
] as const) {
  test(`matrixOptions() of ${argv.join(" ")} are ${wanted.length} cells`, () => {
    assert.equal(
      matrixOptions(argv, {}).cells.map(({ how, fixes }) => [how, nameOf(fixes)]),
      wanted,
    );
    assert.ok(
      matrixOptions(argv, {}).cells.every((cell) =>
        cellsOf(COMBINATIONS, HOWS).some((other) => isSame(cell, other)),
      ),
    );
  });
}
test("matrixOptions() shorten the windows for fast timers, and take one for both faults", () => {
  assert.equal(matrixOptions(["--timers", "fast"], {}).windowMs, { stop: 8_000, kill: 8_000 });
  assert.equal(matrixOptions(["--window", "5s"], {}).windowMs, { stop: 5_000, kill: 5_000 });
});
for (const asked of ["local", "docker"] as const) {
  test(`engineOf() takes ${asked} by its name without looking`, async () =>
    assert.is(await engineOf(asked, {}), asked));
}
const every = { cells: cellsOf(COMBINATIONS, HOWS), kafka: undefined, timers: "default" } as const;

test(
  "recordedMatrix() gives the committed cells as they were measured, and says when, with which Kafka " +
    "and engine",
  () => {
    const { runs, cells, mark, file } = recordedMatrix(every, "");
    assert.equal(
      [runs.length, cells.length, cells.every((cell) => verdictOf(cell) === true)],
      [16, 32, true],
    );
    assert.match(mark, /^as measured on \d{4}-\d\d-\d\d, Kafka 3\.9\.2, docker engine$/);
    assert.match(file, /docker-3\.9\.2\.json$/);
    assert.is(clusterRows(runs).length, 17);
    for (const run of runs) assert.is(run.fixes.includes("bootstrap" as never), false);
    const fast = recordedMatrix({ cells: cellsOf([FIXES], ["kill"]), kafka: "4", timers: "fast" }, "");
    assert.equal(
      [fast.runs.length, fast.cells.map(({ how }) => how), fast.runs[0]!.kafka],
      [1, ["kill"], "4.4.0"],
    );
  },
);

test("recordedMatrix() refuses what was never saved, and a file that is no matrix", () => {
  assert.throws(
    () => recordedMatrix({ ...every, kafka: "2.8" }, "install Java"),
    /it was never saved[^]*install Java/,
  );
  const other = mkdtempSync(path.join(os.tmpdir(), "lab-matrix-"));
  writeFileSync(
    path.join(other, "x.json"),
    JSON.stringify({
      cells: [{}],
      engine: "docker",
      from: "",
      kafka: "3.9.2",
      measured: "2026-03-01",
      timers: "default",
      windowMs: { stop: 1, kill: 1 },
    }),
  );
  assert.throws(
    () => recordedMatrix(every, "", other),
    refusal("BAD_RUN", { file: path.join(other, "x.json") }),
  );
  rmSync(other, { recursive: true });
});

test(
  "matrixPicture() has a box for each client, with the time or never in it, and marks what was not " +
    "expected",
  async () => {
    const { cells } = JSON.parse(
      readFileSync(new URL("../../scripts/matrix/data/local-3.9.2.json", import.meta.url), "utf8"),
    ) as { cells: MeasuredCell[] };
    const { svg = "", text } = await matrixPicture(cells);
    const times = cells.flatMap(({ warm, cold }) => [warm, cold]);
    assert.is(svg.match(/>never</g)?.length, times.filter((ms) => ms === null).length);
    assert.equal(
      [...svg.matchAll(/>([\d.]+ m?s)( !)?</g)].map(([, time]) => time).sort(),
      times.flatMap((ms) => (ms === null ? [] : [readable(ms)])).sort(),
    );
    assert.equal(text, clientTable(cells).text);
    assert.not.match(svg, / !</);
    const wrong = await matrixPicture(cells.map((cell, i) => (i === 0 ? { ...cell, warm: 250 } : cell)));
    assert.match(wrong.svg!, />250 ms !</);
    assert.is((await matrixPicture(cells)).svg, svg);
  },
);
test.run();
