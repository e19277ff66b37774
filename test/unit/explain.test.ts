import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, type ExplainedWindow } from "../../sdk/analysis/explain/mod.ts";
import type { History, HistoryEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import { readLines } from "../../sdk/recording/lines.ts";
import { renamedEvent } from "../../sdk/recording/renamed.ts";
import { explanationLines } from "../../sdk/report/text/mod.ts";
import * as histories from "./explain/histories.ts";
import { acked, attempt } from "./explain/histories.ts";

/**
 * A real run: the leader, which is the controller too, is killed; then the next leader is stopped. Its
 * brokers' logs are part of it.
 */
const real = (version: string): History =>
  readLines(
    fileURLToPath(new URL(`./explain/kill-then-stop-${version}.jsonl.gz`, import.meta.url)),
    renamedEvent,
    wrongEvent,
  ).values as HistoryEvent[];

const only = (history: History): ExplainedWindow => {
  const { windows } = explain(history);
  assert.is(windows.length, 1, "windows");
  return windows[0]!;
};
/** The same history with a slow disk in place of the network's fault. */
const onSlowDisk = (event: HistoryEvent): HistoryEvent => {
  if (event.kind !== "fault") return event;
  const { network: _, ...fault } = event;
  return { ...fault, fault: "slow-disk", disk: { effect: "slow", addsMs: 2000 } };
};
/** What a part names: a broker, an API or an error, a setting. */
const NAMES = /brokers? \d+|\b[A-Z]\w+\b|\b[a-z]+(?:\.[a-z]+)+\b/g;
/** A window as a table: kind, milliseconds, what it names; the kinds of its evidence. */
const rows = ({ parts }: ExplainedWindow): string[] =>
  parts.map(({ kind, tookMs, what, evidence }) => {
    const part = [kind, Math.round(tookMs), ...(what.match(NAMES) ?? [])].join(" ");
    const proved = [...new Set(evidence.map((one) => one.kind))].join(" ");
    return proved === "" ? part : `${part}; ${proved}`;
  });
/** The times of a window's sentence: the whole, and those of its main parts. */
const sumOf = ({ sentence, isOver }: ExplainedWindow): string =>
  sentence
    .split(/ (?=[=+] )/)
    .map((one) => /^(?:[=+] )?[\d.]+ m?s/.exec(one)?.[0] ?? one)
    .join(" ") + (isOver ? "" : ", not over");
const proof = ({ parts }: ExplainedWindow, n: number): string[] =>
  (parts[n]?.evidence ?? []).map((one) => `${one.kind}: ${one.text}`);

test("explain() proves the end of a broker with a full disk by that broker's own lines", () => {
  const disk = [
    histories.log(1010, 1, { what: "logDirFailed", nodeId: 1, logDir: "/data" }, "Stopping serving replicas"),
    histories.log(1012, 1, { what: "halts", reason: "all log dirs have failed" }, "Shutdown broker because"),
    histories.log(1014, 2, { what: "logDirFailed", nodeId: 2, logDir: "/data" }, "of another broker"),
  ];
  const history = histories.killed.flatMap((event): HistoryEvent[] =>
    event.kind === "fault" ? [{ ...event, fault: "fill-disk", disk: { effect: "full" } }, ...disk] : [event],
  );
  const window = only(history);
  const part = window.parts.findIndex(({ kind }) => kind === "detection");
  assert.equal(proof(window, part).slice(0, 2), [
    "log: Stopping serving replicas",
    "log: Shutdown broker because",
  ]);
  assert.not(proof(window, part).some((text) => text.includes("of another broker")));
  assert.ok(proof(window, part - 1).some((text) => text.includes("full disk of broker 1")));
});
test("explain() of one of two log directories: the broker gives it up, and another leads at once", () => {
  const moved = histories.killed.flatMap((event): HistoryEvent[] => {
    if (event.kind === "fault")
      return [
        { ...event, fault: "fail-disk", disk: { effect: "failed", logDir: 2 } },
        histories.log(
          1010,
          1,
          { what: "logDirFailed", nodeId: 1, logDir: "/more" },
          "Stopping serving replicas",
        ),
      ];
    if (event.kind === "broker log" && ["fenced", "registration"].includes(event.fact.what)) return [];
    return event.kind === "cluster" ? [{ ...event, alive: [1, 2, 3] }] : [event];
  });
  const window = only(moved);
  assert.equal(
    window.parts
      .filter(({ kind }) => kind !== "other")
      .slice(0, 2)
      .map(({ kind, tookMs }) => [kind, tookMs]),
    [
      ["detection", 10],
      ["election", 8690],
    ],
  );
  assert.not(window.parts.some(({ kind }) => kind === "unexplained"));
});

// ── real runs ──

test(
  "explain() cuts a real kill of leader and controller (3.9.2): two rounds of election, then a session, " +
    "then the leader and the client",
  () => {
    const [kill, stop, ...more] = explain(real("3.9.2")).windows;
    assert.equal(more, []);
    assert.equal(
      kill?.sentence,
      "12.7 s = 3.5 s until another controller was active (2 rounds of votes) + 9.0 s until broker 3 " +
        "was fenced + 0.1 s election of broker 1 + 0.1 s until broker 1 acknowledged",
    );
    assert.equal(rows(kill!), [
      "detection 3544; log view timer",
      "detection 9002 broker 3; log view timer",
      "election 67 broker 1; log view",
      "metadata 43; attempt timer",
      "request 66 broker 1; attempt",
    ]);
    assert.ok(proof(kill!, 0).some((text) => text === "view: active controller: node 2"));
    assert.ok(
      proof(kill!, 0).some((text) =>
        text.startsWith("log: [RaftManager id=1] Become candidate due to fetch timeout"),
      ),
    );
    assert.ok(proof(kill!, 1).includes("timer: broker.session.timeout.ms = 9.0 s"));
    assert.ok(
      proof(kill!, 1).some((text) => text.startsWith("log: [QuorumController id=2] Fencing broker 3")),
    );
    assert.equal(rows(stop!), ["election 83 broker 3; view log", "request 75 broker 3; attempt"]);
    assert.equal([kill!.unexplainedMs, stop!.unexplainedMs], [0, 0]);
  },
);
test("explain() cuts the same run of 4.4.0: one round of election", () => {
  const [kill, stop] = explain(real("4.4.0")).windows;
  assert.is(sumOf(kill!), "11.3 s = 2.0 s + 9.0 s + 0.1 s + 0.1 s + 0.1 s");
  assert.ok(
    proof(kill!, 0).includes(
      "log: [RaftManager id=1] Transitioning to Prospective state due to fetch timeout",
    ),
  );
  assert.not(proof(kill!, 0).some((text) => text.includes("election.timeout")));
  assert.equal(rows(stop!), ["election 34 broker 3; view log", "request 125 broker 3; attempt"]);
  assert.is(kill!.unexplainedMs, 0);
});

// ── one history a kind of outage ──

/** The history, the sum that the sentence gives, and the window's parts as rows. */
const table: readonly (readonly [string, readonly HistoryEvent[], string, readonly string[]])[] = [
  [
    "a killed leader",
    histories.killed,
    "9.3 s = 8.6 s + 0.1 s + 0.3 s + 0.2 s + 0.1 s",
    [
      "other 5; fault",
      "detection 8600 broker 1; log view timer",
      "election 100 broker 2; log view",
      "back-off 250; attempt timer",
      "metadata 150; attempt",
      "reconnect 40 broker 2; attempt",
      "reconnect 10 broker 2 ApiVersions; attempt",
      "request 150 broker 2; attempt",
    ],
  ],
  [
    "a paused leader, where the client's request hangs until its timeout",
    histories.paused,
    "12.5 s = 8.6 s + 0.1 s + 3.3 s + 0.3 s + 0.1 s + 0.1 s",
    [
      "detection 8590 broker 1; log view timer",
      "election 100 broker 2; log view",
      "request 3311 broker 1 TIMEOUT; attempt timer",
      "back-off 300; attempt timer",
      "metadata 50; attempt",
      "reconnect 9 broker 2; attempt",
      "request 130 broker 2; attempt",
    ],
  ],
  [
    "a killed follower",
    histories.follower,
    "8.4 s = 8.3 s + 0.1 s",
    ["detection 8290 broker 2; log view timer", "isr 40 broker 2 ISR; view", "request 20 broker 1; attempt"],
  ],
  [
    "a lost quorum",
    histories.quorumLost,
    "20.0 s = 20.0 s, not over",
    ["detection 19990 ISR; fault view log"],
  ],
  [
    "the only replica, killed and started again",
    histories.healedAfterKill,
    "17.1 s = 8.6 s + 5.4 s + 2.5 s + 0.1 s + 0.4 s + 0.1 s",
    [
      "detection 8590 broker 1; log view timer",
      "healing 5400 broker 1; view fault",
      "healing 2500 broker 1; log view",
      "election 100 broker 1; log view",
      "back-off 400; attempt timer",
      "reconnect 4 broker 1; attempt",
      "request 96 broker 1; attempt",
    ],
  ],
  [
    "a pause that is shorter than the session",
    histories.shortPause,
    "3.0 s = 3.0 s",
    ["healing 2990 broker 1; view fault", "request 20 broker 1; attempt"],
  ],
  [
    "a delay before a cold client",
    histories.delayed,
    "12.0 s = 12.0 s",
    [
      "other 1; attempt",
      "delay 3002 Connect broker 1; fault attempt",
      "delay 3003 ApiVersions broker 1; fault attempt",
      "delay 3002 Metadata broker 1; fault attempt",
      "other 2; attempt",
      "delay 3010 Produce broker 1; fault attempt",
    ],
  ],
  [
    "a stopped leader",
    histories.stopped,
    "595 ms = 5 ms + 90 ms + 280 ms + 40 ms + 180 ms",
    [
      "detection 5 broker 1; log",
      "election 90 broker 2; view log",
      "back-off 280; attempt timer",
      "metadata 40; attempt",
      "request 180 broker 2; attempt",
    ],
  ],
  [
    "a stopped leader, where the client asked for metadata before its pause",
    histories.refreshedFirst,
    "595 ms = 5 ms + 90 ms + 302 ms + 8 ms + 190 ms",
    [
      "detection 5 broker 1; log",
      "election 90 broker 2; view log",
      "back-off 1; attempt timer",
      "metadata 8; attempt",
      "back-off 301; attempt timer",
      "request 190 broker 2; attempt",
    ],
  ],
  [
    "a broken connection without a fault",
    histories.hiccup,
    "2.0 s = 0.4 s + 0.1 s + 1.5 s",
    [
      "other 1; attempt",
      "request 40 broker 1 ECONNRESET; attempt",
      "back-off 349; attempt timer",
      "reconnect 60 broker 1; attempt",
      "unexplained 1520",
      "request 20 broker 1; attempt",
    ],
  ],
  [
    "a client that stays with a hung broker",
    histories.stuck,
    "59.0 s = 8.6 s + 50.4 s, not over",
    [
      "detection 8590 broker 1; log timer",
      "election 100 broker 2; log view",
      "request 50300 broker 1 broker 2; attempt",
    ],
  ],
  [
    "too few replicas in sync",
    histories.tooFew,
    "29.0 s = 8.6 s + 20.4 s, not over",
    [
      "detection 8590 broker 2; log view timer",
      "isr 50 broker 2 ISR; view",
      "other 20350 broker 1 min.insync.replicas; attempt",
    ],
  ],
  [
    "a link that was cut for clients only",
    histories.cutOff,
    "5.0 s = 4.0 s + 1.0 s",
    ["healing 3990 broker 1; view fault", "request 1000 broker 1; attempt"],
  ],
  [
    "a client that knows only the server that is gone",
    histories.alone,
    "17.1 s = 8.6 s + 0.1 s + 5.3 s + 2.5 s + 0.5 s + 0.1 s",
    [
      "detection 8590 broker 1; log view timer",
      "election 100 broker 2; log view",
      "healing 5300 broker 1; attempt fault",
      "healing 2500 broker 1; log",
      "metadata 504; attempt timer",
      "request 96 broker 2; attempt",
    ],
  ],
  [
    "a leader that refuses until enough replicas are back",
    histories.refusedUntilHealed,
    "23.3 s = 8.6 s + 10.4 s + 4.0 s + 0.3 s",
    [
      "detection 8590 broker 2; log view timer",
      "isr 50 broker 2 ISR; view",
      "other 10350 broker 1 min.insync.replicas; attempt",
      "healing 4000; fault log",
      "back-off 200; attempt timer",
      "request 100 broker 1; attempt",
    ],
  ],
  [
    "a delay between brokers",
    histories.delayedPeers,
    "2.0 s = 2.0 s",
    ["other 1; attempt", "delay 2009 Produce broker 1; fault attempt"],
  ],
  [
    "a slow disk under a follower",
    histories.delayedPeers.map(onSlowDisk),
    "2.0 s = 2.0 s",
    ["other 1; attempt", "delay 2009 Produce broker 1; fault attempt"],
  ],
  [
    "a delay that was healed while an answer waited",
    histories.delayHealed,
    "5.0 s = 5.0 s",
    ["other 1; attempt", "delay 4999 Produce broker 1; fault attempt"],
  ],
  [
    "a delay that is longer than the client waits",
    histories.delayedTooLong,
    "25.0 s = 24.0 s + 1.0 s, not over",
    [
      "other 1; attempt",
      "request 12001 broker 1 TIMEOUT; fault attempt timer",
      "back-off 300; attempt timer",
      "request 12001 broker 1 TIMEOUT; fault attempt timer",
      "back-off 687; attempt timer",
    ],
  ],
  [
    "late answers that the client does not tell of",
    histories.unexplained,
    "6.0 s = 6.0 s",
    ["delay 3003; fault attempt", "delay 3007 Produce broker 1; fault attempt"],
  ],
  [
    "a follower that lags behind",
    histories.lagging,
    "30.6 s = 30.6 s",
    ["detection 30490 broker 2; log timer", "isr 60 broker 2 ISR; log", "request 50 broker 1; attempt"],
  ],
];
for (const [what, history, sum, expected] of table) {
  test(`explain() cuts ${what}`, () => {
    const window = only(history);
    assert.equal(rows(window), expected);
    assert.is(sumOf(window), sum);
  });
}

for (const [what, history] of [
  ...table.map(([name, history]) => [name, history] as const),
  ...["3.9.2", "4.4.0"].map((version) => [version, real(version)] as const),
]) {
  test(`explain() lays parts that follow each other, add up and have their proof: ${what}`, () => {
    for (const { fromMs, toMs, tookMs, parts, unexplainedMs, isOver } of explain(history).windows) {
      assert.is(parts[0]?.fromMs, fromMs);
      assert.is(parts.at(-1)?.toMs, toMs);
      parts.slice(1).forEach((part, i) => assert.is(part.fromMs, parts[i]?.toMs));
      assert.ok(Math.abs(parts.reduce((sum, part) => sum + part.tookMs, 0) - tookMs) < 0.001);
      assert.is(
        unexplainedMs,
        parts.filter(({ kind }) => kind === "unexplained").reduce((sum, part) => sum + part.tookMs, 0),
      );
      for (const { kind, fromMs: began, toMs: ended, evidence, what: said } of parts) {
        assert.ok(kind === "unexplained" || evidence.length > 0, said);
        // what proves a part lies within it, or ends or begins it
        const moments = evidence.flatMap((one) =>
          one.kind === "timer"
            ? []
            : [[one.atMs, one.kind === "attempt" ? one.atMs + one.tookMs : one.atMs] as const],
        );
        assert.ok(
          !isOver ||
            kind === "unexplained" ||
            moments.some(([from, to]) => from <= ended + 100 && to >= began - 100),
          said,
        );
      }
    }
  });
}

test(
  "explain() proves a request's timeout by the try, the client's setting and the delay that the try ran " +
    "into",
  () => {
    assert.equal(proof(only(histories.delayedTooLong), 1), [
      "fault: delay of 30000 ms on what broker 1 sends, clients",
      "attempt: Produce to broker 1: TIMEOUT after 12.0 s",
      "timer: requestTimeout = 12.0 s",
    ]);
  },
);

// ── what is looked at ──

test("explain() asks for longer windows when it is told to, and for one client or topic only", () => {
  assert.equal(
    explain(real("4.4.0"), { longerThanMs: 1000 }).windows.map(({ faults }) => faults.map(({ id }) => id)),
    [["kill-1"]],
  );
  assert.equal(explain(histories.killed, { client: "another" }).windows, []);
  assert.equal(explain(histories.killed, { topic: "another" }).windows, []);
  assert.ok(explain(histories.killed, { longerThanMs: 1 }).windows.length > 5);
});
test("explain() keeps two clients apart", () => {
  const other = histories.killed.map((event) =>
    event.kind === "send" ? { ...event, client: "other" } : event,
  );
  assert.equal(
    explain([...histories.killed, ...other]).windows.map(({ client }) => client),
    ["probe", "other"],
  );
});
test("explain() holds no outage against a client with acks=0, to which nobody acknowledges", () => {
  const mute = histories.killed.map(
    (event): HistoryEvent =>
      event.kind === "client"
        ? { ...event, settings: { ...event.settings, acks: 0 } }
        : event.kind === "send"
          ? { ...event, outcome: "info" }
          : event,
  );
  assert.equal(explain(mute).windows, []);
});
test("explain() looks at the partition that was hit, for which kafkajs lets the others wait too", () => {
  const two = histories.killed.map((event): HistoryEvent => {
    if (event.kind === "send")
      return { ...event, partition: 1, ...(event.attempts.length > 1 ? { broker: 3 } : {}) };
    if (event.kind !== "cluster") return event;
    const [hit] = event.partitions;
    return { ...event, partitions: [hit!, { ...hit!, partition: 1, leader: 3, leaderEpoch: 0, isr: [3] }] };
  });
  assert.equal(rows(only(two)).slice(1, 3), [
    "detection 8600 broker 1; log view timer",
    "election 100 broker 2; log view",
  ]);
});
test("explain() finds nothing where all was well, and nothing in an empty history", () => {
  assert.equal(explain([]).windows, []);
  assert.equal(explain([acked(100, 105, 1), acked(200, 204, 1)]).windows, []);
});
test("explain() leaves what a client does not tell unexplained", () => {
  const silent = histories.killed.map((event) =>
    event.kind === "send" ? { ...event, attempts: [] } : event,
  );
  const window = only(silent);
  assert.equal(rows(window).slice(-2), ["election 100 broker 2; log view", "unexplained 600"]);
  assert.is(sumOf(window), "9.3 s = 8.6 s + 0.1 s + 0.6 s");
});
test("explain() takes the first try at the new leader for proof where requests for metadata are not told", () => {
  const withoutRequests = histories.killed.map((event) =>
    event.kind === "send"
      ? { ...event, attempts: event.attempts.filter(({ api }) => api === "Produce") }
      : event,
  );
  const withDial = withoutRequests.map((event) =>
    event.kind === "send" && event.attempts.length > 1
      ? { ...event, attempts: [...event.attempts, attempt(9750, 1, "Connect", 1, "ECONNREFUSED")] }
      : event,
  );
  assert.equal(rows(only(withDial)).slice(-2), [
    "metadata 450; attempt timer",
    "request 150 broker 2; attempt",
  ]);
});

// ── in words ──

test("explanationLines() writes the sum first, then each part with its evidence", () => {
  const lines = explanationLines(explain(histories.killed));
  assert.is(
    lines[0],
    "measured: 9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 0.3 s back-off " +
      "+ 0.2 s until the client refreshed its metadata + 0.1 s until broker 2 acknowledged  (at 995 ms, " +
      "kill 1)",
  );
  assert.ok(lines.includes("     8.6 s  detection    until broker 1 was fenced"));
  assert.ok(
    lines.includes(
      "               9.600 s  kafka-3  [QuorumController id=3] Fencing broker 1 because its session " +
        "has timed out.",
    ),
  );
  assert.ok(lines.some((line) => line.trim().startsWith("broker.session.timeout.ms = 9.0 s (")));
});
test("explanationLines() paints, and says so where there is nothing to explain", () => {
  assert.equal(explanationLines(explain([])), [
    "no time without an acknowledged send was long enough to explain",
  ]);
  const painted = explanationLines(explain(histories.hiccup), {
    paint: (text, tone) => `<${tone}>${text}</>`,
  });
  assert.match(painted[0]!, /^<strong>measured: 2\.0 s/);
  assert.ok(painted.some((line) => line.includes("<unsure>unexplained")));
});
test.run();
