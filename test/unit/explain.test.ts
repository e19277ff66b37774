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
/** A window as a table: kind, milliseconds, what. */
const rows = ({ parts }: ExplainedWindow): string[] =>
  parts.map(({ kind, tookMs, what }) => `${kind} ${Math.round(tookMs)} ${what}`);
const proof = ({ parts }: ExplainedWindow, n: number): string[] =>
  (parts[n]?.evidence ?? []).map((one) => `${one.kind}: ${one.text}`);

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
      "detection 3544 until another controller was active (2 rounds of votes)",
      "detection 9002 until broker 3 was fenced",
      "election 67 election of broker 1",
      "metadata 43 until the client refreshed its metadata",
      "request 66 until broker 1 acknowledged",
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
    assert.equal(rows(stop!), ["election 83 election of broker 3", "request 75 until broker 3 acknowledged"]);
    assert.equal([kill!.unexplainedMs, stop!.unexplainedMs], [0, 0]);
  },
);
test("explain() cuts the same run of 4.4.0: one round of election", () => {
  const [kill, stop] = explain(real("4.4.0")).windows;
  assert.equal(
    kill?.sentence,
    "11.3 s = 2.0 s until another controller was active + 9.0 s until broker 3 was fenced + 0.1 s " +
      "election of broker 1 + 0.1 s until the client refreshed its metadata + 0.1 s until broker 1 " +
      "acknowledged",
  );
  assert.ok(
    proof(kill!, 0).includes(
      "log: [RaftManager id=1] Transitioning to Prospective state due to fetch timeout",
    ),
  );
  assert.not(proof(kill!, 0).some((text) => text.includes("election.timeout")));
  assert.equal(rows(stop!), ["election 34 election of broker 3", "request 125 until broker 3 acknowledged"]);
  assert.is(kill!.unexplainedMs, 0);
});

// ── one history a kind of outage ──

const table: readonly (readonly [string, readonly HistoryEvent[], string, readonly string[]])[] = [
  [
    "a killed leader",
    histories.killed,
    "9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 0.3 s back-off + 0.2 s " +
      "until the client refreshed its metadata + 0.1 s until broker 2 acknowledged",
    [
      "other 5 until the kill took effect",
      "detection 8600 until broker 1 was fenced",
      "election 100 election of broker 2",
      "back-off 250 back-off",
      "metadata 150 until the client refreshed its metadata",
      "reconnect 40 until it was connected to broker 2",
      "reconnect 10 until broker 2 answered ApiVersions",
      "request 150 until broker 2 acknowledged",
    ],
  ],
  [
    "a paused leader, where the client's request hangs until its timeout",
    histories.paused,
    "12.5 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 3.3 s until the request " +
      "to broker 1 ended (TIMEOUT) + 0.3 s back-off + 0.1 s until the client refreshed its metadata + " +
      "0.1 s until broker 2 acknowledged",
    [
      "detection 8590 until broker 1 was fenced",
      "election 100 election of broker 2",
      "request 3311 until the request to broker 1 ended (TIMEOUT)",
      "back-off 300 back-off",
      "metadata 50 until the client refreshed its metadata",
      "reconnect 9 until it was connected to broker 2",
      "request 130 until broker 2 acknowledged",
    ],
  ],
  [
    "a killed follower",
    histories.follower,
    "8.4 s = 8.3 s until broker 2 was fenced + 0.1 s until the ISR was smaller",
    [
      "detection 8290 until broker 2 was fenced",
      "election 40 until the ISR was smaller",
      "request 20 until broker 1 acknowledged",
    ],
  ],
  [
    "a lost quorum",
    histories.quorumLost,
    "20.0 s and not over = 20.0 s no controller: no leader could be elected, no smaller ISR committed",
    ["detection 19990 no controller: no leader could be elected, no smaller ISR committed"],
  ],
  [
    "the only replica, killed and started again",
    histories.healedAfterKill,
    "17.1 s = 8.6 s until broker 1 was fenced + 5.4 s until broker 1 was started again + 2.5 s until " +
      "broker 1 served again + 0.1 s election of broker 1 + 0.4 s back-off + 0.1 s until broker 1 " +
      "acknowledged",
    [
      "detection 8590 until broker 1 was fenced",
      "healing 5400 until broker 1 was started again",
      "healing 2500 until broker 1 served again",
      "election 100 election of broker 1",
      "back-off 400 back-off",
      "reconnect 4 until it was connected to broker 1",
      "request 96 until broker 1 acknowledged",
    ],
  ],
  [
    "a pause that is shorter than the session",
    histories.shortPause,
    "3.0 s = 3.0 s until broker 1 was resumed",
    ["healing 2990 until broker 1 was resumed", "request 20 until broker 1 acknowledged"],
  ],
  [
    "a delay before a cold client",
    histories.delayed,
    "12.0 s = 12.0 s in late answers: Connect, ApiVersions, Metadata, Produce",
    [
      "other 1 the client's own work",
      "delay 3002 Connect to broker 1, 3.0 s late",
      "delay 3003 ApiVersions to broker 1, 3.0 s late",
      "delay 3002 Metadata to broker 1, 3.0 s late",
      "other 2 the client's own work",
      "delay 3010 Produce to broker 1, 3.0 s late",
    ],
  ],
  [
    "a stopped leader",
    histories.stopped,
    "595 ms = 5 ms until the controller granted the shutdown of broker 1 + 90 ms election of broker 2 " +
      "+ 280 ms back-off + 40 ms until the client refreshed its metadata + 180 ms until broker 2 " +
      "acknowledged",
    [
      "detection 5 until the controller granted the shutdown of broker 1",
      "election 90 election of broker 2",
      "back-off 280 back-off",
      "metadata 40 until the client refreshed its metadata",
      "request 180 until broker 2 acknowledged",
    ],
  ],
  [
    "a stopped leader, where the client asked for metadata before its pause",
    histories.refreshedFirst,
    "595 ms = 5 ms until the controller granted the shutdown of broker 1 + 90 ms election of broker 2 " +
      "+ 302 ms back-off + 8 ms until the client refreshed its metadata + 190 ms until broker 2 " +
      "acknowledged",
    [
      "detection 5 until the controller granted the shutdown of broker 1",
      "election 90 election of broker 2",
      "back-off 1 back-off",
      "metadata 8 until the client refreshed its metadata",
      "back-off 301 back-off",
      "request 190 until broker 2 acknowledged",
    ],
  ],
  [
    "a broken connection without a fault",
    histories.hiccup,
    "2.0 s = 0.4 s back-off + 0.1 s until it was connected to broker 1 + 1.5 s unexplained",
    [
      "other 1 the client's own work",
      "request 40 until the request to broker 1 ended (ECONNRESET)",
      "back-off 349 back-off",
      "reconnect 60 until it was connected to broker 1",
      "unexplained 1520 unexplained",
      "request 20 until broker 1 acknowledged",
    ],
  ],
  [
    "a client that stays with a hung broker",
    histories.stuck,
    "59.0 s and not over = 8.6 s until broker 1 was fenced + 50.4 s the client stayed with broker 1 " +
      "and never tried broker 2",
    [
      "detection 8590 until broker 1 was fenced",
      "election 100 election of broker 2",
      "request 50300 the client stayed with broker 1 and never tried broker 2",
    ],
  ],
  [
    "too few replicas in sync",
    histories.tooFew,
    "29.0 s and not over = 8.6 s until broker 2 was fenced + 20.4 s broker 1 rejected: fewer in-sync " +
      "replicas than min.insync.replicas",
    [
      "detection 8590 until broker 2 was fenced",
      "election 50 until the ISR was smaller",
      "other 20350 broker 1 rejected: fewer in-sync replicas than min.insync.replicas",
    ],
  ],
  [
    "a link that was cut for clients only",
    histories.cutOff,
    "5.0 s = 4.0 s until the isolation of broker 1 was healed + 1.0 s until broker 1 acknowledged",
    ["healing 3990 until the isolation of broker 1 was healed", "request 1000 until broker 1 acknowledged"],
  ],
  [
    "a client that knows only the server that is gone",
    histories.alone,
    "17.1 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 5.3 s until broker 1 was " +
      "started again, the only server that the client knew + 2.5 s until broker 1 served again + 0.5 s " +
      "until the client refreshed its metadata + 0.1 s until broker 2 acknowledged",
    [
      "detection 8590 until broker 1 was fenced",
      "election 100 election of broker 2",
      "healing 5300 until broker 1 was started again, the only server that the client knew",
      "healing 2500 until broker 1 served again",
      "metadata 504 until the client refreshed its metadata",
      "request 96 until broker 2 acknowledged",
    ],
  ],
  [
    "a leader that refuses until enough replicas are back",
    histories.refusedUntilHealed,
    "23.3 s = 8.6 s until broker 2 was fenced + 10.4 s broker 1 rejected: fewer in-sync replicas than " +
      "min.insync.replicas + 4.0 s until enough replicas were in sync + 0.3 s back-off",
    [
      "detection 8590 until broker 2 was fenced",
      "election 50 until the ISR was smaller",
      "other 10350 broker 1 rejected: fewer in-sync replicas than min.insync.replicas",
      "healing 4000 until enough replicas were in sync",
      "back-off 200 back-off",
      "request 100 until broker 1 acknowledged",
    ],
  ],
  [
    "a delay between brokers",
    histories.delayedPeers,
    "2.0 s = 2.0 s Produce to broker 1, 2.0 s late",
    ["other 1 the client's own work", "delay 2009 Produce to broker 1, 2.0 s late"],
  ],
  [
    "a delay that was healed while an answer waited",
    histories.delayHealed,
    "5.0 s = 5.0 s Produce to broker 1, late until the delay was healed",
    ["other 1 the client's own work", "delay 4999 Produce to broker 1, late until the delay was healed"],
  ],
  [
    "a delay that is longer than the client waits",
    histories.delayedTooLong,
    "25.0 s and not over = 24.0 s until the request to broker 1 ended (TIMEOUT) + 1.0 s back-off",
    [
      "other 1 the client's own work",
      "request 12001 until the request to broker 1 ended (TIMEOUT)",
      "back-off 300 back-off",
      "request 12001 until the request to broker 1 ended (TIMEOUT)",
      "back-off 687 back-off",
    ],
  ],
  [
    "late answers that the client does not tell of",
    histories.unexplained,
    "6.0 s = 6.0 s in late answers: connecting, Produce",
    [
      "delay 3003 connecting, not reported by the client: as long as one answer 3.0 s late",
      "delay 3007 Produce to broker 1, 3.0 s late",
    ],
  ],
  [
    "a follower that lags behind",
    histories.lagging,
    "30.6 s = 30.6 s until the leader missed broker 2",
    [
      "detection 30490 until the leader missed broker 2",
      "election 60 until the ISR was smaller",
      "request 50 until broker 1 acknowledged",
    ],
  ],
];
for (const [what, history, sentence, expected] of table) {
  test(`explain() cuts ${what}`, () => {
    const window = only(history);
    assert.equal(rows(window), expected);
    assert.is(window.sentence, sentence);
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
    "detection 8600 until broker 1 was fenced",
    "election 100 election of broker 2",
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
  assert.equal(rows(window).slice(-2), ["election 100 election of broker 2", "unexplained 600 unexplained"]);
  assert.is(
    window.sentence,
    "9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 0.6 s unexplained",
  );
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
    "metadata 450 until the client refreshed its metadata",
    "request 150 until broker 2 acknowledged",
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
