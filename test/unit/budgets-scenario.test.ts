// What scenario 18 reads from a history: who gave up, by what, and what was refused as too large.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUDGETS, spentFigures, spentOf, spentTable } from "../../scripts/budgets.ts";
import type { HistoryEvent, MachineEvent, SendEvent } from "../../sdk/model/history.ts";
import { acked } from "./explain/histories.ts";

const test = suite("scenario 18");

const [TRIES, PATIENT, TWO_SECONDS, SMALL_BUFFER] = BUDGETS as [
  (typeof BUDGETS)[0],
  (typeof BUDGETS)[0],
  (typeof BUDGETS)[0],
  (typeof BUDGETS)[0],
];
const MOMENTS = { outageMs: 1_000, smallMs: 9_000 };

const sent = (client: string, atMs: number): SendEvent => ({
  ...acked(atMs, atMs + 5, 1),
  client,
  value: `${client}-${atMs}`,
});
function given(client: string, atMs: number, outcome: "fail" | "info", error: string): SendEvent {
  const { offset: _, broker: __, ...send } = sent(client, atMs);
  return { ...send, outcome, error };
}
const tooLarge = (client: string): SendEvent =>
  given(client, 9_500, "fail", "KafkaJSProtocolError: MESSAGE_TOO_LARGE");
const ERRORS: Readonly<Record<string, string>> = {
  [TRIES.name]: "KafkaJSNumberOfRetriesExceeded: There is no leader",
  [TWO_SECONDS.name]: "TimeoutException: Expiring 3 record(s) for orders-0:2006 ms has passed",
  [SMALL_BUFFER.name]:
    "BufferExhaustedException: Failed to allocate 86 bytes within the configured max blocking time 500 ms",
};
const outage = (): HistoryEvent[] => [
  ...BUDGETS.map(({ name }) => sent(name, 500)),
  ...Object.entries(ERRORS).map(([name, error]) => given(name, 3_000, "info", error)),
  given(TRIES.name, 2_000, "fail", "connect ECONNREFUSED 127.0.0.1:9092"),
  given(TRIES.name, 3_500, "info", ERRORS[TRIES.name]!),
  ...BUDGETS.map(({ name }) => tooLarge(name)),
];
const verdicts = (history: readonly HistoryEvent[]): unknown[] =>
  spentOf(history, BUDGETS, MOMENTS).map(({ verdict }) => verdict);

test("spentOf() has what each producer gave up, by its own error", () => {
  const found = spentOf(outage(), BUDGETS, MOMENTS);
  assert.equal(
    found.map(({ ok, fail, info, tooLarge: large, verdict }) => [ok, fail, info, large, verdict]),
    [
      [1, 1, 2, 1, true],
      [1, 0, 0, 1, true],
      [1, 0, 1, 1, true],
      [1, 0, 1, 1, true],
    ],
  );
  assert.is(found[0]!.errors[0], ERRORS[TRIES.name]);
  assert.match(found[2]!.errors[0]!, /^TimeoutException: Expiring … record/);
  assert.match(spentTable(found).text.join("\n"), /kafkajs, patient +1 +nothing +0 +0 +1/);
  assert.equal(spentFigures(found)[`${PATIENT.name}: gives records up in the outage`], { value: false });
});
test("spentOf(): another error than the budget's, or none, is false", () => {
  const others = outage().map((event) =>
    event.kind === "send" && event.client === TWO_SECONDS.name && event.outcome === "info"
      ? { ...event, error: "NotLeaderOrFollowerException" }
      : event,
  );
  assert.equal(verdicts(others), [true, true, false, true]);
});
test("spentOf(): a patient producer that gives up is false, on a busy machine unknown", () => {
  const impatient = [...outage(), given(PATIENT.name, 4_000, "info", "The request timed out")];
  assert.is(verdicts(impatient)[1], false);
  const busy: MachineEvent[] = Array.from({ length: 32 }, (_, i) => ({
    ...{ kind: "machine", atMs: 1_000 + 250 * i, tookMs: 250, labMs: 0, pressureMs: 250 },
    nodesMs: { "kafka-1": 250 },
  }));
  assert.is(verdicts([...impatient, ...busy])[1], "unknown");
});
test("spentOf(): a record that is too large is refused; unknown where nobody knows, else false", () => {
  const unsure = outage().map((event) =>
    event.kind === "send" && event.client === PATIENT.name && event.error !== undefined
      ? { ...event, outcome: "info" as const }
      : event,
  );
  assert.is(verdicts(unsure)[1], "unknown");
  assert.is(verdicts([...unsure, tooLarge(PATIENT.name)])[1], true, "one was certainly refused");
  const inVain = outage().map((event) =>
    event.kind === "send" && event.client === SMALL_BUFFER.name && event.atMs > 9_000
      ? { ...event, error: "TimeoutException: Expiring 2 record(s) for orders-0:120000 ms has passed" }
      : event,
  );
  assert.is(verdicts(inVain)[3], "unknown", "it may not have come to a broker");
  const without = outage().filter((event) => event.atMs < 9_000);
  assert.equal(verdicts(without), [false, false, false, false]);
});
test.run();
