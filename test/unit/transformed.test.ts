// What stands in the output of a group that writes to another topic: right histories, and what changes where
// one record of the output does.

import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "@kafka-failure-lab/sdk";
import type { GroupOutputs, Semantics, Verdict } from "../../sdk/analysis/check/mod.ts";
import { check, transformedAll } from "../../sdk/analysis/check/mod.ts";
import type { HistoryEvent, ReadbackEvent } from "../../sdk/model/history.ts";
import { verdictLines } from "../../sdk/report/text/mod.ts";
import * as h from "./group-histories.ts";
import { doubtful, ofMember } from "./group-judged.ts";
import { ONCE, outputReadback, transforming, type Written } from "./transform-histories.ts";

const whole = (written: readonly Written[], isTransactional = true): HistoryEvent[] =>
  transforming(h.exactlyOnce(), outputReadback(written), { isTransactional });
const found = (
  history: readonly HistoryEvent[],
  semantics?: Semantics,
): GroupOutputs & { verdict: Verdict } => {
  const { verdict, facts } = transformedAll(history, semantics === undefined ? {} : { semantics });
  return { ...facts.groups[0]!, verdict };
};
const without = (partition: number, n: number): Written[] =>
  ONCE.filter((one) => one.partition !== partition || one.n !== n);
const swapped = (i: number): Written[] => ONCE.with(i, ONCE[i + 1]!).with(i + 1, ONCE[i]!);

for (const isTransactional of [true, false])
  test(`each output once is exactly-once, ${isTransactional ? "with" : "without"} transactions`, () => {
    const history = whole(ONCE, isTransactional);
    assert.equal(doubtful(history), {});
    const { claimed, semantics, records, committed, uncommitted } = found(history);
    assert.equal(
      [claimed, semantics, records],
      [isTransactional ? "exactly-once" : "at-least-once", "exactly-once", 20],
    );
    assert.equal(committed, { once: 20, several: 0, most: 1, none: 0 });
    assert.equal(uncommitted, committed);
  });

const SUM = "… sha256:0123456789abcdef";

/** One change each of a right output, and what is then found. */
const MUTATIONS: readonly (readonly [
  what: string,
  history: readonly HistoryEvent[],
  expected: Partial<GroupOutputs> & { verdict: Verdict },
])[] = [
  [
    "an output is dropped",
    whole(without(0, 3)),
    { verdict: false, semantics: "at-most-once", never: 1, undecided: 0 },
  ],
  [
    "an output is dropped, without transactions",
    whole(without(1, 9), false),
    { verdict: false, semantics: "at-most-once", never: 1 },
  ],
  [
    "an output is doubled",
    whole([...ONCE, { partition: 1, n: 4 }]),
    { verdict: false, semantics: "at-least-once" },
  ],
  [
    "an output is doubled, without transactions",
    whole([...ONCE, { partition: 1, n: 4 }], false),
    { verdict: true, semantics: "at-least-once" },
  ],
  [
    "one is dropped and another doubled",
    whole([...without(0, 3), { partition: 1, n: 4 }]),
    { verdict: false, semantics: "none" },
  ],
  [
    "two outputs are swapped",
    whole(swapped(2)),
    { verdict: false, semantics: "exactly-once", outOfOrder: 1 },
  ],
  ["the outputs of two partitions are swapped", whole(swapped(4)), { verdict: true, outOfOrder: 0 }],
  [
    "outputs stand in several partitions",
    whole(swapped(2).map((one, i) => (i === 2 ? { ...one, at: { partition: 1, offset: 0 } } : one))),
    { verdict: true, outOfOrder: 0 },
  ],
  [
    "an aborted output is not visible",
    whole([...ONCE, { partition: 0, n: 3, transaction: "aborted" }]),
    { verdict: true, semantics: "exactly-once", uncommitted: { once: 19, several: 1, most: 2, none: 0 } },
  ],
  [
    "an aborted output is visible",
    whole([...ONCE, { partition: 0, n: 3, value: "orders-0@3 probe-0-3" }]),
    { verdict: false, semantics: "at-least-once" },
  ],
  [
    "the only output was aborted",
    whole(ONCE.map((one, i) => (i === 3 ? { ...one, transaction: "aborted" as const } : one))),
    {
      verdict: false,
      never: 1,
      committed: { once: 19, several: 0, most: 1, none: 1 },
      uncommitted: { once: 20, several: 0, most: 1, none: 0 },
    },
  ],
  [
    "a stranger's record names an offset that never was",
    whole([...ONCE, { partition: 0, n: 0, value: "orders-0@77 nobody" }]),
    { verdict: false, neverInput: 1, semantics: "exactly-once" },
  ],
  [
    "a stranger's record names a partition that never was",
    whole([...ONCE, { partition: 0, n: 0, value: "orders-7@0 nobody" }]),
    { verdict: false, neverInput: 1 },
  ],
  [
    "an output has another value than its input",
    whole([...without(0, 3), { partition: 0, n: 3, value: "orders-0@3 changed" }]),
    { verdict: false, neverInput: 1, never: 1 },
  ],
  [
    "a record of another producer names no input record",
    whole([...ONCE, { partition: 0, n: 0, value: "hello" }, { partition: 0, n: 0, value: "other-0@1 a" }]),
    { verdict: true, neverInput: 0, foreign: 2 },
  ],
  [
    "a stranger's record, where the input was not read to its end",
    h.mutated(
      whole([...ONCE, { partition: 0, n: 0, value: "orders-0@77 nobody" }]),
      "readback",
      ({ topic }) => topic === h.TOPIC,
      (event) => [{ ...event, partitions: event.partitions.map((row) => ({ ...row, complete: false })) }],
    ),
    { verdict: "unknown", neverInput: 0, undecidedInput: 1 },
  ],
  [
    "the output was not read back",
    transforming(h.exactlyOnce(), null),
    { verdict: "unknown", semantics: "unknown" },
  ],
  [
    "the output was not read to its end, and all is there",
    transforming(h.exactlyOnce(), outputReadback(ONCE, { complete: false })),
    { verdict: "unknown", semantics: "unknown", outputDoubts: ["the output was not read to its end"] },
  ],
  [
    "the output was not read to its end, and one is missing",
    transforming(h.exactlyOnce(), outputReadback(without(0, 3), { complete: false })),
    { verdict: "unknown", never: 0, undecided: 1 },
  ],
  [
    "the output was not read to its end, and one is doubled",
    transforming(h.exactlyOnce(), outputReadback([...ONCE, { partition: 0, n: 3 }], { complete: false })),
    { verdict: false },
  ],
  [
    "a transaction is open at the end",
    whole([...ONCE, { partition: 0, n: 3, transaction: "open" }]),
    { verdict: "unknown", semantics: "unknown", outputDoubts: ["transactions are open at the end"] },
  ],
  [
    "the output's beginning has expired",
    transforming(h.exactlyOnce(), outputReadback(without(0, 0), { from: "1" })),
    { verdict: "unknown", never: 0, undecided: 1 },
  ],
  [
    "the output was compacted",
    transforming(h.exactlyOnce(), outputReadback(without(0, 0), { compacted: [{ from: "0", to: "1" }] })),
    { verdict: "unknown", never: 0, undecided: 1 },
  ],
  [
    "the readback does not have the aborted records",
    transforming(h.exactlyOnce(), outputReadback(ONCE, { aborted: 3 })),
    { verdict: true, uncommitted: null },
  ],
  [
    "a batch was given, neither written nor committed",
    h.mutated(
      h.mutated(
        whole(ONCE.filter(({ partition, n }) => partition === 0 || n < h.BATCH)),
        "processed",
        ofMember(2, 1, 2100),
        () => [],
      ),
      "commit",
      ofMember(2, 1, 2160),
      () => [],
    ),
    { verdict: "unknown", never: 0, undecided: 5, semantics: "unknown" },
  ],
  [
    "a record was acknowledged after the group had left",
    h.inTime([
      ...whole(ONCE).filter((event) => event.kind !== "readback" || event.topic !== h.TOPIC),
      h.send(0, 10, { atMs: 3500 }),
      h.readback([...h.SENDS, h.send(0, 10)]),
    ]),
    { verdict: true, afterEnd: 1, records: 20 },
  ],
  [
    "an acknowledged record is gone from the input, and was not given",
    whole(without(0, 3)).map((event) => {
      if (event.kind === "readback" && event.topic === h.TOPIC)
        return { ...event, records: event.records.filter(({ value }) => value !== "probe-0-3") };
      if (event.kind === "delivered" && event.partition === 0)
        return { ...event, records: event.records.filter(({ offset }) => offset !== "3") };
      if (event.kind === "processed" && event.partition === 0)
        return { ...event, offsets: event.offsets.filter((offset) => offset !== "3") };
      return event;
    }),
    { verdict: false, never: 1, lostInLog: 1 },
  ],
  [
    "a long output is kept as its beginning and a sum",
    whole([...without(0, 3), { partition: 0, n: 3, value: `orders-0@3 probe-0${SUM}` }], false),
    { verdict: false, outOfOrder: 1, neverInput: 0, never: 0 },
  ],
  [
    "a long output begins with another value than its input",
    whole([...without(0, 3), { partition: 0, n: 3, value: `orders-0@3 else${SUM}` }]),
    { verdict: false, neverInput: 1, never: 1 },
  ],
  [
    "a long output whose beginning does not name its input",
    whole([...without(0, 3), { partition: 0, n: 3, value: `a-topic-with-a-long-name-0@123${SUM}` }]),
    { verdict: "unknown", never: 0, undecided: 1, foreign: 0 },
  ],
  [
    "another group writes the same",
    h.inTime([
      ...whole([...ONCE, ...ONCE]),
      ...whole(ONCE).flatMap((event) => (event.kind === "produced" ? [{ ...event, group: "other" }] : [])),
    ]),
    { verdict: "unknown", outputDoubts: ["another group writes the same"] },
  ],
];

for (const [what, history, expected] of MUTATIONS)
  test(`${what}: ${String(expected.verdict)}`, () => {
    const outputs = found(history);
    const seen = Object.fromEntries(
      Object.keys(expected).map((name) => [name, outputs[name as keyof typeof outputs]]),
    );
    assert.equal(seen, expected);
    assert.is(
      check(history).checks.find(({ checker }) => checker === "transformedAll")?.verdict,
      expected.verdict,
    );
  });

test("a take-over without transactions doubles what was written and not committed", () => {
  const again = [5, 6].map((n) => ({ partition: 0, n }));
  const written = [...without(0, 7).filter(({ partition, n }) => partition === 1 || n < 7), ...again];
  const rest = [7, 8, 9].map((n) => ({ partition: 0, n }));
  const history = transforming(h.takenOver(), outputReadback([...written, ...rest]), {
    isTransactional: false,
  });
  const { semantics, committed, outOfOrder, examples } = found(history);
  assert.equal([semantics, committed.several, committed.most, outOfOrder], ["at-least-once", 2, 2, 0]);
  assert.equal(
    examples.map(({ offset, times, outputs }) => [offset, times, outputs.length]),
    [
      ["5", 2, 2],
      ["6", 2, 2],
    ],
  );
  assert.is(found(history, "exactly-once").verdict, false);
  assert.is(found(history, "at-most-once").verdict, false);
});

test("what at-most-once and at-least-once allow", () => {
  assert.is(found(whole(without(0, 3)), "at-most-once").verdict, true);
  assert.is(found(whole([...ONCE, ONCE[0]!]), "at-least-once").verdict, true);
  assert.is(found(whole(without(0, 3)), "at-least-once").verdict, false);
  assert.is(found(whole([...ONCE, ONCE[0]!]), "at-most-once").verdict, false);
});

test("a history in which nobody writes has no finding; asked for, it is unknown", () => {
  assert.is(transformedAll(h.exactlyOnce()).verdict, "unknown");
  assert.not(check(h.exactlyOnce()).checks.some(({ checker }) => checker === "transformedAll"));
});

test("the headline and the lines name the guarantee of the output, and where to look", () => {
  const doubled = verdictLines(check(whole([...ONCE, { partition: 1, n: 4 }])));
  assert.match(
    doubled[0]!,
    /; billing to invoices at-least-once as measured: 1 written more than once, 0 never$/,
  );
  assert.match(
    doubled.join("\n"),
    /orders-1 offset 4: probe-1-4, output at invoices-0 offset 9, invoices-0 offset 20/,
  );
  const stranger = verdictLines(check(whole([...ONCE, { partition: 0, n: 0, value: "orders-0@77 nobody" }])));
  assert.match(stranger.join("\n"), /invoices-0 offset 20 was made of orders-0@77, which never was: nobody/);
});

test("wrong options are refused by the face", () => {
  const history = whole(ONCE);
  assert.throws(() => face.transformedAll(history, { semantics: "twice" as "exactly-once" }), TypeError);
  assert.throws(() => face.transformedAll(history, { client: "probe" } as object), TypeError);
  assert.is(face.transformedAll(history, { group: h.GROUP, topic: h.TOPIC }).verdict, true);
});

/** A generator of whole numbers below `n`, the same for a seed. */
function numbers(seed: number): (n: number) => number {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state % n;
  };
}

test("transformedAll() agrees with its definition on 400 random outputs", () => {
  const met: Record<string, number> = {};
  for (let seed = 0; seed < 400; seed++) {
    const next = numbers(seed);
    const written = ONCE.flatMap((one): Written[] => {
      const copies = next(8) === 0 ? 0 : next(6) === 0 ? 2 : 1;
      return h.range(0, copies).map(() => (next(10) === 0 ? { ...one, transaction: "aborted" } : one));
    });
    for (let swaps = next(3); swaps > 0; swaps--) {
      const [a, b] = [next(written.length), next(written.length)];
      [written[a], written[b]] = [written[b]!, written[a]!];
    }
    const readback: ReadbackEvent = outputReadback(written);
    const tally = found(transforming(h.exactlyOnce(), readback));
    const visible = readback.records.map(({ value }) => value);
    const all = [...visible, ...(readback.uncommitted ?? []).map(({ value }) => value)];
    const timesIn = (values: readonly string[]): number[] =>
      ONCE.map(
        ({ partition, n }) =>
          values.filter((one) => one === `orders-${partition}@${n} probe-${partition}-${n}`).length,
      );
    const counts = (times: readonly number[]): object => ({
      once: times.filter((n) => n === 1).length,
      several: times.filter((n) => n > 1).length,
      most: Math.max(...times),
      none: times.filter((n) => n === 0).length,
    });
    const late = ONCE.filter(({ partition, n }) => {
      const first = visible.indexOf(`orders-${partition}@${n} probe-${partition}-${n}`);
      return h.range(n + 1, h.RECORDS).some((later) => {
        const other = visible.indexOf(`orders-${partition}@${later} probe-${partition}-${later}`);
        return first >= 0 && other >= 0 && other < first;
      });
    }).length;
    assert.equal(
      [tally.committed, tally.uncommitted, tally.outOfOrder],
      [counts(timesIn(visible)), counts(timesIn(all)), late],
      `seed ${seed}`,
    );
    assert.is(tally.never, tally.committed.none);
    for (const [name, n] of Object.entries({ late, never: tally.never, several: tally.committed.several }))
      met[name] = (met[name] ?? 0) + Number(n > 0);
  }
  assert.ok(
    Object.values(met).every((n) => n > 50),
    JSON.stringify(met),
  );
});

test.run();
