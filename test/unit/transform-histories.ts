// Histories of a group that writes what it processes to another topic, for tests that change one thing of
// them.

import type {
  HistoryEvent,
  PartitionReadback,
  ProducedEvent,
  ReadbackEvent,
  ReadRecord,
  UncommittedRecord,
} from "../../sdk/model/history.ts";
import * as h from "./group-histories.ts";

export const OUTPUT = "invoices";

/** What a record of the output was made of, and what became of its transaction. */
export interface Written {
  partition: number;
  n: number;
  /** Where it stands; its place in the list where it is not given. */
  at?: { partition: number; offset: number };
  transaction?: "aborted" | "open";
  /** Instead of `orders-0@3 probe-0-3`. */
  value?: string;
}

/** Every input record once, as two members write them: a batch of each partition in turn. */
export const ONCE: readonly Written[] = [0, h.BATCH].flatMap((from) =>
  [0, 1].flatMap((partition) => h.range(from, from + h.BATCH).map((n) => ({ partition, n }))),
);

export const settings = (transactional: boolean): HistoryEvent =>
  h.settings({ transform: { topic: OUTPUT, transactional, transactionTimeout: 60_000 } });

/** The readback of the output with these records. */
export function outputReadback(
  written: readonly Written[],
  more: Partial<PartitionReadback> = {},
): ReadbackEvent {
  const all = written.map(({ partition, n, at, transaction, value }, i) => ({
    partition: at?.partition ?? 0,
    offset: String(at?.offset ?? i),
    value: value ?? `${h.TOPIC}-${partition}@${n} probe-${partition}-${n}`,
    transaction,
  }));
  const records = all.flatMap(({ transaction, ...record }): ReadRecord[] =>
    transaction === undefined ? [record] : [],
  );
  const uncommitted = all.flatMap(({ transaction, ...record }): UncommittedRecord[] =>
    transaction === undefined ? [] : [{ ...record, transaction }],
  );
  const aborted = uncommitted.filter((one) => one.transaction === "aborted").length;
  const open = uncommitted.filter((one) => one.transaction === "open");
  return {
    ...h.readback([], { topic: OUTPUT, atMs: 9100, records }),
    ...(uncommitted.length > 0 && { uncommitted }),
    partitions: [
      {
        ...{ partition: 0, from: "0", to: String(written.length), complete: true },
        ...(aborted > 0 && { aborted }),
        ...(open.length > 0 && { open: { from: open[0]!.offset, records: open.length } }),
        ...more,
      },
    ],
  };
}

/** What the group of `history` does, with the events of a transform, and this readback of its output. */
export function transforming(
  history: readonly HistoryEvent[],
  output: ReadbackEvent | null,
  { isTransactional = true }: { isTransactional?: boolean } = {},
): HistoryEvent[] {
  const written = history.flatMap((event): HistoryEvent[] => {
    if (event.kind === "client") return [settings(isTransactional)];
    if (event.kind === "commit" && isTransactional) return [event, transaction(event, "committed")];
    if (event.kind !== "processed") return [event];
    const produced: ProducedEvent = { ...event, kind: "produced", output: OUTPUT };
    return [...(isTransactional ? [transaction(event, "begun")] : []), produced, event];
  });
  return h.inTime([...written, ...(output === null ? [] : [output])]);
}

function transaction(
  { atMs, group, member }: { atMs: number; group: string; member: string },
  change: "begun" | "committed",
): HistoryEvent {
  return { kind: "transaction", atMs, tookMs: 0, group, member, transactionalId: member, change };
}
