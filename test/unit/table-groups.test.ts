// The groups' table without a broker: its rows, where groups and topics have to lie, what counts as a miss,
// as inconclusive, and the page.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { offsetsPartition, predictGroup } from "../../sdk/analysis/predict/groups/mod.ts";
import { toMs } from "../../sdk/model/duration.ts";
import type { GroupPrediction } from "../../sdk/model/group-prediction.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import { compareGroup } from "../../scripts/table/groups/compare.ts";
import {
  type GroupTableData,
  groupDataText,
  groupsPredictedAgain,
  readGroupData,
} from "../../scripts/table/groups/data.ts";
import { watchMs } from "../../scripts/table/groups/measure.ts";
import type { GroupFacts, MeasuredGroupRow, PartitionFacts } from "../../scripts/table/groups/measured.ts";
import { GROUP_MISSES } from "../../scripts/table/groups/misses.ts";
import { groupPageText } from "../../scripts/table/groups/page.ts";
import { brokerOf, groupName, topicOf } from "../../scripts/table/groups/place.ts";
import {
  comparedGroups,
  GROUP_HEAD,
  groupCells,
  groupCountLine,
  groupExitCode,
  groupMissLines,
} from "../../scripts/table/groups/report.ts";
import { groupFaultWords, groupWords, sceneWords } from "../../scripts/table/groups/row.ts";
import { GROUP_ROWS, SCENES } from "../../scripts/table/groups/rows.ts";
import { newestFile } from "../../scripts/table/newest.ts";
import { circumstancesOf, group } from "./group-cells.ts";
import { refusal } from "./refusal.ts";

const of = (id: string): (typeof GROUP_ROWS)[number] => GROUP_ROWS.find((row) => row.id === id)!;

test("GROUP_ROWS are at least 60, each with an id of its own, and cover faults, roles, clients, policies, protocols and versions", () => {
  assert.ok(GROUP_ROWS.length >= 60, `${GROUP_ROWS.length} rows`);
  assert.is(new Set(GROUP_ROWS.map(({ id }) => id)).size, GROUP_ROWS.length);
  for (const kind of ["stop", "kill", "pause"])
    for (const role of ["leader", "coordinator", "both", "neither", undefined])
      for (const client of ["kafkajs", "java"])
        if (kind !== "pause" || role !== "neither" || client !== "kafkajs")
          assert.ok(
            GROUP_ROWS.some(
              (row) =>
                row.fault.does.kind === kind &&
                row.group.role === role &&
                row.group.options.client === client,
            ),
            `${kind} ${role} ${client}`,
          );
  for (const kind of ["isolate", "delay", "roll", "elect", "slow"])
    assert.ok(
      GROUP_ROWS.some(({ fault }) => fault.does.kind === kind),
      kind,
    );
  for (const commit of ["auto", "after", "before"] as const)
    assert.ok(
      GROUP_ROWS.some((row) => row.group.options.commit === commit),
      commit,
    );
  const four = GROUP_ROWS.filter(({ scene }) => scene.kafka === "4");
  assert.ok(four.filter((row) => row.group.options.protocol === "consumer").length >= 10);
  assert.ok(GROUP_ROWS.every((row) => row.scene.kafka === "4" || row.group.options.protocol === undefined));
});
test("a role is of one broker's fault, and of others there are two members", () => {
  for (const { scene, group: one } of GROUP_ROWS) {
    assert.is(one.role !== undefined, scene.hits === "broker", one.id);
    assert.is(one.options.members, scene.hits === "broker" ? 1 : 2);
  }
  for (const { faults } of SCENES) for (const { watchFor = "1s" } of faults) assert.ok(toMs(watchFor) > 0);
});
test("a scene on one broker has one fault: its groups would be elsewhere for a second", () => {
  for (const { hits, faults, id } of SCENES) assert.ok(hits !== "broker" || faults.length === 1, id);
});
test("explanations of misses are of rows that are there", () => {
  assert.equal(
    Object.keys(GROUP_MISSES).filter((id) => of(id) === undefined),
    [],
  );
});

const partitionOf = (topic: string, partition: number, leader: number | null) => ({
  ...{ topic, partition, leader, leaderEpoch: 0, replicas: [1, 2, 3], isr: [1, 2, 3], offline: [] },
});
const spread = (topic: string, leaders: readonly (number | null)[]) =>
  leaders.map((leader, partition) => partitionOf(topic, partition, leader));
const BROKERS_CASES = [
  [3, [1, 2, 3], [2, 3, 1], 1],
  [1, [1, 2, 3], [2, 3, 1], 2],
  [1, [1, 2, 3], [3, 3, 3], 3],
  [3, [1, 2, 3], [3, 3, 3], undefined],
  [2, [null, 2, 3], [1, 2, 3], 3],
] as const;
for (const [controller, everywhere, offsets, expected] of BROKERS_CASES)
  test(`brokerOf() controller ${controller}, leaders ${everywhere}, coordinators ${offsets}: ${expected ?? "none"}`, () => {
    const partitions = [...spread("everywhere", everywhere), ...spread("__consumer_offsets", offsets)];
    assert.is(brokerOf({ controller, partitions }), expected);
  });
test("groupName() has the coordinator that the role wants, topicOf() the leaders", () => {
  const places = {
    broker: 2,
    offsets: [1, 2, 3],
    topics: { everywhere: "everywhere", elsewhere: "elsewhere-1" },
  };
  for (const role of ["leader", "coordinator", "both", "neither"] as const) {
    const name = groupName({ id: "billing", role }, places);
    const isCoordinator = places.offsets[offsetsPartition(name, 3)] === 2;
    assert.is(isCoordinator, role === "coordinator" || role === "both", name);
    assert.is(topicOf({ role }, places) === "everywhere", role === "leader" || role === "both");
  }
  assert.is(groupName({ id: "billing" }, places), "billing");
});
test("watchMs() lasts as long as the longest prediction, and where nothing goes on as long as the fault wants", () => {
  const { prediction } = predicted();
  const never = { ...prediction, reads: 0, standstill: null };
  assert.is(watchMs({}, [{ prediction }]), prediction.commitGap!.toMs + 3_000);
  assert.is(watchMs({ watchFor: "50s" }, [{ prediction: never }]), 53_000);
  assert.is(watchMs({ watchFor: "500s" }, [{ prediction: never }]), 75_000);
});

const KILL = { ...resolveFault({ kind: "kill" }, [1]) };
const CIRCUMSTANCES = circumstancesOf(group({ commit: "auto" }), KILL);
function predicted(): { prediction: GroupPrediction } {
  return { prediction: predictGroup(CIRCUMSTANCES) };
}
const PREDICTION: GroupPrediction = predicted().prediction;
const [HIT] = PREDICTION.partitions;
const WINDOW = HIT!.standstill!;
const IDLE = { togetherMs: 0, isBusy: false, text: "" };
const stood = (partition: number, standstillMs: number, more: Partial<PartitionFacts> = {}) => ({
  ...{ partition, standstillMs, isOpen: false, usualMs: 60 },
  ...more,
});
const inside = (WINDOW.fromMs + WINDOW.toMs) / 2;
const other = PREDICTION.partitions[1]!.standstill!;
const FACTS: GroupFacts = {
  partitions: [stood(0, inside), stood(1, other.toMs)],
  rebalanced: false,
  commits: 3,
  skipped: 0,
  repeated: 0,
  perSecond: 30,
  lastedMs: 60_000,
  machine: IDLE,
  machineBefore: IDLE,
};
const verdicts = (facts: Partial<GroupFacts>, prediction: Partial<GroupPrediction> = {}) => {
  const { misses, open } = compareGroup({ ...PREDICTION, ...prediction }, { ...FACTS, ...facts });
  return [misses.length, open.length];
};
const BUSY = { togetherMs: 40_000, isBusy: true, text: "brokers waited 40 s of 60 s for a processor" };

test("compareGroup() is right where everything came as predicted", () => {
  assert.equal([PREDICTION.reads, PREDICTION.rebalance, PREDICTION.commits], [1, 0, 1]);
  const { outcomes, window } = compareGroup(PREDICTION, FACTS);
  assert.ok(outcomes.every(({ verdict }) => verdict === true));
  assert.is(window?.verdict, true);
  assert.equal(
    outcomes.map(({ name }) => name),
    ["reads again", "rebalance", "commits", "skipped", "processed again"],
  );
});
const CHANGES: readonly [string, Partial<GroupFacts>, Partial<GroupPrediction>, readonly [number, number]][] =
  [
    ["a rebalance that was not predicted", { rebalanced: true }, {}, [1, 0]],
    ["no rebalance, though it was predicted", {}, { rebalance: 1 }, [1, 0]],
    ["a race", { rebalanced: true }, { rebalance: 0.5 }, [0, 0]],
    ["no commit", { commits: 0 }, {}, [1, 0]],
    ["commits that were not predicted", {}, { commits: 0, commitGap: null }, [1, 0]],
    ["nobody commits by policy", { commits: 0 }, { commits: null, commitGap: null }, [0, 0]],
    ["records skipped", { skipped: 1 }, {}, [1, 0]],
    ["more processed again than at most", { repeated: 4 }, { repeated: 3 }, [1, 0]],
    ["as many processed again as at most", { repeated: 3 }, { repeated: 3 }, [0, 0]],
    ["any number processed again", { repeated: 3_000 }, { repeated: null }, [0, 0]],
    ["too long", { partitions: [stood(0, WINDOW.toMs + 500)] }, {}, [1, 0]],
    ["too short", { partitions: [stood(0, WINDOW.fromMs - 500)] }, {}, [1, 0]],
    [
      "too long by less than two records lie apart",
      { partitions: [stood(0, WINDOW.toMs + 100)] },
      {},
      [0, 0],
    ],
    [
      "too long on a starved machine",
      { partitions: [stood(0, WINDOW.toMs + 500)], machine: BUSY },
      {},
      [0, 1],
    ],
    ["a rebalance on a starved machine", { rebalanced: true, machine: BUSY }, {}, [0, 1]],
    ["records skipped on a starved machine", { skipped: 1, machine: BUSY }, {}, [1, 0]],
    [
      "too long, where members wait as long without a fault",
      { partitions: [stood(0, WINDOW.toMs + 500, { usualMs: 400 })] },
      {},
      [0, 1],
    ],
    [
      "too short, after a starved time",
      { partitions: [stood(0, WINDOW.fromMs - 500)], machineBefore: { ...IDLE, togetherMs: 900 } },
      {},
      [0, 1],
    ],
    ["not read to the end", { partitions: [stood(0, 60_000, { isOpen: true })] }, {}, [1, 0]],
    [
      "never read, as predicted",
      { partitions: [stood(0, 60_000, { isOpen: true })] },
      { reads: 0, standstill: null, partitions: [{ ...HIT!, reads: 0, standstill: null }] },
      [0, 0],
    ],
    [
      "read, though never was predicted",
      { partitions: [stood(0, 5_000)] },
      { reads: 0, standstill: null, partitions: [{ ...HIT!, reads: 0, standstill: null }] },
      [1, 0],
    ],
  ];
for (const [what, facts, prediction, expected] of CHANGES)
  test(`compareGroup() ${what}: ${expected[0]} misses, ${expected[1]} inconclusive`, () =>
    assert.equal(verdicts(facts, prediction), [...expected]));

const run = (id: string, facts: Partial<GroupFacts> = {}): MeasuredGroupRow => ({
  id,
  prediction: PREDICTION,
  circumstances: CIRCUMSTANCES,
  facts: { ...FACTS, ...facts },
  kafka: "3.9.2",
  engine: "local",
  slower: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
});
const DATA: GroupTableData = {
  date: "2026-01-01",
  rows: [run("kill-leader-java-auto"), run("stop-leader-java-auto", { rebalanced: true })],
  failed: [{ id: "kill-4-leader-kip848-auto", why: "no jars" }],
};

test("comparedGroups() puts misses first; groupMissLines() say why, or that it is open", () => {
  const all = comparedGroups(DATA);
  assert.equal(
    all.map((one) => groupCells(one).slice(0, 2)),
    [
      ["MISS", "stop-leader-java-auto"],
      ["right", "kill-leader-java-auto"],
    ],
  );
  for (const one of all) assert.is(groupCells(one).length, GROUP_HEAD.length);
  assert.equal(groupMissLines(all, {}), [
    "stop-leader-java-auto: rebalance: yes, predicted no. Open: not explained yet.",
  ]);
  assert.match(groupMissLines(all, { "stop-leader-java-auto": "Because." })[0]!, /no\. Because\.$/);
  assert.is(groupCountLine(all), "outcomes right 9/10, windows 2/2 = 100.0 %");
  assert.equal([groupExitCode(all), groupExitCode([]), groupExitCode(all.slice(1), 1)], [2, 3, 3]);
  assert.is(groupExitCode(all.slice(1)), 0);
});
test("words of a row say what makes it another", () => {
  assert.is(groupFaultWords(of("delay-below-leader-kafkajs-auto")), "delay 300ms (clients) of the leader");
  assert.is(groupFaultWords(of("member-roll-kafkajs-after")), "roll of all members");
  assert.is(groupFaultWords(of("brokers-roll-kafkajs-after")), "roll of all brokers");
  assert.is(groupFaultWords(of("brokers-elect-preferred-java-auto")), "elect (preferred) of all partitions");
  assert.is(groupFaultWords(of("member-kill-java-auto")), "kill of one member");
  assert.is(groupFaultWords(of("slow-below-kafkajs-after")), "slow 300ms of one member");
  assert.match(groupWords(of("slow-below-java-one-by-one")), /, max\.poll\.records=1, 2 members$/);
  assert.is(groupWords(of("member-kill-java-after-static")), "java, commit after, static, 2 members");
  assert.is(groupWords(of("kill-4-leader-kip848-auto")), "java, commit auto, KIP-848");
  assert.is(sceneWords(of("kill-one-replica-leader-java-after")), "three-brokers, offsets with 1 replica");
});
test("groupPageText() holds every run, what was not measured, and each miss with its reason", () => {
  const page = groupPageText(DATA, { "stop-leader-java-auto": "Because." });
  for (const text of [
    "| MISS | stop-leader-java-auto |",
    "| right | kill-leader-java-auto |",
    "predicted no. Because.",
    "- kill-4-leader-kip848-auto: no jars",
    "Measured on 2026-01-01: local engine, Kafka 3.9.2.",
  ])
    assert.ok(page.includes(text), text);
});
test("readGroupData() gives back what groupDataText() wrote, and refuses anything else", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "table-groups-"));
  try {
    const file = path.join(folder, "data.json");
    writeFileSync(file, groupDataText(DATA));
    assert.equal(readGroupData(file), JSON.parse(JSON.stringify(DATA)));
    for (const text of [
      "{}",
      "null",
      "",
      "{",
      JSON.stringify({ ...DATA, date: "../../../x" }),
      JSON.stringify({ ...DATA, rows: [{ ...DATA.rows[0], facts: {} }] }),
      JSON.stringify({ ...DATA, rows: [{ ...DATA.rows[0], prediction: {} }] }),
      JSON.stringify({ ...DATA, failed: [5] }),
    ]) {
      writeFileSync(file, text);
      assert.throws(() => readGroupData(file), refusal("BAD_RUN", { file }));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const newest = newestFile("groups");
if (newest !== undefined) {
  const committed = readGroupData(newest);
  test("predictGroup() of the circumstances that were committed is right on every outcome, and its windows hold", () => {
    const all = comparedGroups(groupsPredictedAgain(committed));
    assert.is(groupExitCode(all), 0, groupMissLines(all, GROUP_MISSES).join("\n"));
  });
  test("each row is among the committed ones once, measured or with the reason why not", () => {
    const ids = [...committed.rows, ...committed.failed].map(({ id }) => id);
    assert.equal([...ids].sort(), GROUP_ROWS.map(({ id }) => id).sort());
    assert.is(new Set(ids).size, ids.length);
    assert.equal(
      ids.filter((id) => of(id) === undefined),
      [],
    );
  });
  test("every miss that was committed has an explanation, and every row is conclusive", () => {
    const all = comparedGroups(committed);
    assert.equal(
      all
        .filter(({ row, comparison }) => comparison.misses.length > 0 && GROUP_MISSES[row.id] === undefined)
        .map(({ row }) => row.id),
      [],
    );
    assert.equal(
      all.flatMap(({ row, comparison }) => (comparison.open.length > 0 ? row.id : [])),
      [],
    );
  });
  test("the committed data name no folder and no address of the machine", () => {
    assert.not.match(readFileSync(newest, "utf8"), /\/tmp|\/home|\/root|localhost|127\.0\.0/);
  });
}

test.run();
