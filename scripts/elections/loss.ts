// What an unclean election costs: acknowledged records that the elected replica does not have.
//
//   broker F away ├──── acknowledged by the others alone ────┤ all of them gone, F back │ F is elected
//                       all of these are lost: F never had them

import {
  type History,
  noLostWrites,
  type Picture,
  type SendEvent,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import { mergeVerdicts } from "@kafka-failure-lab/sdk/scenario";

/** When the replica that was elected later was away, in milliseconds since the run's start. */
export interface Away {
  readonly topic: string;
  /** Its process ended, at the earliest and at the latest. */
  readonly fromMs: number;
  readonly fromLatestMs: number;
  /** The last replica that was in sync ended: at the earliest, and when certainly nobody led any more. */
  readonly toMs: number;
  readonly toLatestMs: number;
}

/** How many records are lost, at least and at most. */
export interface LossRange {
  readonly least: number;
  readonly most: number;
}

/**
 * What is lost if the replica that was away is elected: what was sent after it had ended and acknowledged,
 * and at most what was acknowledged after that (KIP-460; ReplicationControlManager.electLeader).
 */
export function expectedLoss(
  history: History,
  { topic, fromMs, fromLatestMs, toMs, toLatestMs }: Away,
): LossRange {
  const acked = history.filter(
    (event): event is SendEvent => event.kind === "send" && event.topic === topic && event.outcome === "ok",
  );
  const endsBy = ({ atMs, tookMs }: SendEvent, ms: number): boolean => atMs + tookMs <= ms;
  return {
    least: acked.filter((send) => send.atMs > fromLatestMs && endsBy(send, toMs)).length,
    most: acked.filter((send) => !endsBy(send, fromMs) && endsBy(send, toLatestMs)).length,
  };
}

/** The range in words. */
export function expectedLossText({ least, most }: LossRange): string {
  return least === most ? `${least} records` : `${least} to ${most} records`;
}

/** What the election cost, as measured. */
export interface Loss {
  readonly acknowledged: number;
  readonly lost: number;
  /** What returning replicas threw away, by broker: up to which offset their log went, and what it kept. */
  readonly truncated: readonly { broker: number; hadTo: number; keptTo: number }[];
  /** Records that a group never reads, though they are in the log behind no commit of its own. */
  readonly passedOver: number;
  readonly expected: LossRange;
  readonly verdict: Verdict;
}

/** Measures a loss, beside what was expected. */
export function lossOf(
  history: History,
  { topic, group, expected }: { topic: string; group: string; expected: LossRange },
): Loss {
  const { facts, verdict } = noLostWrites(history, { topic });
  const passed = passedOver(history, topic, group);
  const isWithin = facts.lost >= expected.least && facts.lost <= expected.most;
  return {
    acknowledged: facts.acknowledged,
    lost: facts.lost,
    truncated: truncatedOf(history, topic),
    passedOver: passed,
    expected,
    verdict:
      verdict === "unknown"
        ? verdict
        : mergeVerdicts([isWithin, passedVerdict(history, { topic, group, passed })]),
  };
}

/** Nothing is passed over by a group that had not committed what is lost. */
function passedVerdict(
  history: History,
  { topic, group, passed }: { topic: string; group: string; passed: number },
): Verdict {
  const cut = history.find(
    (event) => event.kind === "broker log" && event.fact.what === "truncated" && event.fact.topic === topic,
  );
  if (cut?.kind !== "broker log" || cut.fact.what !== "truncated") return "unknown";
  const before = history.filter(({ atMs }) => atMs < cut.atMs);
  return committedBy(before, topic, group) <= Number(cut.fact.offset) ? "unknown" : passed > 0;
}

/** The offset that a group has committed. */
function committedBy(history: History, topic: string, group: string): number {
  const commits = history.flatMap((event) =>
    event.kind === "commit" && event.group === group && event.error === undefined ? event.offsets : [],
  );
  return commits.reduce((most, one) => (one.topic === topic ? Math.max(most, Number(one.offset)) : most), 0);
}

/** By the lines of the brokers that returned. */
function truncatedOf(history: History, topic: string): Loss["truncated"] {
  const logged = history.flatMap((event) =>
    event.kind === "broker log" && "topic" in event.fact && event.fact.topic === topic ? [event] : [],
  );
  return logged.flatMap(({ broker, fact }) => {
    if (fact.what !== "truncated" || broker === null) return [];
    const began = logged.findLast((one) => one.broker === broker && one.fact.what === "becameFollower");
    const [, from] = /starts at leader epoch \d+ from offset (\d+) /.exec(began?.text ?? "") ?? [];
    return from === undefined ? [] : [{ broker, hadTo: Number(from), keptTo: Number(fact.offset) }];
  });
}

/** Records of the log that the group was given at no time, though it has committed behind them. */
function passedOver(history: History, topic: string, group: string): number {
  const given = new Set<string>();
  for (const event of history)
    if (event.kind === "delivered" && event.group === group)
      for (const { value } of event.records) given.add(value);
  const committed = committedBy(history, topic, group);
  const read = history.findLast((event) => event.kind === "readback" && event.topic === topic);
  if (read?.kind !== "readback") return 0;
  return read.records.filter(({ offset, value }) => Number(offset) < committed && !given.has(value ?? ""))
    .length;
}

/** A row for each thing that was counted. */
export function lossTable(loss: Loss): Picture {
  return tableOf(
    [
      ["what", "records", "by"],
      ["acknowledged", String(loss.acknowledged), "the producer"],
      ["lost", String(loss.lost), `reading the log; expected ${expectedLossText(loss.expected)}`],
      ...loss.truncated.map(({ broker, hadTo, keptTo }) => [
        `thrown away by broker ${broker}`,
        String(hadTo - keptTo),
        `its log: from offset ${keptTo} to ${hadTo}`,
      ]),
      ["passed over by the group", String(loss.passedOver), "what it was given, and the log"],
    ],
    { align: ["left", "right", "left"] },
  );
}
