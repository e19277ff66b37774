// Histories of groups, judged, for tests of their checkers.

import * as assert from "uvu/assert";
import {
  check,
  type GroupCheck,
  type GroupCheckOptions,
  type Verdict,
} from "../../sdk/analysis/check/mod.ts";
import { GROUP_CHECKERS } from "../../sdk/analysis/check/groups/judged.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import * as h from "./group-histories.ts";

type Every = { [Check in GroupCheck as Check["checker"]]: Check };
/** `transformedAll` is asked for only where a group writes to another topic. */
export type Found = Omit<Every, "transformedAll"> & Partial<Pick<Every, "transformedAll">>;

/** The findings by checker; every event is one that a run may record. */
export function judged(history: readonly HistoryEvent[], options: GroupCheckOptions = {}): Found {
  for (const event of history) assert.is(wrongEvent(event), undefined, JSON.stringify(event));
  const { checks } = check(history, options);
  return Object.fromEntries(checks.map((one) => [one.checker, one])) as unknown as Found;
}
/** The verdicts that are not true. */
export const doubtful = (
  history: readonly HistoryEvent[],
  options?: GroupCheckOptions,
): Record<string, Verdict> => {
  const found = judged(history, options);
  const verdicts = GROUP_CHECKERS.map((name) => [name, found[name]?.verdict] as const);
  return Object.fromEntries(
    verdicts.filter((one): one is [(typeof one)[0], Verdict] => one[1] !== undefined && one[1] !== true),
  );
};
/** Picks a member's event by when it was and, where it has one, its partition. */
export const ofMember =
  (number: number, partition: number, atMs: number): ((event: HistoryEvent) => boolean) =>
  (event) =>
    "member" in event &&
    event.member === `${h.GROUP}.${number}` &&
    event.atMs === atMs &&
    (!("partition" in event) || event.partition === partition);

/** A record that another producer wrote in a transaction and aborted, at offset 10 of partition 0. */
export function withAborted(settings: HistoryEvent): HistoryEvent[] {
  return h.inTime([
    ...h.exactlyOnce().map((event) => {
      if (event.kind === "client") return settings;
      if (event.kind !== "readback") return event;
      const [first, second] = event.partitions;
      return { ...event, partitions: [{ ...first!, to: "12", aborted: 1 }, second!] };
    }),
    { ...h.delivered(2700, 1, 0, [10, 11]), records: [{ offset: "10", value: "aborted" }] },
    h.processed(2700, 1, 0, [10, 11]),
    h.commit(2760, 1, 0, 11),
  ]);
}
