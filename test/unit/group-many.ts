// A history of a group with as many records and members as are asked for.

import type { HistoryEvent, SendEvent } from "../../sdk/model/history.ts";
import {
  changed,
  commit,
  delivered,
  inTime,
  processed,
  range,
  readback,
  send,
  settings,
} from "./group-histories.ts";

/** As many records in a partition for each member, given and processed by the hundred. */
export function many(records: number, members: number): HistoryEvent[] {
  const each = Math.ceil(records / members);
  const sends: SendEvent[] = [];
  const events = range(0, members).flatMap((partition): HistoryEvent[] => {
    for (const n of range(0, each)) sends.push(send(partition, n, { atMs: 1000 + n / 10 }));
    const batches = range(0, Math.ceil(each / 100)).flatMap((i): HistoryEvent[] => {
      const all = [i * 100, Math.min(each, (i + 1) * 100)] as const;
      const atMs = 1100 + i * 10;
      const of = { tookMs: 5 };
      return [
        delivered(atMs, partition + 1, partition, all),
        { ...processed(atMs, partition + 1, partition, all), ...of },
        commit(atMs + 6, partition + 1, partition, all[1]),
      ];
    });
    return [
      changed(500, partition + 1, "started"),
      changed(510, partition + 1, "assigned", [partition]),
      ...batches,
      changed(8000, partition + 1, "left"),
    ];
  });
  const partitions = range(0, members).map((partition) => ({
    ...{ partition, from: "0", to: String(each), complete: true },
  }));
  return inTime([settings(), ...sends, ...events, readback(sends, { partitions })]);
}
