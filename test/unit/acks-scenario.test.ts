// What scenario 16 expects and measures of a cell, on histories made by hand.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ClientPrediction, History, HistoryEvent } from "@kafka-failure-lab/sdk";
import type { Cell } from "../../scripts/acks/cells.ts";
import {
  cellWords,
  type Expected,
  expectedOf,
  expectedTable,
  isFirstBack,
} from "../../scripts/acks/expected.ts";
import { lossesOf, lossFigures, lossTable } from "../../scripts/acks/losses.ts";
import { measuredOf, outcomeFigures } from "../../scripts/acks/measured.ts";

const cellOf = (producer: string, acks: Cell["acks"], minIsr: number): Cell =>
  ({ name: `${producer}, min ${minIsr}`, producer, acks, topic: `min-${minIsr}`, minIsr }) as Cell;
const predicted = (given: Partial<ClientPrediction>): ClientPrediction =>
  ({ served: 1, lost: "no", reasons: [], sentence: "", ...given }) as ClientPrediction;
const sent = (client: string, number: number, atMs: number, outcome: "ok" | "info" = "ok"): HistoryEvent =>
  ({
    ...{ kind: "send", atMs, tookMs: 5, client, topic: "min-2", value: `${client}-${number}`, outcome },
    ...{ attempts: [], ...(outcome === "ok" && { partition: 0, offset: String(number) }) },
  }) as HistoryEvent;
const arrived = (client: string, number: number, stampMs: number): HistoryEvent => ({
  ...{ kind: "arrivals", atMs: stampMs + 10, watch: "watch-1", topic: "min-2" },
  records: [
    {
      ...{ partition: 0, offset: String(number), value: `${client}-${number}` },
      ...{ notBeforeMs: stampMs, atMs: stampMs + 10, stampMs },
    },
  ],
});

const one = cellOf("acks 1", 1, 2);
const none = cellOf("acks 0", 0, 2);

test("expectedOf() reads a prediction: what is acknowledged, and what consumers see of it", () => {
  const read = (cell: Cell, given: Partial<ClientPrediction>): [boolean, boolean] => {
    const { acknowledged, visible } = expectedOf(cell, predicted(given));
    return [acknowledged, visible];
  };
  assert.equal(read(one, {}), [true, true]);
  assert.equal(read(one, { visible: 0 }), [true, false]);
  assert.equal(read(one, { served: 0 }), [false, false]);
  assert.equal(read(none, { served: 0 }), [false, true], "nobody answers, and the leader appends");
  assert.equal(read(none, { served: 0, visible: 0 }), [false, false]);
});
test("isFirstBack() is where a replica that is not in sync stays eligible", () => {
  assert.ok(isFirstBack({ prediction: predicted({ reasons: ["no quorum", "eligible replica"] }) }));
  assert.not.ok(isFirstBack({ prediction: predicted({ reasons: ["no quorum", "no replica"] }) }));
});
test("cellWords() says that acks=0 is refused by nobody", () => {
  const nothing = { acknowledged: false, visible: false };
  assert.equal([cellWords(one, nothing), cellWords(none, nothing)], ["refused", "no answer, not visible"]);
});

const expected: Expected = expectedOf(one, predicted({ visible: 0 }));

test("measuredOf() counts what was sent from a moment on, and of it what was seen", () => {
  const history: History = [
    sent(one.name, 1, 90),
    arrived(one.name, 1, 90),
    sent(one.name, 2, 110),
    sent(one.name, 3, 120, "info"),
    sent("acks 1, min 20", 4, 130),
    arrived("acks 1, min 20", 4, 130),
  ];
  const { acknowledged, visible, isAsExpected } = measuredOf(history, expected, 100);
  assert.equal([acknowledged, visible, isAsExpected], [1, 0, true]);
  const seen = measuredOf([...history, arrived(one.name, 2, 110)], expected, 100);
  assert.equal([seen.visible, seen.isAsExpected], [1, false]);
  assert.is(measuredOf([], expected, 100).isAsExpected, false, "nothing was acknowledged");
});
test("measuredOf() sees the record of a send that is tried on and on, which is no event yet", () => {
  const all = expectedOf(cellOf("acks all", "all", 2), predicted({ served: 0 }));
  const outcome = measuredOf([arrived("acks all, min 2", 7, 200)], all, 100);
  assert.equal([outcome.visible, outcome.isAsExpected], [1, false]);
  assert.equal(Object.values(outcomeFigures([outcome], "one away")), [{ value: "no answer, visible" }]);
});
test("lossesOf() holds a cell to who may lead and to what may be lost", () => {
  const readback: HistoryEvent = {
    ...{ kind: "readback", atMs: 900, tookMs: 5, client: "readback", topic: "min-2" },
    partitions: [{ partition: 0, from: "0", to: "2", complete: true }],
    records: [{ partition: 0, offset: "1", value: `${one.name}-1` }],
  } as unknown as HistoryEvent;
  const history: History = [sent(one.name, 1, 100), sent(one.name, 2, 110), readback];
  const of = (given: Partial<ClientPrediction>, leader: number | null) =>
    lossesOf(history, [expectedOf(one, predicted(given))], new Map([["min-2", leader]]))[0]!;
  const eligible = { lost: "possible", reasons: ["eligible replica"] } as const;
  const found = of(eligible, 2);
  assert.equal([found.acknowledged, found.lost, found.isLed, found.isAsExpected], [2, 1, true, true]);
  assert.is(of(eligible, null).isAsExpected, false, "nobody led");
  assert.is(of({}, null).isAsExpected, false, "a loss that was not predicted");
  assert.equal(lossFigures([found]), {
    "acks 1, min 2: a follower led before the leader was back": { value: true },
    "acks 1, min 2: loses acknowledged records": { value: true },
  });
});
test("lossesOf() tells what kafkajs lost of acks=all by itself from what Kafka lost", () => {
  const cell = cellOf("acks all, idempotent", "all", 2);
  const of = (...records: [offset: number, number: number][]) => {
    const readback = {
      ...{ kind: "readback", atMs: 900, tookMs: 5, client: "readback", topic: "min-2" },
      partitions: [{ partition: 0, from: "0", to: "9", complete: true }],
      records: records.map(([offset, number]) => ({
        ...{ partition: 0, offset: String(offset), value: `${cell.name}-${number}` },
      })),
    } as unknown as HistoryEvent;
    const history: History = [sent(cell.name, 1, 100), sent(cell.name, 2, 110), readback];
    const prediction = predicted({ lost: "possible" });
    return lossesOf(history, [expectedOf(cell, prediction)], new Map([["min-2", null]]))[0]!;
  };
  // the first record is at the second one's offset, and was written again
  const own = of([2, 1], [5, 1]);
  assert.equal([own.lost, own.misnumbered, own.isAsExpected], [1, 1, true]);
  assert.match(lossTable([own]).text.join("\n"), /1 by kafkajs/);
  const cut = of([1, 1]);
  assert.equal([cut.lost, cut.misnumbered, cut.isAsExpected], [1, 0, false]);
});
test("expectedTable() has a row for each producer and a column for each topic", () => {
  const all = [1, 2, 3].flatMap((minIsr) =>
    [
      ["acks 0", 0],
      ["acks 1", 1],
      ["acks all", "all"],
      ["acks all, idempotent", "all"],
    ].map(([producer, acks]) =>
      expectedOf(
        cellOf(producer as string, acks as Cell["acks"], minIsr),
        predicted({ served: minIsr < 3 ? 1 : 0 }),
      ),
    ),
  );
  assert.is(expectedTable(all).text.length, 5);
});
test.run();
