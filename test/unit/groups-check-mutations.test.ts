// Right histories of a group, in each of which one thing is changed, and which verdicts that turns.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { GroupCheckOptions, Verdict } from "../../sdk/analysis/check/mod.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import * as h from "./group-histories.ts";
import { doubtful, ofMember, withAborted } from "./group-judged.ts";

/** One change each of a right history, and which verdicts it turns. */
const MUTATIONS: readonly (readonly [
  what: string,
  history: readonly HistoryEvent[],
  doubtful: Record<string, Verdict>,
  options?: GroupCheckOptions,
])[] = [
  [
    "a processed batch is dropped",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []),
    { processedAll: false, skipped: false },
  ],
  [
    "the last processed batch is dropped, and committed",
    h.mutated(h.exactlyOnce(), "processed", ofMember(2, 1, 2100), () => []),
    { processedAll: false, skipped: false },
  ],
  [
    "one record of a batch is dropped",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [
      { ...event, offsets: event.offsets.filter((offset) => offset !== "2") },
    ]),
    { processedAll: false, skipped: false },
  ],
  [
    "a processed batch is there twice",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [event, event]),
    { processedAll: false },
    { semantics: "exactly-once" },
  ],
  [
    "two offsets are swapped",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [
      { ...event, offsets: ["0", "2", "1", "3", "4"] },
    ]),
    { processingOrder: false },
  ],
  [
    "the second batch is processed first",
    h.inTime(
      h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [{ ...event, atMs: 2500 }]),
    ),
    { processingOrder: false },
  ],
  [
    "a commit goes back",
    h.mutated(h.exactlyOnce(), "commit", ofMember(1, 0, 2160), (event) => [
      { ...event, offsets: [{ topic: h.TOPIC, partition: 0, offset: "4" }] },
    ]),
    { commitsForward: false },
  ],
  [
    "a commit goes back with unknown outcome",
    h.mutated(h.exactlyOnce(), "commit", ofMember(1, 0, 2160), (event) => [
      { ...event, offsets: [{ topic: h.TOPIC, partition: 0, offset: "4" }], error: "TIMEOUT" },
    ]),
    { commitsForward: "unknown" },
  ],
  [
    "a value is processed that nobody sent",
    h.mutated(h.exactlyOnce(), "delivered", ofMember(1, 0, 1600), (event) => [
      {
        ...event,
        records: event.records.map((one) => (one.offset === "3" ? { ...one, value: "nobody" } : one)),
      },
    ]),
    { processedAll: false, processedOnlySent: false, skipped: false },
  ],
  [
    "an offset is processed at which nothing stands",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 2100), (event) => [
      { ...event, offsets: ["5", "6", "7", "8", "9", "10"] },
    ]),
    { processedOnlySent: false },
  ],
  [
    "a member still has the last batch at the end, and committed it before",
    h
      .mutated(h.exactlyOnce(), "processed", ofMember(2, 1, 2100), () => [])
      .filter((event) => !(event.kind === "member" && event.member === "billing.2" && event.atMs > 2000)),
    { processedAll: "unknown", groupProgress: "unknown" },
  ],
  [
    "the last batch was given, neither processed nor committed",
    h.mutated(
      h.mutated(h.exactlyOnce(), "processed", ofMember(2, 1, 2100), () => []),
      "commit",
      ofMember(2, 1, 2160),
      () => [],
    ),
    { processedAll: "unknown", groupProgress: "unknown" },
  ],
  [
    "a batch is committed by a commit of unknown outcome, and not processed",
    h.mutated(
      h.mutated(h.exactlyOnce(), "processed", ofMember(2, 1, 2100), () => []),
      "commit",
      ofMember(2, 1, 2160),
      (event) => [{ ...event, error: "TIMEOUT" }],
    ),
    { processedAll: "unknown", skipped: "unknown", groupProgress: "unknown" },
  ],
  [
    "a skipped batch, where at most once is claimed",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []),
    {},
    { semantics: "at-most-once" },
  ],
  [
    "the processing of a record fails, and it is committed",
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [{ ...event, error: "no" }]),
    { processedAll: false, skipped: false },
  ],
  [
    "a group that begins at the latest offset was not there in time",
    h
      .mutated(h.exactlyOnce(), "delivered", ofMember(1, 0, 1600), () => [])
      .filter((event) => !ofMember(1, 0, 1600)(event))
      .map((event) => (event.kind === "client" ? h.settings({ reset: "latest" }) : event)),
    {},
  ],
  [
    "a record is acknowledged after the group has left",
    h.inTime([
      ...h.exactlyOnce().filter(({ kind }) => kind !== "readback"),
      h.send(0, 10, { atMs: 3500 }),
      h.readback([...h.SENDS, h.send(0, 10)]),
    ]),
    {},
  ],
  [
    "a record is acknowledged shortly before the group leaves",
    h.inTime([
      ...h.exactlyOnce().filter(({ kind }) => kind !== "readback"),
      h.send(0, 10, { atMs: 2900 }),
      h.readback([...h.SENDS, h.send(0, 10)]),
    ]),
    { processedAll: "unknown" },
  ],
  [
    "nobody knows where the group began",
    h
      .mutated(h.exactlyOnce(), "delivered", ofMember(1, 0, 1600), () => [])
      .filter((event) => !ofMember(1, 0, 1600)(event) && event.kind !== "client"),
    { processedAll: "unknown" },
  ],
  [
    "an acknowledged record is not in the log, and was not given",
    h.exactlyOnce().map((event) => {
      if (event.kind === "readback")
        return { ...event, records: event.records.filter(({ value }) => value !== "probe-0-3") };
      if (event.kind === "delivered" && event.partition === 0)
        return { ...event, records: event.records.filter(({ offset }) => offset !== "3") };
      if (event.kind === "processed" && event.partition === 0)
        return { ...event, offsets: event.offsets.filter((offset) => offset !== "3") };
      return event;
    }),
    { processedAll: false },
  ],
  [
    "the topic was not read back",
    h.mutated(
      h.exactlyOnce(),
      "readback",
      () => true,
      () => [],
    ),
    { committedReads: "unknown" },
  ],
  [
    "a record of an aborted transaction was given at read_committed",
    withAborted(h.settings()),
    { committedReads: false, processedOnlySent: "unknown" },
  ],
  [
    "a record of an aborted transaction was given at read_uncommitted",
    withAborted(h.settings({ isolation: "read_uncommitted" })),
    { processedOnlySent: "unknown" },
  ],
  [
    "a record of an aborted transaction was given at an unknown level",
    withAborted(h.settings({ isolation: undefined })),
    { committedReads: "unknown", processedOnlySent: "unknown" },
  ],
  [
    "a commit goes back after the coordinator had reported a lower offset",
    h.inTime([...h.exactlyOnce(), h.lag(3500, 0, 0), h.commit(3600, 1, 0, 2)]),
    {},
  ],
  [
    "a commit goes back, and the coordinator reported a lower offset right after the one before",
    h.inTime([...h.exactlyOnce(), h.lag(2170, 0, 0), h.commit(3600, 1, 0, 2)]),
    { commitsForward: false },
  ],
  [
    "a commit goes back after the partition was read again",
    h.inTime([...h.exactlyOnce(), h.delivered(3500, 1, 0, [0, 5]), h.commit(3600, 1, 0, 2)]),
    {},
  ],
  [
    "a refused commit goes back",
    h.inTime([...h.exactlyOnce(), h.commit(3600, 1, 0, 2, { error: "ILLEGAL_GENERATION", isRefused: true })]),
    {},
  ],
  [
    "a partition stands still longer than the limit",
    h.exactlyOnce(),
    { groupProgress: false },
    { standstillLimit: "500ms" },
  ],
  [
    "a partition that stands still longer than the limit before the fault",
    h.inTime([...h.exactlyOnce(), ...h.fault(2300, 2500)]),
    {},
    { standstillLimit: "500ms" },
  ],
  [
    "a partition that stands still longer than the limit during the fault",
    h.inTime([...h.exactlyOnce(), ...h.fault(1200, 1300)]),
    { groupProgress: false },
    { standstillLimit: "500ms" },
  ],
  [
    "a group that never processed anything",
    h.exactlyOnce().filter(({ kind }) => !["delivered", "processed", "commit"].includes(kind)),
    { processedAll: "unknown", groupProgress: false },
  ],
  [
    "a group that stands still at the end",
    h
      .exactlyOnce()
      .filter((event) => !("member" in event && event.member === "billing.1" && event.atMs >= 2000)),
    { processedAll: "unknown", groupProgress: "unknown" },
  ],
  [
    "a group that had nothing to read",
    h.exactlyOnce().filter(({ kind }) => ["client", "member"].includes(kind)),
    { groupProgress: "unknown" },
  ],
];

for (const [what, history, expected, options] of MUTATIONS)
  test(`${what}: ${JSON.stringify(expected)}`, () => assert.equal(doubtful(history, options), expected));

test.run();
