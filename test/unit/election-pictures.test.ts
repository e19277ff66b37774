// Elections and truncations in the picture of a run: which there are, once each, and what is written beside
// them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { BrokerLogFact, ElectionEvent, HistoryEvent } from "../../sdk/model/history.ts";
import { timelineOf } from "../../sdk/report/svg/mod.ts";
import { electionMarks } from "../../sdk/report/svg/elections.ts";
import { colour } from "../../sdk/report/svg/palette.ts";
import { acked, fault, heal, log, view } from "./explain/histories.ts";

const test = suite("pictures of elections");

const at = { topic: "orders", partition: 0 };
const elected = (atMs: number, election: ElectionEvent["election"], after: number): ElectionEvent => ({
  ...{ kind: "election", atMs, tookMs: 40, election, asked: "topic orders" },
  partitions: [{ ...at, before: election === "unclean" ? null : 1, after, result: "elected" }],
});
const unclean = (partition: number, leaderEpoch = 2, topic = "orders"): BrokerLogFact => ({
  ...{ what: "uncleanElection", nodeId: 2, topic, partition, leaderNodeId: 3, leaderEpoch, isr: [3] },
});
const truncated = (partition: number, offset: string): BrokerLogFact => ({
  ...{ what: "truncated", nodeId: 1, leaderNodeId: 3, topic: "orders", partition, offset },
});
const run: HistoryEvent = {
  ...{ kind: "run", atMs: 0, startedAt: "2026-11-25T14:51:41.323Z", scenario: "test", engine: "local" },
  kafka: "3.9.2",
  brokers: [1, 2, 3].map((broker) => ({ broker, nodeId: broker, service: `kafka-${broker}` })),
};
const textsOf = (history: readonly HistoryEvent[]): [number, string][] =>
  electionMarks(history).map(({ atMs, text }) => [atMs, text]);

test("electionMarks() has what was asked for, when it was seen to lead", () => {
  assert.equal(textsOf([run, elected(1000, "preferred", 2), elected(2000, "unclean", 3)]), [
    [1040, "preferred election: orders-0 from broker 1 to broker 2"],
    [2040, "unclean election: orders-0 from no leader to broker 3"],
  ]);
  const [preferred, other] = electionMarks([elected(1000, "preferred", 2), elected(2000, "unclean", 3)]);
  assert.equal([preferred!.fill, other!.fill], [colour("ok"), colour("fail")]);
});
test("electionMarks() has unclean elections of the controller's own once, those of a moment together", () => {
  const history = [
    run,
    log(3000, 2, unclean(0)),
    log(3001, 2, unclean(1)),
    log(3030, 1, unclean(0)), // another controller, which replays the same
    log(9000, 3, unclean(1)), // one that was started later
    log(3050, 2, unclean(0, 5, "__consumer_offsets")),
    log(12_000, 2, unclean(0, 4)),
  ];
  assert.equal(textsOf(history), [
    [3000, "unclean election: orders-0, orders-1 led by broker 3"],
    [12_000, "unclean election: orders-0 led by broker 3"],
  ]);
});
test("electionMarks() has one that was asked for once, though controllers log it", () => {
  const history = [run, elected(2000, "unclean", 3), log(2010, 2, unclean(0)), log(2090, 1, unclean(0))];
  assert.is(textsOf(history).length, 1);
  assert.is(textsOf([...history, log(2010, 2, unclean(1))]).length, 2, "of another partition nobody asked");
});
test("electionMarks() has what replicas threw away, by broker", () => {
  assert.equal(textsOf([run, log(5000, 1, truncated(0, "776")), log(5004, 1, truncated(1, "9"))]), [
    [5000, "broker 1 threw away orders-0 from offset 776, orders-1 from offset 9"],
  ]);
  assert.equal(textsOf([log(5000, 1, truncated(0, "776"))])[0]![1].slice(0, 6), "node 1", "without a run");
});

test("timelineOf() draws them above the faults, with a tooltip, and says them in the description", async () => {
  const history = [
    run,
    view(10, 1, [1, 2, 3], { ...at, leader: 1 }),
    acked(900, 905, 1),
    fault("kill", 1000, 1),
    elected(2000, "unclean", 3),
    heal("kill", 4000, 1),
    log(5000, 1, truncated(0, "776")),
  ];
  const { svg = "" } = await timelineOf(history);
  assert.ok(svg.includes(">elections</text>"));
  for (const text of [
    "unclean election: orders-0 from no leader to broker 3",
    "broker 1 threw away orders-0",
  ])
    assert.ok(svg.includes(`<title>${text}`), text);
  assert.match(svg, /<desc>[^<]*; elections: unclean election: [^<]*; broker 1 threw away orders-0/);
  assert.ok(svg.indexOf(">elections<") < svg.indexOf("faults"));
  const cut = (await timelineOf(history.filter(({ kind }) => kind !== "election"))).svg!;
  assert.ok(cut.includes(">truncated</text>") && !cut.includes(">elections<"));
  const without = (await timelineOf(history.slice(0, 4))).svg!;
  assert.not.match(without, />(elections|truncated)</);
});
test("timelineOf() stays small where there are very many", async () => {
  const many = Array.from({ length: 500 }, (_, i) => elected(i * 1000, "preferred", 2));
  const { svg = "" } = await timelineOf([run, ...many]);
  assert.ok(svg.length < 100_000, `${svg.length} letters`);
  assert.match(svg, /first 60 elections/);
});
test.run();
