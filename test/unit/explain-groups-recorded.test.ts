// A recorded run of two groups, kafkajs and Java: in each a member is killed, then a partition's leader.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, type ExplainedStandstill } from "../../sdk/analysis/explain/mod.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { parseEvent } from "../../sdk/model/history-schema.ts";

const file = new URL("./explain/groups-kill-member-kill-leader-3.9.2.jsonl.gz", import.meta.url);
const history: HistoryEvent[] = gunzipSync(readFileSync(fileURLToPath(file)))
  .toString()
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => parseEvent(JSON.parse(line)));
const stepMs = (name: string): number =>
  history.find((event) => event.kind === "step" && event.name === name)!.atMs;
const { groups } = explain(history);
const after = (group: string, name: string): ExplainedStandstill =>
  groups
    .filter((one) => one.group === group && one.isOver && one.toMs > stepMs(name))
    .filter(({ fromMs }) => fromMs < stepMs(name) + 5000)
    .sort((a, b) => b.tookMs - a.tookMs)[0]!;
const kinds = ({ parts }: ExplainedStandstill): Set<string> => new Set(parts.map(({ kind }) => kind));

for (const client of ["kafkajs", "java"]) {
  test(`${client}: a killed member's partition waits for its session, then for join and sync`, () => {
    const one = after(client, "member killed");
    assert.equal([one.lostBy, one.readBy], [`${client}.1`, `${client}.2`]);
    assert.equal(one.faults[0]?.members, [{ group: client, member: `${client}.1` }]);
    for (const kind of ["detection", "join", "sync", "fetch"]) assert.ok(kinds(one).has(kind), one.sentence);
    const session = one.parts.find(({ what }) => what.includes(`the session of ${client}.1 had expired`))!;
    assert.ok(session.tookMs > one.tookMs / 2, one.sentence);
    assert.ok(
      session.evidence.some((each) => each.kind === "timer" && !each.text.includes("does not fit")),
      one.sentence,
    );
  });
}

test("a killed leader: nothing could be sent until it was fenced, so nothing stood still", () => {
  const fenced = history.find((event) => event.kind === "broker log" && event.fact.what === "fenced")!;
  const one = after("kafkajs", "leader killed");
  assert.ok(one.fromMs > fenced.atMs, one.sentence);
  assert.equal(
    one.faults.map(({ fault }) => fault),
    ["kill"],
  );
});

test("nine tenths of each outage are explained, and parts add up to it", () => {
  const over = groups.filter(({ isOver }) => isOver);
  assert.ok(over.length >= 8, `${over.length} outages`);
  for (const { unexplainedMs, tookMs, sentence, parts, fromMs, toMs } of over) {
    assert.ok(unexplainedMs <= tookMs / 10, sentence);
    assert.equal([parts[0]!.fromMs, parts.at(-1)!.toMs], [fromMs, toMs]);
    parts.slice(1).forEach((part, i) => assert.is(part.fromMs, parts[i]!.toMs));
  }
});
test.run();
