// What scenario 11 reads from a history: producers that were restarted, and a group beside them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { besideFigures, besideOf, besideTable } from "../../scripts/consumers/beside.ts";
import {
  type ProducerEnd,
  producersFigures,
  producersJson,
  producersRolledOf,
  producersTable,
} from "../../scripts/elections/producers.ts";
import type { HistoryEvent, SendEvent } from "../../sdk/model/history.ts";
import { acked, fault, heal } from "./explain/histories.ts";

const test = suite("scenarios of rolls");

const sentBy = (client: string, atMs: number, more: Partial<SendEvent> = {}): SendEvent => ({
  ...acked(atMs, atMs + 5, 1),
  client,
  value: `${client}-${atMs}`,
  ...more,
});
const unanswered = (client: string, atMs: number, error: string): SendEvent => {
  const { offset: _, broker: __, ...sent } = sentBy(client, atMs, { outcome: "info", error });
  return sent;
};
const readback = (...sends: SendEvent[]): HistoryEvent => ({
  kind: "readback",
  atMs: 9_000,
  tookMs: 100,
  client: "readback",
  topic: "my_topic",
  partitions: [{ partition: 0, from: "0", to: "10000", complete: true }],
  records: sends.map(({ value, atMs }) => ({ partition: 0, offset: String(atMs), value })),
});
const roll = (end: ProducerEnd) => ({ end, clients: [`${end} 1`, `${end} 2`], fromMs: 0, toMs: 8_000 });

const CLOSED = "KafkaException: Producer closed while send in progress";
const STOPPED = "the load was stopped";

test("producersRolledOf() tells what send() refused from what was taken and never acknowledged", () => {
  const [one, two] = [sentBy("SIGKILL 1", 100), sentBy("SIGKILL 2", 200)];
  const written = unanswered("SIGKILL 1", 300, STOPPED);
  const history: HistoryEvent[] = [
    ...[one, two, written],
    unanswered("SIGKILL 1", 310, STOPPED),
    unanswered("SIGKILL 2", 320, CLOSED),
    unanswered("another", 330, STOPPED),
    readback(one, two, written),
  ];
  const found = producersRolledOf(history, roll("SIGKILL"));
  assert.equal(found, {
    ...{ end: "SIGKILL", acknowledged: 2, lost: 0, refused: 1, unanswered: 2, inLog: 1 },
    ...{ tookMs: 8_000, verdict: true },
  });
  assert.equal(producersFigures([found]), {
    "SIGKILL: acknowledged records that are lost": { value: 0 },
    "SIGKILL: records that were taken and never acknowledged": { value: true },
  });
  assert.match(producersTable([found]).text.join("\n"), /SIGKILL +2 +0 +1 +2 +1 +8\.0 s/);
  assert.is((producersJson(found) as { asExpected: unknown }).asExpected, true);
});
test("producersRolledOf(): a producer that was closed owes no record; what send() refused is none", () => {
  const one = sentBy("SIGTERM 1", 100);
  const closed = [one, unanswered("SIGTERM 1", 300, CLOSED), sentBy("SIGTERM 2", 400)];
  const log = readback(one, closed[2]!);
  assert.is(producersRolledOf([...closed, log], roll("SIGTERM")).verdict, true);
  const owing = [...closed, unanswered("SIGTERM 2", 500, STOPPED), log];
  assert.is(producersRolledOf(owing, roll("SIGTERM")).verdict, false);
});
test("producersRolledOf(): what is lost is false, and a buffer that was empty at the kill shows nothing", () => {
  const [one, two] = [sentBy("SIGKILL 1", 100), sentBy("SIGKILL 2", 200)];
  const killed = [one, two, unanswered("SIGKILL 1", 300, STOPPED)];
  assert.is(producersRolledOf([...killed, readback(one)], roll("SIGKILL")).verdict, false);
  assert.is(producersRolledOf([one, two, readback(one, two)], roll("SIGKILL")).verdict, "unknown");
});

const own = { group: "billing", member: "billing.1", topic: "my_topic", partition: 0 } as const;
const read = (atMs: number, send: SendEvent): HistoryEvent[] => [
  { kind: "delivered", ...own, atMs, records: [{ offset: send.offset!, value: send.value }] },
  { kind: "processed", ...own, atMs, tookMs: 1, offsets: [send.offset!] },
];
const failedCommit = (atMs: number): HistoryEvent => ({
  ...{ kind: "commit", atMs, tookMs: 1, group: "billing", member: "billing.1", error: "NOT_COORDINATOR" },
  offsets: [{ topic: "my_topic", partition: 0, offset: "1" }],
});

test("besideOf() has how long a group stood still, and its failed commits, by the step of the fault", () => {
  const sends = [100, 1_100, 6_000].map((atMs) => acked(atMs, atMs + 5, 1));
  const history: HistoryEvent[] = [
    { kind: "step", atMs: 50, name: "normal" },
    ...[sends[0]!, ...read(110, sends[0]!), failedCommit(120)],
    { kind: "step", atMs: 900, name: "the leader is killed" },
    ...[fault("kill", 1_000, 1), sends[1]!, failedCommit(1_500), ...read(4_100, sends[1]!)],
    heal("kill", 5_000, 1),
    { kind: "step", atMs: 5_500, name: "end" },
    ...[sends[2]!, ...read(6_020, sends[2]!), ...read(6_030, sends[2]!)],
    readback(...sends),
  ];
  const found = besideOf(history, "billing");
  assert.equal(
    found.steps.map(({ step, failedCommits }) => [step, failedCommits]),
    [["the leader is killed", 1]],
  );
  const { standstillMs } = found.steps[0]!;
  assert.ok(standstillMs !== null && standstillMs > 2_900 && standstillMs < 3_100, String(standstillMs));
  assert.equal([found.processed, found.again, found.never], [3, 1, 0]);
  assert.match(besideTable(found).text.join("\n"), /processed 3 records, 1 of them again; 0 never/);
  assert.equal(besideFigures(found), {
    "billing: acknowledged records that are never processed": { value: 0 },
  });
});
test.run();
