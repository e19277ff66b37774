// What an unclean election costs: acknowledged records that the elected replica does not have.
//
//   broker F away ├──── acknowledged by the others alone ────┤ all of them gone, F back │ F is elected
//                       all of these are lost: F never had them

import { type History, noLostWrites, type Picture, tableOf, type Verdict } from "@kafka-failure-lab/sdk";
import { mergeVerdicts } from "@kafka-failure-lab/sdk/scenario";
import { type Compared, type GroupLoss, groupLossOf, type OfGroup } from "./group-loss.ts";
import { ackedAt, type Away, type Bounds, rewritten } from "./rewritten.ts";

/**
 * What is lost if the replica that was away is elected: what was sent after it had ended and acknowledged,
 * and at most what was acknowledged after that (KIP-460; ReplicationControlManager.electLeader).
 */
export function expectedLoss(
  history: History,
  { fromMs, fromLatestMs, toMs, toLatestMs, ...at }: Away,
): Bounds {
  const acked = ackedAt(history, at);
  return {
    least: acked.filter(({ atMs, endedMs }) => atMs > fromLatestMs && endedMs <= toMs).length,
    most: acked.filter(({ endedMs }) => endedMs > fromMs && endedMs <= toLatestMs).length,
  };
}

/** `25 records`, or `25 to 27 records`. */
export function expectedText(bounds: Bounds): string {
  return `${rangeText(bounds)} records`;
}

function rangeText({ least, most }: Bounds): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** What was expected before the election. */
export interface ExpectedLoss {
  readonly lost: Bounds;
  readonly skipped: Bounds;
  /** When the last in-sync replica was lost, in milliseconds since the run's start. */
  readonly sinceMs: number;
}

/** What the election cost, as measured. */
export interface Loss {
  readonly acknowledged: number;
  /** Acknowledged and not in the log; expected: acknowledged behind the end of the elected leader's log. */
  readonly lost: Compared;
  /** What returning replicas threw away, by broker: up to which offset their log went, and what it kept. */
  readonly truncated: readonly { broker: number; hadTo: number; keptTo: number }[];
  /** Where the elected leader went on; null where it has acknowledged nothing. */
  readonly keptTo: number | null;
  readonly group: GroupLoss;
  readonly expected: ExpectedLoss;
  readonly verdict: Verdict;
}

/** Measures a loss, beside what was expected. */
export function lossOf(history: History, { expected, ...of }: OfGroup & { expected: ExpectedLoss }): Loss {
  const { facts, verdict } = noLostWrites(history, { topic: of.topic });
  const anew = rewritten(history, of, expected.sinceMs);
  const found: Omit<Loss, "verdict"> = {
    acknowledged: facts.acknowledged,
    lost: { expected: anew?.lost ?? null, measured: facts.lost },
    truncated: truncatedOf(history, of.topic, expected.sinceMs),
    keptTo: anew?.keptTo ?? null,
    group: groupLossOf(history, of, anew),
    expected,
  };
  return { ...found, verdict: verdict === "unknown" ? verdict : mergeVerdicts(verdictsOf(found)) };
}

/** Kafka makes the numbers exact: each is what the offsets say, within what was expected before. */
function verdictsOf({ lost, truncated, keptTo, group, expected }: Omit<Loss, "verdict">): Verdict[] {
  const { committed, gone, skipped } = group;
  const isWithin = ({ measured }: Compared, { least, most }: Bounds): boolean =>
    measured >= least && measured <= most;
  const isExact = (one: Compared): Verdict =>
    one.expected === null ? "unknown" : one.expected === one.measured;
  const hasMet = keptTo !== null && committed !== null && committed > keptTo;
  return [
    isWithin(lost, expected.lost),
    isExact(lost),
    // less than the elected one had, where records before its end came from different leaders, too
    keptTo === null ? "unknown" : truncated.every((one) => one.keptTo <= keptTo),
    // a group that had processed nothing of what is lost passes over nothing
    hasMet ? isWithin(skipped, expected.skipped) : "unknown",
    isExact(gone),
    isExact(skipped),
  ];
}

/** By the lines of the brokers that returned after the last in-sync replica was lost. */
function truncatedOf(history: History, topic: string, sinceMs: number): Loss["truncated"] {
  const logged = history.flatMap((event) =>
    event.kind === "broker log" && event.atMs > sinceMs && "topic" in event.fact && event.fact.topic === topic
      ? [event]
      : [],
  );
  return logged.flatMap(({ broker, fact }) => {
    if (fact.what !== "truncated" || broker === null) return [];
    const began = logged.findLast((one) => one.broker === broker && one.fact.what === "becameFollower");
    const [, from] = /starts at leader epoch \d+ from offset (\d+) /.exec(began?.text ?? "") ?? [];
    return from === undefined ? [] : [{ broker, hadTo: Number(from), keptTo: Number(fact.offset) }];
  });
}

/** A row for each thing that was counted. */
export function lossTable({ acknowledged, lost, truncated, keptTo, group, expected }: Loss): Picture {
  const number = (value: number | null): string => (value === null ? "not known" : String(value));
  return tableOf(
    [
      ["what", "records", "derived", "from"],
      ["acknowledged", String(acknowledged), "", "the producer"],
      [
        "lost",
        String(lost.measured),
        number(lost.expected),
        `acknowledged from offset ${number(keptTo)} on; expected: ${rangeText(expected.lost)}`,
      ],
      ...truncated.map(({ broker, hadTo, keptTo: to }) => [
        `thrown away by broker ${broker}`,
        String(hadTo - to),
        "",
        `its log: from offset ${to} to ${hadTo}`,
      ]),
      [
        "processed by the group, and gone",
        String(group.gone.measured),
        number(group.gone.expected),
        `what it had processed from offset ${number(keptTo)} on`,
      ],
      [
        "never given to the group",
        String(group.skipped.measured),
        number(group.skipped.expected),
        `written anew from ${number(keptTo)} to ${number(group.committed)}, where it goes on; expected: ` +
          rangeText(expected.skipped),
      ],
    ],
    { align: ["left", "right", "right", "left"] },
  );
}
