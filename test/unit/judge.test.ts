import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import type { HistoryEvent, Outcome, ReadbackEvent, ReadRecord, SendEvent } from "../../sdk/model/history.ts";
import {
  check,
  duplicates,
  noPhantomWrites,
  mergeVerdicts,
  order,
  noLostWrites,
  type Doubt,
  type Verdict,
} from "../../sdk/analysis/check/mod.ts";
import { placesIn } from "../../sdk/analysis/check/log-index.ts";

type Sent = [
  value: string,
  client: string,
  atMs: number,
  tookMs: number,
  outcome: Outcome,
  partition?: number,
  offset?: string,
];
type Found = [value: string, partition: number, offset: string];
type Rows = ReadbackEvent["partitions"];

interface Case {
  sends: Sent[];
  records: Found[];
  rows: Rows;
  readbackAtMs: number | null;
  idempotent: string[];
}

const base: Case = {
  sends: [
    ["a", "warm", 0, 10, "ok", 0, "0"],
    ["b", "warm", 100, 10, "ok", 1, "0"],
    ["c", "cold", 150, 10, "ok", 0, "1"],
    ["d", "warm", 200, 300, "info"],
    ["e", "warm", 600, 10, "ok", 0, "3"],
    ["f", "warm", 700, 50, "fail"],
    ["g", "cold", 800, 10, "ok", 1, "1"],
    ["h", "cold", 850, 90, "info"],
  ],
  records: [
    ["a", 0, "0"],
    ["c", 0, "1"],
    ["d", 0, "2"],
    ["e", 0, "3"],
    ["b", 1, "0"],
    ["g", 1, "1"],
  ],
  rows: [
    { partition: 0, from: "0", to: "4", complete: true },
    { partition: 1, from: "0", to: "2", complete: true },
  ],
  readbackAtMs: 1000,
  idempotent: [],
};

const asSend = ([value, client, atMs, tookMs, outcome, partition, offset]: Sent): SendEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client,
  value,
  topic: "orders",
  outcome,
  attempts: [],
  ...(partition === undefined ? {} : { partition }),
  ...(offset === undefined ? {} : { offset, broker: 2 }),
});

const asRecord = ([value, partition, offset]: Found): ReadRecord => ({ value, partition, offset });

function history({ sends, records, rows, readbackAtMs, idempotent }: Case): HistoryEvent[] {
  const clients = ["warm", "cold"].map(
    (client): HistoryEvent => ({
      kind: "client",
      atMs: 0,
      client,
      settings: { idempotent: idempotent.includes(client) },
    }),
  );
  const readback: HistoryEvent[] =
    readbackAtMs === null
      ? []
      : [
          {
            kind: "readback",
            atMs: readbackAtMs,
            tookMs: 50,
            client: "reader",
            topic: "orders",
            partitions: rows,
            records: records.map(asRecord),
          },
        ];
  return [...clients, ...sends.map(asSend), ...readback];
}

const without = (value: string): Partial<Case> => ({ records: base.records.filter(([v]) => v !== value) });
const resent = (value: string, change: (send: Sent) => Sent): Partial<Case> => ({
  sends: base.sends.map((send) => (send[0] === value ? change(send) : send)),
});
const incomplete = (partition: number): Rows =>
  base.rows.map((row) => (row.partition === partition ? { ...row, complete: false } : row));
const dropped = (...values: string[]): Found[] => base.records.filter(([v]) => !values.includes(v));

interface Expected {
  noLostWrites?: Verdict;
  noPhantomWrites?: Verdict;
  duplicates?: Verdict;
  order?: Verdict;
  lost?: string[];
  undecided?: number;
  doubts?: Partial<Record<Doubt, number>>;
  moved?: number;
  copies?: number;
  present?: string[];
  misplaced?: string[];
  unknownFound?: number;
  foreign?: number;
}

const cases: [what: string, change: Partial<Case>, expected: Expected][] = [
  ["nothing changed", {}, {}],
  ["an acknowledged record dropped", without("c"), { noLostWrites: false, lost: ["c"] }],
  [
    "all records dropped",
    { records: [] },
    { noLostWrites: false, lost: ["a", "b", "c", "e", "g"], unknownFound: 0 },
  ],
  ["an unknown record dropped", without("d"), { unknownFound: 0 }],
  [
    "a record dropped from a partition that was not read to its end",
    { records: dropped("c"), rows: incomplete(0) },
    {
      noLostWrites: "unknown",
      noPhantomWrites: "unknown",
      order: "unknown",
      undecided: 1,
      doubts: { "partition not read to its end": 1 },
    },
  ],
  [
    "a record dropped while the other partition was not read to its end",
    { records: dropped("c"), rows: incomplete(1) },
    { noLostWrites: false, noPhantomWrites: "unknown", order: "unknown", lost: ["c"] },
  ],
  [
    "one lost, one undecided",
    { records: dropped("c", "b"), rows: incomplete(1) },
    {
      noLostWrites: false,
      noPhantomWrites: "unknown",
      order: "unknown",
      lost: ["c"],
      undecided: 1,
      doubts: { "partition not read to its end": 1 },
    },
  ],
  [
    "a partition without a row",
    { records: dropped("b", "g"), rows: base.rows.slice(0, 1) },
    { noLostWrites: "unknown", undecided: 2, doubts: { "partition not read to its end": 2 } },
  ],
  [
    "no partition at all",
    { records: [], rows: [] },
    {
      noLostWrites: "unknown",
      noPhantomWrites: "unknown",
      order: "unknown",
      undecided: 5,
      doubts: { "partition not read to its end": 5 },
      unknownFound: 0,
    },
  ],
  [
    "no readback",
    { readbackAtMs: null },
    {
      noLostWrites: "unknown",
      noPhantomWrites: "unknown",
      order: "unknown",
      undecided: 5,
      doubts: { "no readback": 5 },
      unknownFound: 0,
    },
  ],
  [
    "no readback and an idempotent client",
    { readbackAtMs: null, idempotent: ["cold"] },
    {
      noLostWrites: "unknown",
      noPhantomWrites: "unknown",
      duplicates: "unknown",
      order: "unknown",
      undecided: 5,
      doubts: { "no readback": 5 },
      unknownFound: 0,
    },
  ],
  [
    "a log that ends before an acknowledged offset",
    {
      records: dropped("e"),
      rows: [{ partition: 0, from: "0", to: "3", complete: true }, ...base.rows.slice(1)],
    },
    { noLostWrites: false, lost: ["e"] },
  ],
  [
    "a readback that began before the acknowledgement, and ends before it",
    {
      records: dropped("g"),
      rows: [...base.rows.slice(0, 1), { partition: 1, from: "0", to: "1", complete: true }],
      readbackAtMs: 805,
    },
    { noLostWrites: "unknown", undecided: 1, doubts: { "ended after the readback had begun": 1 } },
  ],
  [
    "a readback that began before the acknowledgement, and passed its offset",
    { records: dropped("g"), readbackAtMs: 805 },
    { noLostWrites: false, lost: ["g"] },
  ],
  [
    "a readback that began with the acknowledgement",
    {
      records: dropped("g"),
      rows: [...base.rows.slice(0, 1), { partition: 1, from: "0", to: "1", complete: true }],
      readbackAtMs: 810,
    },
    { noLostWrites: false, lost: ["g"] },
  ],
  ["a readback that began before a failed send ended", { readbackAtMs: 749 }, { noPhantomWrites: "unknown" }],
  [
    "a readback that starts after an acknowledged offset",
    {
      records: dropped("a", "c"),
      rows: [{ partition: 0, from: "1", to: "4", complete: true }, ...base.rows.slice(1)],
    },
    {
      noLostWrites: false,
      lost: ["c"],
      undecided: 1,
      doubts: { "expired or deleted": 1 },
    },
  ],
  [
    "an acknowledged record that compaction removed",
    {
      records: dropped("c"),
      rows: [{ ...base.rows[0]!, compacted: [{ from: "1", to: "2" }] }, ...base.rows.slice(1)],
    },
    { noLostWrites: "unknown", undecided: 1, doubts: { compacted: 1 } },
  ],
  [
    "an acknowledged record beside what compaction removed",
    {
      records: dropped("c", "e"),
      rows: [{ ...base.rows[0]!, compacted: [{ from: "1", to: "2" }] }, ...base.rows.slice(1)],
    },
    { noLostWrites: false, lost: ["e"], undecided: 1, doubts: { compacted: 1 } },
  ],
  [
    "a failed send that compaction may have removed",
    { rows: [{ ...base.rows[0]!, compacted: [{ from: "4", to: "6" }], to: "6" }, ...base.rows.slice(1)] },
    { noPhantomWrites: "unknown" },
  ],
  [
    "a failed send that would have expired",
    { records: [], rows: base.rows.map((row) => ({ ...row, from: "9", to: "9" })) },
    {
      noLostWrites: "unknown",
      noPhantomWrites: "unknown",
      undecided: 5,
      doubts: { "expired or deleted": 5 },
      unknownFound: 0,
    },
  ],
  [
    "a longer offset is a larger one",
    {
      ...resent("e", (e) => [e[0], e[1], e[2], e[3], e[4], 0, "10"]),
      records: dropped("e"),
      rows: [{ partition: 0, from: "9", to: "11", complete: true }, ...base.rows.slice(1)],
    },
    { noLostWrites: false, lost: ["e"] },
  ],
  [
    "an acknowledged send without a place",
    {
      ...resent("c", ([value, client, atMs, tookMs]) => [value, client, atMs, tookMs, "ok"]),
      ...without("c"),
    },
    { noLostWrites: false, lost: ["c"] },
  ],
  [
    "an acknowledged record at another offset",
    { records: base.records.map((r) => (r[0] === "e" ? ["e", 0, "9"] : r)) },
    { moved: 1 },
  ],
  [
    "an acknowledged record in another partition",
    { records: [...dropped("e"), ["e", 1, "3"]] },
    { moved: 1 },
  ],
  [
    "a value sent twice and found at both places",
    {
      sends: [...base.sends, ["c", "warm", 900, 10, "ok", 0, "4"]],
      records: [...base.records, ["c", 0, "4"]],
    },
    {},
  ],
  [
    "a value sent twice and found at one of its places",
    { sends: [...base.sends, ["c", "warm", 900, 10, "ok", 0, "4"]] },
    { noLostWrites: false, lost: ["c"] },
  ],
  [
    "a value sent twice and found once, elsewhere",
    {
      sends: [...base.sends, ["c", "warm", 900, 10, "ok", 0, "4"]],
      records: [...dropped("c"), ["c", 0, "5"]],
    },
    { noLostWrites: "unknown", undecided: 2, doubts: { "value sent more than once": 2 } },
  ],
  [
    "a failed value sent twice and found",
    { sends: [...base.sends, ["f", "warm", 900, 10, "fail"]], records: [...base.records, ["f", 1, "2"]] },
    { noPhantomWrites: "unknown" },
  ],
  ["a failed value sent twice and not found", { sends: [...base.sends, ["f", "warm", 900, 10, "fail"]] }, {}],
  [
    "a failed value that another send was acknowledged for",
    { sends: [...base.sends, ["c", "warm", 900, 10, "fail"]] },
    {},
  ],
  [
    "a hole in the offsets",
    {
      ...resent("e", (e) => [e[0], e[1], e[2], e[3], e[4], 0, "9"]),
      records: base.records.map((r) => (r[0] === "e" ? ["e", 0, "9"] : r)),
    },
    {},
  ],
  [
    "offsets beyond what a number holds",
    {
      ...resent("e", (e) => [e[0], e[1], e[2], e[3], e[4], 0, "9007199254740995"]),
      records: base.records.map((r) => (r[0] === "e" ? ["e", 0, "9007199254740995"] : r)),
    },
    {},
  ],
  [
    "an acknowledgement turned into info",
    resent("c", ([value, client, atMs, tookMs]) => [value, client, atMs, tookMs, "info"]),
    { unknownFound: 2 },
  ],
  [
    "an acknowledgement turned into info and its record dropped",
    {
      ...resent("c", ([value, client, atMs, tookMs]) => [value, client, atMs, tookMs, "info"]),
      ...without("c"),
    },
    {},
  ],
  [
    "a failed send that turns up",
    { records: [...base.records, ["f", 1, "2"]] },
    { noPhantomWrites: false, present: ["f"] },
  ],
  [
    "an acknowledgement turned into a failure",
    resent("c", ([value, client, atMs, tookMs]) => [value, client, atMs, tookMs, "fail"]),
    { noPhantomWrites: false, present: ["c"] },
  ],
  [
    "a failed send that turns up twice",
    { records: [...base.records, ["f", 1, "2"], ["f", 1, "3"]] },
    { noPhantomWrites: false, present: ["f"], copies: 1 },
  ],
  ["a record duplicated", { records: [...base.records, ["b", 1, "2"]] }, { copies: 1 }],
  ["a record three times", { records: [...base.records, ["b", 1, "2"], ["b", 1, "3"]] }, { copies: 2 }],
  ["a record duplicated in another partition", { records: [...base.records, ["a", 1, "2"]] }, { copies: 1 }],
  [
    "a record duplicated, client idempotent",
    { records: [...base.records, ["b", 1, "2"]], idempotent: ["warm"] },
    { duplicates: false, copies: 1 },
  ],
  [
    "a record duplicated, other client idempotent",
    { records: [...base.records, ["b", 1, "2"]], idempotent: ["cold"] },
    { copies: 1 },
  ],
  [
    "an unread partition and an idempotent client",
    { rows: incomplete(1), idempotent: ["cold"] },
    { duplicates: "unknown", noPhantomWrites: "unknown", order: "unknown" },
  ],
  ["a record read twice at one offset", { records: [...base.records, ["g", 1, "1"]] }, {}],
  ["a record of somebody else", { records: [...base.records, ["z", 1, "2"]] }, { foreign: 1 }],
  [
    "two acknowledged records swapped",
    {
      records: [
        ["a", 0, "0"],
        ["e", 0, "1"],
        ["d", 0, "2"],
        ["c", 0, "3"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    { order: false, misplaced: ["c"], moved: 2 },
  ],
  [
    "an acknowledged record behind a later unknown one",
    {
      records: [
        ["a", 0, "0"],
        ["d", 0, "1"],
        ["c", 0, "2"],
        ["e", 0, "3"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    { order: false, misplaced: ["c"], moved: 1 },
  ],
  [
    "an unknown record behind a later acknowledged one",
    {
      records: [
        ["a", 0, "0"],
        ["c", 0, "1"],
        ["e", 0, "3"],
        ["d", 0, "4"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    {},
  ],
  [
    "an acknowledged record behind two later ones",
    {
      records: [
        ["c", 0, "1"],
        ["e", 0, "3"],
        ["a", 0, "4"],
        ["d", 0, "5"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    { order: false, misplaced: ["a"], moved: 1 },
  ],
  [
    "records swapped whose sends overlapped",
    {
      sends: base.sends.map((send): Sent => (send[0] === "c" ? ["c", "cold", 150, 451, "ok", 0, "1"] : send)),
      records: [
        ["a", 0, "0"],
        ["d", 0, "2"],
        ["e", 0, "3"],
        ["c", 0, "4"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    { moved: 1 },
  ],
  [
    "records swapped, the one begun as the other returned",
    {
      sends: base.sends.map((send): Sent => (send[0] === "c" ? ["c", "cold", 150, 450, "ok", 0, "1"] : send)),
      records: [
        ["a", 0, "0"],
        ["e", 0, "3"],
        ["c", 0, "4"],
        ["d", 0, "5"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    },
    { moved: 1 },
  ],
  [
    "a duplicate behind later records",
    { records: [...base.records.slice(0, 4), ["a", 0, "4"], ...base.records.slice(4)] },
    { copies: 1 },
  ],
  [
    "a stray duplicate in another partition, read before the acknowledged one",
    { records: [...base.records.slice(0, 4), ["b", 0, "4"], ...base.records.slice(4)] },
    { copies: 1 },
  ],
  [
    "a stray duplicate in another partition, and the acknowledged one out of order",
    { records: [...base.records.slice(0, 4), ["b", 0, "4"], ["g", 1, "1"], ["b", 1, "2"]] },
    { order: false, misplaced: ["b"], copies: 1, moved: 1 },
  ],
  ["records not handed over in the order of the log", { records: [...base.records].reverse() }, {}],
  [
    "partitions interleaved",
    {
      records: [
        ["a", 0, "0"],
        ["b", 1, "0"],
        ["c", 0, "1"],
        ["d", 0, "2"],
        ["g", 1, "1"],
        ["e", 0, "3"],
      ],
    },
    {},
  ],
  ["nothing sent", { sends: [], records: [] }, { unknownFound: 0 }],
  [
    "nothing acknowledged, and no readback",
    { sends: [["d", "warm", 200, 300, "info"]], readbackAtMs: null },
    { unknownFound: 0 },
  ],
];

for (const [what, change, expected] of cases) {
  test(`noLostWrites(), noPhantomWrites(), duplicates() and order() judge a history with ${what}`, () => {
    const given = history({ ...base, ...change });
    const [lostWrites, phantomWrites, doubled, ordered] = [
      noLostWrites(given),
      noPhantomWrites(given),
      duplicates(given),
      order(given),
    ];
    assert.equal(
      {
        noLostWrites: lostWrites.verdict,
        noPhantomWrites: phantomWrites.verdict,
        duplicates: doubled.verdict,
        order: ordered.verdict,
        lost: lostWrites.verdict === false ? lostWrites.facts.examples.map(({ value }) => value) : [],
        undecided: lostWrites.facts.undecided,
        doubts: lostWrites.facts.doubts,
        moved: lostWrites.facts.moved,
        copies: doubled.facts.copies,
        present: phantomWrites.facts.examples.map(({ value }) => value),
        misplaced: ordered.facts.examples.map(({ value }) => value),
        unknownFound: lostWrites.facts.unknownFound,
        foreign: check(given).counts.foreign,
      },
      {
        noLostWrites: true,
        noPhantomWrites: true,
        duplicates: true,
        order: true,
        lost: [],
        undecided: 0,
        doubts: {},
        moved: 0,
        copies: 0,
        present: [],
        misplaced: [],
        unknownFound: 1,
        foreign: 0,
        ...expected,
      },
    );
    const { acknowledged, kept, lost, undecided } = lostWrites.facts;
    assert.is(kept + lost + undecided, acknowledged, "every acknowledged send is kept, lost or undecided");
    assert.is(lost, expected.lost?.length ?? 0);
    assert.is(phantomWrites.facts.present, expected.present?.length ?? 0);
    assert.is(
      phantomWrites.facts.absent + phantomWrites.facts.present + phantomWrites.facts.undecided,
      phantomWrites.facts.failed,
    );
    assert.is(ordered.facts.outOfOrder, expected.misplaced?.length ?? 0);
    for (const { summary } of [lostWrites, phantomWrites, doubled, ordered])
      assert.match(summary, /^[A-Z0-9].*\.$/);
  });
}

test("noLostWrites() shows a lost record with where to look", () => {
  const { summary, facts } = noLostWrites(history({ ...base, ...without("c") }));
  assert.equal(facts.examples, [
    {
      line: 5,
      client: "cold",
      value: "c",
      topic: "orders",
      partition: 0,
      offset: "1",
      broker: 2,
      atMs: 150,
      endedAtMs: 160,
    },
  ]);
  assert.is(
    summary,
    "1 of 5 acknowledged records is lost, the first at orders-0 offset 1, sent by cold at 150 ms.",
  );
});

test("noLostWrites() shows as many examples as asked and counts all", () => {
  for (const examples of [0, 1, 3, 9]) {
    const { facts, summary } = noLostWrites(history({ ...base, records: [] }), { examples });
    assert.is(facts.examples.length, Math.min(examples, 5));
    assert.is(facts.lost, 5);
    assert.match(summary, "5 of 5 acknowledged records are lost, the first at orders-0 offset 0");
  }
});

test("noLostWrites() tells apart unknown sends that were found and not found", () => {
  const { unknownFound, unknownNotFound, acknowledged } = noLostWrites(history(base)).facts;
  assert.equal(
    { unknownFound, unknownNotFound, acknowledged },
    { unknownFound: 1, unknownNotFound: 1, acknowledged: 5 },
  );
});

test("noLostWrites() rests on the last readback of each topic", () => {
  const later: HistoryEvent = {
    kind: "readback",
    atMs: 2000,
    tookMs: 1,
    client: "reader",
    topic: "orders",
    partitions: base.rows,
    records: dropped("a").map(asRecord),
  };
  const other: HistoryEvent = { ...later, atMs: 3000, topic: "payments", records: [] };
  assert.is(noLostWrites([...history(base), later]).facts.lost, 1);
  assert.is(
    noLostWrites([
      ...history({ ...base, ...without("a") }),
      { ...later, records: base.records.map(asRecord) },
    ]).verdict,
    true,
  );
  assert.is(noLostWrites([...history(base), other]).verdict, true);
});

test("noLostWrites() judges one topic or one client where asked", () => {
  const payments = base.sends.map((send) => ({ ...asSend(send), topic: "payments" }));
  const both = [...history({ ...base, ...without("c") }), ...payments];
  assert.is(noLostWrites(both, { topic: "payments" }).verdict, "unknown");
  assert.is(noLostWrites(both, { topic: "orders" }).facts.acknowledged, 5);
  assert.is(noLostWrites(both).facts.acknowledged, 10);
  assert.is(noLostWrites(both, { topic: "orders", client: "warm" }).verdict, true);
  assert.is(noLostWrites(both, { topic: "orders", client: "cold" }).verdict, false);
});

test("duplicates() shows every place of a value, and whose it is", () => {
  const { facts } = duplicates(
    history({ ...base, records: [...base.records, ["b", 1, "2"], ["b", 0, "4"]], idempotent: ["warm"] }),
  );
  assert.equal([facts.values, facts.copies, facts.idempotentCopies, facts.clients], [1, 2, 2, { warm: 2 }]);
  assert.equal(
    facts.examples.map(({ value, places }) => [value, places]),
    [
      [
        "b",
        [
          { partition: 1, offset: "0" },
          { partition: 1, offset: "2" },
          { partition: 0, offset: "4" },
        ],
      ],
    ],
  );
});

test(
  "duplicates() shows the places of a value in the order of the log, also where the acknowledged one is " +
    "the last",
  () => {
    const { facts } = duplicates(
      history({ ...base, records: [["a", 0, "0"], ["e", 0, "2"], ["e", 0, "3"], ...base.records.slice(4)] }),
    );
    assert.equal(
      facts.examples.map(({ value, places }) => [value, places]),
      [
        [
          "e",
          [
            { partition: 0, offset: "2" },
            { partition: 0, offset: "3" },
          ],
        ],
      ],
    );
  },
);

test("placesIn() finds the record at a place, whatever holes the offsets have", () => {
  const offsets = ["3", "4", "5", "9", "10", "11", "200", "9007199254740993", "9007199254740995"];
  const find = placesIn([
    ...offsets.map((offset) => asRecord([`v${offset}`, 0, offset])),
    asRecord(["x", 4, "9"]),
  ]);
  assert.equal(
    offsets.map((offset) => find(0, offset)),
    [...offsets.keys()],
  );
  assert.is(find(4, "9"), 9);
  for (const missing of [
    "0",
    "2",
    "6",
    "8",
    "12",
    "199",
    "201",
    "9007199254740994",
    "9007199254740996",
    "-1",
    "x",
  ])
    assert.is(find(0, missing), -1, missing);
  assert.equal([find(1, "3"), find(4, "3"), find(4, "10"), placesIn([])(0, "0")], [-1, -1, -1, -1]);
});

test("duplicates() takes the last settings of a client", () => {
  const events = history({ ...base, records: [...base.records, ["b", 1, "2"]], idempotent: ["warm"] });
  assert.is(
    duplicates([...events, { kind: "client", atMs: 9, client: "warm", settings: { idempotent: false } }])
      .verdict,
    true,
  );
});

test("order() shows the record that it stands behind", () => {
  const { facts, summary } = order(
    history({
      ...base,
      records: [
        ["a", 0, "0"],
        ["e", 0, "1"],
        ["d", 0, "2"],
        ["c", 0, "3"],
        ["b", 1, "0"],
        ["g", 1, "1"],
      ],
    }),
  );
  assert.equal(facts.partitions, { "orders-0": 1 });
  assert.equal(
    facts.examples.map(({ value, offset, foundOffset, behind }) => [
      value,
      offset,
      foundOffset,
      behind.value,
      behind.offset,
      behind.foundOffset,
    ]),
    [["c", "1", "3", "e", "3", "1"]],
  );
  assert.is(
    summary,
    "1 of 5 acknowledged records stands out of order; offset 3 was acknowledged 440 ms before offset " +
      "1 was sent.",
  );
});

test("mergeVerdicts() lets false beat unknown and unknown beat true", () => {
  const table: [Verdict[], Verdict][] = [
    [[], true],
    [[true, true], true],
    [[true, "unknown"], "unknown"],
    [["unknown", true], "unknown"],
    [["unknown", false], false],
    [[false, "unknown", true], false],
    [[true, false], false],
  ];
  for (const [verdicts, merged] of table)
    assert.is(mergeVerdicts(verdicts), merged, JSON.stringify(verdicts));
});

test("check() counts every send and record, whatever was asked for", () => {
  const judgement = check(
    history({ ...base, records: [...dropped("c"), ["b", 1, "2"], ["f", 1, "3"], ["z", 1, "4"]] }),
    { checks: ["duplicates"] },
  );
  assert.is(judgement.verdict, true);
  assert.equal(
    judgement.checks.map(({ checker }) => checker),
    ["duplicates"],
  );
  assert.equal(judgement.counts, {
    sent: 8,
    acknowledged: 5,
    failed: 1,
    unknown: 2,
    underWay: 0,
    unknownFound: 1,
    lost: 1,
    undecided: 0,
    duplicates: 1,
    failedButPresent: 1,
    outOfOrder: 0,
    foreign: 1,
  });
  assert.equal(
    judgement.clients.map(({ client, sent, acknowledged, failed, unknown }) => [
      client,
      sent,
      acknowledged,
      failed,
      unknown,
    ]),
    [
      ["warm", 5, 3, 1, 1],
      ["cold", 3, 2, 0, 1],
    ],
  );
});

test("check() merges the verdicts that were asked for", () => {
  const lossy = history({ ...base, ...without("c") });
  assert.equal(
    check(lossy).checks.map(({ checker, verdict }) => [checker, verdict]),
    [
      ["noLostWrites", false],
      ["noPhantomWrites", true],
      ["duplicates", true],
      ["order", true],
      ["availability", true],
    ],
  );
  assert.is(check(lossy).verdict, false);
  assert.is(check(lossy, { checks: ["noPhantomWrites", "order"] }).verdict, true);
  assert.is(check(lossy, { checks: ["progress", "noPhantomWrites"] }).verdict, "unknown");
  assert.is(check(lossy, { client: "warm" }).verdict, true);
});

test("check() asks for a checker whose limit is given", () => {
  assert.equal(
    check(history(base), { checks: ["noLostWrites"], gapLimit: "1ms" }).checks.map(({ checker, verdict }) => [
      checker,
      verdict,
    ]),
    [
      ["noLostWrites", true],
      ["availability", false],
    ],
  );
  assert.equal(
    check(history(base), { checks: ["noLostWrites"], recoveryLimit: "1s" }).checks.map(
      ({ checker, verdict }) => [checker, verdict],
    ),
    [
      ["noLostWrites", true],
      ["recovery", "unknown"],
    ],
  );
});

test("check() rejects a checker that does not exist and a limit that is no duration", () => {
  assert.throws(
    () => check([], { checks: ["survival" as "noLostWrites"] }),
    refusal(TypeError, '"survival"', "noLostWrites", "noPhantomWrites"),
  );
  assert.throws(() => check([], { gapLimit: -1 }), refusal(RangeError));
});

test("check() leaves the history as it was", () => {
  const given = history({ ...base, records: [...base.records].reverse() });
  const before = JSON.stringify(given);
  check(given);
  assert.is(JSON.stringify(given), before);
});

const rowsOf = (change: Partial<Rows[number]>): Rows => [{ ...base.rows[0]!, ...change }, base.rows[1]!];

test("noLostWrites() says where it cannot judge, and why", () => {
  const { summary, facts } = noLostWrites(
    history({
      ...base,
      records: dropped("a", "c", "b"),
      rows: [
        { partition: 0, from: "1", to: "4", complete: true, compacted: [{ from: "1", to: "2" }] },
        { partition: 1, from: "0", to: "2", complete: false, reason: "UNREADABLE", error: "codec 7" },
      ],
    }),
  );
  assert.equal(
    facts.unjudged.map(({ detail: _, ...rest }) => rest),
    [
      {
        topic: "orders",
        partition: 0,
        doubt: "expired or deleted",
        sends: 1,
        firstOffset: "0",
        lastOffset: "0",
        reason: null,
      },
      {
        topic: "orders",
        partition: 1,
        doubt: "partition not read to its end",
        sends: 1,
        firstOffset: "0",
        lastOffset: "0",
        reason: "UNREADABLE",
      },
      {
        topic: "orders",
        partition: 0,
        doubt: "compacted",
        sends: 1,
        firstOffset: "1",
        lastOffset: "1",
        reason: null,
      },
    ],
  );
  for (const part of ["orders-0 offset 0", "log begins at offset 1", "orders-1 offset 0", "codec 7"])
    assert.ok(summary.includes(part), `${part} in ${summary}`);
});

test("order() and noPhantomWrites() name the reason of a partition that was not read", () => {
  const rows = rowsOf({ complete: false, reason: "NO_LEADER", error: "LEADER_NOT_AVAILABLE" });
  const judged = history({ ...base, rows });
  assert.match(order(judged).summary, "orders-0: LEADER_NOT_AVAILABLE");
  assert.match(noPhantomWrites(judged).summary, "LEADER_NOT_AVAILABLE");
});

const topicEvent = (atMs: number, id: string | null, before: string): HistoryEvent => ({
  kind: "topic",
  atMs,
  topic: "orders",
  id,
  before,
});

for (const [what, events, expected] of [
  ["made again", [topicEvent(400, "B", "A")], { verdict: false, lost: ["e", "g"], deleted: 3 }],
  ["deleted", [topicEvent(900, null, "A")], { verdict: "unknown", lost: [], deleted: 5 }],
  [
    "deleted and then made again",
    [topicEvent(300, null, "A"), topicEvent(400, "B", "A")],
    { verdict: false, lost: ["e", "g"], deleted: 3 },
  ],
  ["of another name deleted", [{ ...topicEvent(900, null, "A"), topic: "payments" }], { deleted: 0 }],
  [
    "not known to a broker for a moment",
    [topicEvent(300, null, "A"), topicEvent(400, "A", "A")],
    { verdict: false, deleted: 0 },
  ],
] as readonly [string, HistoryEvent[], { verdict?: Verdict; lost?: string[]; deleted: number }][])
  test(`noLostWrites() of a topic ${what} says what went with it`, () => {
    const { verdict, facts } = noLostWrites([...history({ ...base, records: [] }), ...events], {
      examples: 9,
    });
    assert.is(facts.doubts["topic deleted"] ?? 0, expected.deleted);
    if (expected.verdict !== undefined) assert.is(verdict, expected.verdict);
    if (expected.lost !== undefined)
      assert.equal(facts.lost === 0 ? [] : facts.examples.map(({ value }) => value), expected.lost);
  });
test("noLostWrites() of a topic made again keeps what is in it", () => {
  const { verdict, facts } = noLostWrites([
    ...history({ ...base, records: dropped("a", "b", "c") }),
    topicEvent(400, "B", "A"),
  ]);
  assert.equal([verdict, facts.kept, facts.undecided], ["unknown", 2, 3]);
});

test("check() counts records of other producers as foreign, whatever their values", () => {
  const others: ReadRecord[] = [
    { value: "", partition: 1, offset: "2", tombstone: true },
    { value: "f", partition: 1, offset: "3", foreign: true },
    { value: "a", partition: 1, offset: "4", foreign: true },
    { value: "of an application", partition: 1, offset: "5" },
  ];
  const rows = [base.rows[0]!, { ...base.rows[1]!, to: "6" }];
  const judged = history({ ...base, rows }).map((event) =>
    event.kind === "readback" ? { ...event, records: [...event.records, ...others] } : event,
  );
  const { verdict, counts } = check(judged);
  assert.is(verdict, true);
  assert.equal(
    [counts.foreign, counts.lost, counts.duplicates, counts.failedButPresent, counts.outOfOrder],
    [4, 0, 0, 0, 0],
  );
});
test("check() of one client does not count the others' records as foreign", () =>
  assert.is(check(history(base), { client: "cold" }).counts.foreign, 0));
test("check() counts the records of a topic to which nobody sent", () => {
  const payments: HistoryEvent = {
    kind: "readback",
    atMs: 1000,
    tookMs: 1,
    client: "reader",
    topic: "payments",
    partitions: base.rows,
    records: base.records.map(asRecord),
  };
  assert.is(check([...history(base), payments]).counts.foreign, 6);
  assert.is(check([...history(base), payments], { topic: "orders" }).counts.foreign, 0);
});
test("check() takes a record at its acknowledged place for the send's, whatever the clock said", () => {
  const judged = history(base).map((event) =>
    event.kind === "readback"
      ? { ...event, records: event.records.map((one) => ({ ...one, foreign: true as const })) }
      : event,
  );
  const { counts } = check(judged);
  assert.equal([counts.lost, counts.foreign, counts.unknownFound], [0, 1, 0]);
});

test("noLostWrites() names an open transaction beside its verdict", () => {
  const { verdict, summary, facts } = noLostWrites(
    history({ ...base, rows: rowsOf({ open: { from: "4", records: 2 } }) }),
  );
  assert.is(verdict, true);
  assert.equal(facts.openTransactions, [{ topic: "orders", partition: 0, from: "4", records: 2 }]);
  assert.match(summary, "orders-0 has an open transaction from offset 4 on");
});

test("noLostWrites() tells what expired from what was before the run", () => {
  const rows = rowsOf({ from: "1", logStart: "0" });
  const { facts } = noLostWrites(history({ ...base, records: dropped("a"), rows }));
  assert.equal([facts.lost, facts.doubts], [0, { "partition not read to its end": 1 }]);
  // a send without an offset was written in the run, so not there
  assert.is(noPhantomWrites(history({ ...base, rows: rowsOf({ from: "3", logStart: "0" }) })).verdict, true);
});

test.run();
