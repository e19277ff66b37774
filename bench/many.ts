// Long histories: what the figures of explain() are measured on, and what its tests count in.

import type { Attempt, HistoryEvent } from "../sdk/model/history.ts";

export const SENDS = 100_000;
const ROUND = 10_000;

/**
 * Sends at 1,000 a second by four clients; ten outages of 2 s, after which every send that waited ends with
 * what passed while it did.
 */
export function manySends(): HistoryEvent[] {
  const history: HistoryEvent[] = [
    {
      kind: "run",
      atMs: 0,
      startedAt: "2026-11-25T14:51:41.323Z",
      scenario: "speed",
      engine: "local",
      kafka: "3.9.2",
      brokers: [{ broker: 1, nodeId: 1, service: "kafka-1" }],
    },
  ];
  for (let i = 0; i < SENDS / ROUND; i++) {
    const common = { id: `f${i}`, fault: "pause", targets: [1], via: "test", tookMs: 1 } as const;
    const [downMs, upMs] = [i * ROUND + 3000, i * ROUND + 5000];
    history.push({ kind: "fault", atMs: downMs, effectAtMs: downMs, asked: "1", ...common });
    history.push({ kind: "heal", atMs: upMs, effectAtMs: upMs, ...common });
  }
  for (let i = 0; i < SENDS; i++) history.push(send(i));
  return history;
}

function send(i: number): HistoryEvent {
  const roundMs = i - (i % ROUND);
  const isLate = i % ROUND >= 3000 && i % ROUND < 5000;
  const endMs = isLate ? roundMs + 5005 + (i % 7) / 8 : i + 3 + (i % 7) / 8;
  // literals: with a spread in each, these are made ten times slower
  const refused = (n: number): Attempt => ({
    atMs: roundMs + 3000 + n * 50,
    tookMs: 1,
    broker: 1,
    address: "localhost:29091",
    api: "Connect",
    error: "ECONNREFUSED",
  });
  return {
    kind: "send",
    atMs: i,
    tookMs: endMs - i,
    client: `client-${i % 4}`,
    value: `${i}`,
    topic: "orders",
    outcome: "ok",
    broker: 1,
    partition: 0,
    offset: `${i}`,
    attempts: [
      ...(isLate ? Array.from({ length: 40 }, (_, n) => refused(n)) : []),
      { atMs: endMs - 2, tookMs: 2, broker: 1, address: "localhost:29091", api: "Produce" },
    ],
  };
}

/** The same, with a prediction before each outage and the readback at the end. */
export function manyPredicted(): HistoryEvent[] {
  const prediction = {
    fault: "pause",
    targets: [1],
    failsOver: 0,
    served: 0,
    gap: null,
    parts: [],
    timers: [],
    send: { ok: 0, tookMs: null, endedBy: null },
    lost: "no",
    duplicates: "no",
    unknown: "no",
    why: "",
    sentence: "",
  } as const;
  const history = manySends().flatMap((event): HistoryEvent[] =>
    event.kind === "fault"
      ? [
          {
            kind: "prediction",
            atMs: event.atMs - 1,
            client: "client-0",
            topic: "orders",
            prediction: structuredClone(prediction) as never,
          },
          event,
        ]
      : [event],
  );
  const records = Array.from({ length: SENDS }, (_, i) => ({ value: `${i}`, partition: 0, offset: `${i}` }));
  history.push({
    kind: "readback",
    atMs: SENDS + 10,
    tookMs: 1,
    client: "readback",
    topic: "orders",
    partitions: [{ partition: 0, from: "0", to: `${SENDS}`, complete: true }],
    records,
  });
  return history;
}
