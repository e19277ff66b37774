// What changed hands during a run: the controller, and the leaders of partitions.
import type { Broker, History, PartitionState } from "../../model/history.ts";

/** One row of states: the controller, or partitions that always had the same leader. */
export interface Changes {
  label: string;
  /**
   * Each change with the new state: a broker's number, `n` and the node id of a controller that is no broker,
   * or `-` for none.
   */
  changes: readonly { atMs: number; state: string }[];
}

/**
 * Returns the controller's changes and those of every partition's leader; partitions of a topic with equal
 * changes share a row (`orders-0,2`).
 */
export function leadership(history: History): Changes[] {
  const controller: Row = [];
  for (const event of history) {
    if (event.kind === "cluster")
      add(
        controller,
        event.atMs,
        event.controller ?? (event.controllerNodeId === null ? null : `n${event.controllerNodeId}`),
      );
  }
  const leaders = byPartition(history, ({ leader }) => leader);
  return controller.length === 0 ? leaders : [{ label: "controller", changes: controller }, ...leaders];
}

/**
 * Returns the changes of every partition's ISR as `2 of 3: 1, 2`; partitions of a topic with equal changes
 * share a row.
 */
export function inSync(history: History): Changes[] {
  return byPartition(
    history,
    ({ isr, replicas }) =>
      `${isr.length} of ${replicas.length}: ${[...isr].sort((a, b) => a - b).join(", ")}`,
  );
}

function byPartition(history: History, holder: (state: PartitionState) => Broker | string | null): Changes[] {
  const topics = new Map<string, Map<number, Row>>();
  for (const event of history) {
    if (event.kind !== "cluster") continue;
    for (const state of event.partitions) {
      const { topic, partition } = state;
      if (topic.startsWith("__")) continue;
      const rows = topics.get(topic) ?? new Map<number, Row>();
      const row = rows.get(partition) ?? [];
      add(row, event.atMs, holder(state));
      topics.set(topic, rows.set(partition, row));
    }
  }
  return [...topics].flatMap(([topic, rows]) =>
    shared(rows).map(({ partitions, changes }) => ({ label: `${topic}-${partitions.join(",")}`, changes })),
  );
}

type Row = { atMs: number; state: string }[];

function add(row: Row, atMs: number, holder: Broker | string | null): void {
  const state = String(holder ?? "-");
  if (row.at(-1)?.state !== state) row.push({ atMs, state });
}

function shared(rows: ReadonlyMap<number, Row>): { partitions: number[]; changes: Row }[] {
  const groups = new Map<string, { partitions: number[]; changes: Row }>();
  for (const [partition, changes] of [...rows].sort(([a], [b]) => a - b)) {
    const key = JSON.stringify(changes);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { partitions: [partition], changes });
    else group.partitions.push(partition);
  }
  return [...groups.values()];
}
