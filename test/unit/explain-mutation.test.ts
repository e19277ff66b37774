// Each claim of an explanation is taken away from its history, or changed in it, and the explanation must
// change as it should.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { explain, type ExplainedWindow, type Part } from "../../sdk/analysis/explain/mod.ts";
import type {
  BrokerLogEvent,
  ClientEvent,
  History,
  HistoryEvent,
  RunEvent,
  SendEvent,
  BrokerLogFact,
} from "../../sdk/model/history.ts";
import {
  TIMERS,
  alone,
  follower,
  healedAfterKill,
  killed,
  paused,
  quorumLost,
  shortPause,
  stopped,
  stuck,
} from "./explain/histories.ts";

const one = (history: History): ExplainedWindow => explain(history).windows[0]!;
const without = (history: History, ...what: readonly BrokerLogFact["what"][]): HistoryEvent[] =>
  history.filter((event) => event.kind !== "broker log" || !what.includes(event.fact.what));
const blind = (history: History): HistoryEvent[] =>
  history.filter((event) => event.kind !== "cluster" || event.atMs < 1000);
const withTimers = (history: History, timers: RunEvent["timers"]): HistoryEvent[] =>
  history.map((event) =>
    event.kind === "run" ? { ...event, ...(timers === undefined ? {} : { timers }) } : event,
  );
const withSettings = (history: History, settings: ClientEvent["settings"]): HistoryEvent[] =>
  history.map((event) =>
    event.kind === "client" ? { ...event, settings: { ...event.settings, ...settings } } : event,
  );
const withSend = (history: History, change: (send: SendEvent) => SendEvent): HistoryEvent[] =>
  history.map((event) => (event.kind === "send" && event.attempts.length > 2 ? change(event) : event));
const texts = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ evidence }) => evidence.map(({ kind, text }) => `${kind}: ${text}`));
const part = ({ parts }: ExplainedWindow, kind: Part["kind"], what = ""): Part | undefined =>
  parts.find((some) => some.kind === kind && some.what.includes(what));

test("explain() takes what others read of the fencing where the controller's own line is missing", () => {
  const fenced = part(one(without(killed, "fenced")), "detection");
  assert.is(fenced?.toMs, 9604);
  assertNames(fenced!.what, ["broker 1"]);
  assert.ok(fenced?.evidence.some(({ kind, text }) => kind === "log" && text === "registration"));
});
test("explain() falls back to what the cluster said of itself where no line tells of the fencing", () => {
  const window = one(without(killed, "fenced", "registration"));
  const fenced = part(window, "detection");
  assertNames(fenced!.what, ["broker 1"]);
  assert.ok(fenced?.evidence.some(({ kind, text }) => kind === "view" && text === "alive: brokers 2 and 3"));
  assert.is(fenced?.toMs, 9700);
  assert.is(window.unexplainedMs, 0);
});
test("explain() calls the time unexplained where nothing tells of the fencing", () => {
  const mute = without(killed, "fenced", "registration").map(
    (event): HistoryEvent => (event.kind === "cluster" ? { ...event, alive: [1, 2, 3] } : event),
  );
  const window = one(mute);
  assert.is(window.unexplainedMs, 8700);
  assertNames(part(window, "unexplained")!.what, ["broker 2", "broker 1"]);
});
test("explain() knows the election by the leader's line, else by the view, else not at all", () => {
  assert.is(part(one(killed), "election")?.toMs, 9700);
  const seen = part(one(without(killed, "becameLeader")), "election");
  assert.equal([seen?.toMs, seen?.evidence.map(({ kind }) => kind)], [9720, ["view"]]);
  assert.is(part(one(blind(without(killed, "becameLeader"))), "election"), undefined);
});
test("explain() names the timers of the run, and says where one does not fit", () => {
  assert.ok(texts(one(killed).parts).includes("timer: broker.session.timeout.ms = 9.0 s"));
  assert.ok(
    texts(one(withTimers(killed, { ...TIMERS, "broker.session.timeout.ms": 30_000 })).parts).includes(
      "timer: broker.session.timeout.ms = 30.0 s, which does not fit",
    ),
  );
  const old = killed.map((event): HistoryEvent => {
    if (event.kind !== "run") return event;
    const { timers: _, ...rest } = event;
    return rest;
  });
  assert.not(texts(one(old).parts).some((text) => text.includes("broker.session.timeout.ms")));
});
test("explain() holds no fetch timeout for the reason of a new controller that came sooner", () => {
  const active = (atMs: number): HistoryEvent => ({
    kind: "broker log",
    atMs,
    service: "kafka-2",
    broker: 2,
    nodeId: 2,
    level: "INFO",
    logger: "test",
    text: "active",
    fact: { what: "controllerActive", nodeId: 2, epoch: 2 },
  });
  const says = (atMs: number): boolean =>
    texts(one([...killed, active(atMs)]).parts).some((text) =>
      text.includes("controller.quorum.fetch.timeout.ms"),
    );
  assert.equal([says(1200), says(3000)], [false, true]);
});
test("explain() calls a hung request's end a timeout only where the client's setting is as long", () => {
  const timer = (window: ExplainedWindow): string | undefined =>
    part(window, "request", "TIMEOUT")?.evidence.find(({ kind }) => kind === "timer")?.text;
  assert.is(timer(one(paused)), "requestTimeout = 12.0 s");
  assert.is(
    timer(one(withSettings(paused, { requestTimeout: 5000 }))),
    "requestTimeout = 5.0 s, which does not fit",
  );
  assert.is(timer(one(withSettings(paused, { client: "java" }))), "request.timeout.ms = 12.0 s");
  const reset = one(
    withSend(paused, (send) => ({
      ...send,
      attempts: send.attempts.map((some) =>
        some.error === "TIMEOUT" ? { ...some, error: "ECONNRESET" } : some,
      ),
    })),
  );
  assert.is(
    part(reset, "request", "ECONNRESET")?.evidence.find(({ kind }) => kind === "timer"),
    undefined,
  );
});
test("explain() calls no pause a back-off that is longer than the client's settings allow", () => {
  assert.is(part(one(killed), "back-off")?.tookMs, 250);
  // 250 ms between the election and the request for metadata; now nobody asked for seconds
  const late = withSend(killed, (send) => ({
    ...send,
    tookMs: send.tookMs + 4000,
    attempts: send.attempts.map((some) => (some.atMs > 9900 ? { ...some, atMs: some.atMs + 4000 } : some)),
  }));
  assert.equal([part(one(late), "back-off"), part(one(late), "unexplained")?.tookMs], [undefined, 4250]);
  assert.is(part(one(withSettings(late, { maxRetryTime: 5000 })), "back-off")?.tookMs, 4250);
});
test("explain() moves the boundary of the metadata refresh with the request for it", () => {
  const later = withSend(killed, (send) => ({
    ...send,
    attempts: send.attempts.map((some) =>
      some.api === "Metadata" ? { ...some, atMs: 9990, tookMs: 110 } : some,
    ),
  }));
  assert.equal([part(one(later), "back-off")?.tookMs, part(one(later), "metadata")?.tookMs], [290, 110]);
});
test("explain() moves the boundary between cluster and client with the leader's line", () => {
  const later = killed.map(
    (event): HistoryEvent =>
      event.kind === "broker log" && event.fact.what === "becameLeader" ? { ...event, atMs: 9900 } : event,
  );
  assert.equal([part(one(later), "election")?.tookMs, part(one(later), "back-off")?.tookMs], [300, 50]);
});
test("explain() finds another controller's part, and the session that begins anew with it", () => {
  const moved: History = [
    ...killed.map(
      (event): HistoryEvent =>
        event.kind === "cluster" && event.atMs < 1000
          ? { ...event, controller: 1, controllerNodeId: 1 }
          : event,
    ),
    ...(
      [
        [2900, { what: "becameCandidate", nodeId: 3 }],
        [3000, { what: "controllerActive", nodeId: 3, epoch: 2 }],
      ] as const
    ).map(
      ([atMs, fact]): HistoryEvent => ({
        kind: "broker log",
        atMs,
        service: "kafka-3",
        broker: 3,
        nodeId: 3,
        level: "INFO",
        logger: "test",
        text: fact.what,
        fact,
      }),
    ),
  ];
  assert.equal(
    one(moved)
      .parts.filter(({ kind }) => kind === "detection")
      .map(({ tookMs, what }) => [tookMs, what]),
    [
      [2000, "until another controller was active"],
      [6600, "until broker 1 was fenced"],
    ],
  );
  // 6.6 s after the new controller's begin is no session of 9 s
  assert.ok(texts(one(moved).parts).includes("timer: broker.session.timeout.ms = 9.0 s, which does not fit"));
});
test("explain() counts the rounds of a split vote, and names the timers of an election then", () => {
  const logAt = (atMs: number, fact: BrokerLogFact): HistoryEvent => ({
    kind: "broker log",
    atMs,
    service: "kafka-3",
    broker: 3,
    nodeId: 3,
    level: "INFO",
    logger: "test",
    text: fact.what,
    fact,
  });
  const rounds = (n: number): History => [
    ...killed.map(
      (event): HistoryEvent =>
        event.kind === "cluster" ? { ...event, controllerNodeId: event.atMs < 1000 ? 1 : 3 } : event,
    ),
    logAt(2900, { what: "becameCandidate", nodeId: 3 }),
    ...Array.from({ length: n }, (_, i) =>
      logAt(2901 + i, { what: "quorumLeader", nodeId: null, epoch: 2 + i }),
    ),
    logAt(3000, { what: "controllerActive", nodeId: 3, epoch: 2 + n }),
  ];
  const said = (n: number): string[] =>
    (part(one(rounds(n)), "detection", "controller")?.evidence ?? []).map(({ text }) => text);
  assert.not(said(1).some((text) => text.includes("election.timeout")));
  assert.ok(said(3).includes("controller.quorum.election.timeout.ms = 1.0 s"));
  assert.ok(part(one(rounds(3)), "detection", "another controller was active (3 rounds of votes)"));
});
test("explain() holds a fault for the reason only while it lasted", () => {
  assert.is(one(killed.filter(({ kind }) => kind !== "fault")).faults.length, 0);
  assert.equal(
    one(killed.filter(({ kind }) => kind !== "fault"))
      .parts.map(({ kind }) => kind)
      .slice(0, 2),
    ["detection", "election"],
  );
});
test("explain() says that only the healing helped, where it did", () => {
  assert.is(part(one(shortPause), "healing")?.tookMs, 2990);
  const unhealed = one(healedAfterKill.filter(({ kind }) => kind !== "heal"));
  assert.is(part(unhealed, "healing"), undefined);
});
test("explain() does not hold a follower's ISR for the reason with acks=1", () => {
  assert.ok(part(one(follower), "isr"));
  assert.is(part(one(withSettings(follower, { acks: 1 })), "isr"), undefined);
});
test("explain() says no controller only where there was none", () => {
  assert.ok(part(one(quorumLost), "detection", "no controller"));
  const there = quorumLost.map(
    (event): HistoryEvent =>
      event.kind === "cluster" ? { ...event, controller: 2, controllerNodeId: 2 } : event,
  );
  assert.ok(part(one(there), "detection", "broker 1 was still the leader in the metadata"));
  const none = there.map(
    (event): HistoryEvent =>
      event.kind === "cluster" && event.atMs > 1000
        ? { ...event, partitions: event.partitions.map((state) => ({ ...state, leader: null })) }
        : event,
  );
  assert.ok(part(one(none), "election", "no leader for my_topic-0"));
});
test("explain() says that a client stays with a broker only where it never tried another", () => {
  assert.ok(part(one(stuck), "request", "never tried broker 2"));
  const attempts = stuck.map(
    (event): HistoryEvent =>
      event.kind === "send" && event.outcome === "info"
        ? {
            ...event,
            attempts: [
              ...event.attempts,
              {
                atMs: 20_000,
                tookMs: 5,
                api: "Produce",
                broker: 2,
                address: "localhost:29092",
                error: "ECONNRESET",
              },
            ],
          }
        : event,
  );
  assert.is(part(one(attempts), "request", "never tried"), undefined);
});
test("explain() holds one server for the reason only where the client knows no other and asked none", () => {
  assert.ok(part(one(alone), "healing", "the only server"));
  assert.is(
    part(one(withSettings(alone, { bootstrap: ["localhost:29091", "localhost:29092"] })), "healing"),
    undefined,
  );
  const another = withSend(alone, (send) => ({
    ...send,
    attempts: [
      ...send.attempts,
      { atMs: 12_000, tookMs: 5, api: "Connect", broker: 2, address: "localhost:29092", error: "ECONNRESET" },
    ],
  }));
  assert.is(part(one(another), "healing", "the only server"), undefined);
});
test("explain() does not take what a broker reads of its own past for its return", () => {
  assert.is(part(one(alone), "healing", "served again")?.toMs, 17_500);
  const late = alone.filter((event) => event.kind !== "broker log" || event.atMs !== 17_500);
  assert.is(part(one(late), "healing", "served again")?.toMs, 17_650);
});
test("explain() does not take what another broker reads of the past, while it starts, for what happens", () => {
  const [fenced, registration] = [
    killed.find((event) => event.kind === "broker log" && event.fact.what === "fenced")!,
    killed.find((event) => event.kind === "broker log" && event.fact.what === "registration")!,
  ];
  const heal3: HistoryEvent = {
    kind: "heal",
    atMs: 899,
    tookMs: 3,
    effectAtMs: 900,
    id: "stop-3",
    fault: "stop",
    targets: [3],
    via: "test",
  };
  const reading: HistoryEvent = { ...(registration as BrokerLogEvent), atMs: 2000 };
  const started = (atMs: number): HistoryEvent => ({
    ...(fenced as BrokerLogEvent),
    atMs,
    fact: { what: "started", nodeId: 3 },
  });
  const at = (...more: readonly HistoryEvent[]): number | undefined =>
    part(one([...without(killed, "fenced"), heal3, reading, ...more]), "detection")?.toMs;
  assert.equal([at(started(2300)), at(started(1900))], [9604, 2000]);
});
test("explain() allows the Java client the longer pause of its reconnect back-off", () => {
  const slow = withSend(killed, (send) => ({
    ...send,
    tookMs: send.tookMs + 800,
    attempts: send.attempts.map((some) => (some.atMs > 9900 ? { ...some, atMs: some.atMs + 800 } : some)),
  }));
  assert.is(part(one(slow), "back-off"), undefined);
  assert.is(part(one(withSettings(slow, { client: "java", properties: {} })), "back-off")?.tookMs, 1050);
  assert.is(
    part(
      one(withSettings(slow, { client: "java", properties: { "reconnect.backoff.max.ms": "100" } })),
      "back-off",
    ),
    undefined,
  );
});
test("explain() tells a stop from a kill by who let the broker go", () => {
  assertNames(part(one(stopped), "detection")!.what, ["shutdown of broker 1"]);
  assert.is(part(one(without(stopped, "controlledShutdownGranted")), "detection"), undefined);
});
for (const dropped of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  test(`explain() keeps its parts whole whatever is missing: one event in ten, beginning with ${dropped}`, () => {
    for (const history of [
      killed,
      paused,
      follower,
      quorumLost,
      healedAfterKill,
      shortPause,
      stopped,
      stuck,
    ]) {
      for (const { fromMs, toMs, parts } of explain(
        history.filter((_, i) => i % 10 !== dropped),
        { longerThanMs: 1 },
      ).windows) {
        assert.equal([parts[0]?.fromMs, parts.at(-1)?.toMs], [fromMs, toMs]);
        assert.ok(
          parts.every((some, i) => some.tookMs > 0 && (i === 0 || some.fromMs === parts[i - 1]?.toMs)),
        );
      }
    }
  });
}
test.run();
