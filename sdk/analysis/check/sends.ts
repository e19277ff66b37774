// The sends of a history, sorted into groups, each send with its line.
import type { History, SendEvent } from "../../model/history.ts";
import type { Scope, SentRecord } from "./finding.ts";

/** Sends in the order of the history, and beside them their lines. */
export interface Sends {
  sends: readonly SendEvent[];
  /** By send: its position in the history counted from 1. */
  lines: readonly number[];
}

/** Groups the sends of a scope by a key, in order of first appearance. */
export function sendsBy(
  history: History,
  { topic, client }: Scope,
  key: (send: SendEvent) => string,
): Map<string, Sends> {
  const groups = new Map<string, { sends: SendEvent[]; lines: number[] }>();
  history.forEach((event, i) => {
    if (event.kind !== "send") return;
    if ((topic !== undefined && event.topic !== topic) || (client !== undefined && event.client !== client))
      return;
    const name = key(event);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { sends: [], lines: [] }));
    group.sends.push(event);
    group.lines.push(i + 1);
  });
  return groups;
}

/**
 * Returns when a send ended, in milliseconds since the run's start; for an `ok` that is its acknowledgement.
 */
export function endedAtMs(send: SendEvent): number {
  return send.atMs + send.tookMs;
}

/** Whether a send was under way when the lab ended it: its outcome says nothing of the cluster. */
export function isUnderWay({ outcome, isUnderWay = false }: SendEvent): boolean {
  return isUnderWay && outcome !== "ok";
}

/** Describes the n-th of some sends for a finding; null where there is none. */
export function sentRecord({ sends, lines }: Sends, n: number): SentRecord | null {
  const send = sends[n];
  if (send === undefined) return null;
  const { client, value, topic, partition = null, offset = null, broker = null, atMs } = send;
  return {
    line: lines[n] ?? 0,
    client,
    value,
    topic,
    partition,
    offset,
    broker,
    atMs,
    endedAtMs: endedAtMs(send),
  };
}
