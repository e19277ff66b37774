// Elections that somebody asked for, those of a replica that was not in sync, and what returning replicas
// threw away: a mark each, above the faults.
//
//   ◆ green    preferred leaders were asked for       ◆ red   a replica that is not in sync leads
//   ■ orange   a replica cut its log to the leader's

import { electedText } from "../../model/election-text.ts";
import type { BrokerLogFact, ElectionEvent, History, RunEvent } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { Mark } from "./marks.ts";
import { colour } from "./palette.ts";

const DIAMOND = "l4,4l-4,4l-4,-4z";
const SQUARE = "m-3.5,0.5h7v7h-7z";
/** Lines of one change stand so close together: a broker logs a line for each partition. */
const TOGETHER_MS = 100;
/** The controller logs its decision within a request that the lab has seen to the end. */
const SLACK_MS = 1000;

/** The elections and truncations of a history, in order of time. */
export function electionMarks(history: History): Mark[] {
  const asked = history.filter((event): event is ElectionEvent => event.kind === "election");
  const marks = [
    ...asked.map((event) => ({
      atMs: event.atMs + event.tookMs,
      text: `${event.election} election: ${electedText(event)}`,
      shape: DIAMOND,
      fill: colour(event.election === "unclean" ? "fail" : "ok"),
    })),
    ...joined(uncleanOf(history, asked), (names, leader) => ({
      text: `unclean election: ${names} led by ${leader}`,
      shape: DIAMOND,
      fill: colour("fail"),
    })),
    ...joined(truncatedOf(history), (names, broker) => ({
      text: `${broker} threw away ${names}`,
      shape: SQUARE,
      fill: colour("info"),
    })),
  ];
  return marks.sort((a, b) => a.atMs - b.atMs);
}

/** What the marks are, in a row's label. */
export function electionLabel(marks: readonly Mark[]): string {
  return marks.some(({ shape }) => shape === DIAMOND) ? "elections" : "truncated";
}

interface Change {
  readonly atMs: number;
  /** The partition, and what is to be said of it. */
  readonly name: string;
  readonly broker: string;
}

/** Changes of one broker at one moment are one mark. */
function joined(
  changes: readonly Change[],
  mark: (names: string, broker: string) => Omit<Mark, "atMs">,
): Mark[] {
  const groups: { atMs: number; broker: string; names: string[] }[] = [];
  for (const { atMs, name, broker } of [...changes].sort((a, b) => a.atMs - b.atMs)) {
    const last = groups.findLast((one) => one.broker === broker && atMs - one.atMs <= TOGETHER_MS);
    if (last === undefined) groups.push({ atMs, broker, names: [name] });
    else last.names.push(name);
  }
  return groups.map(({ atMs, broker, names }) => ({ atMs, ...mark(names.join(", "), broker) }));
}

/** Those that nobody asked for. Every controller logs them, also one that starts and reads the past. */
function uncleanOf(history: History, asked: readonly ElectionEvent[]): Change[] {
  const seen = new Set<string>();
  return factsOf(history, "uncleanElection").flatMap(({ atMs, fact }) => {
    const name = partitionName(fact);
    const key = `${name} ${fact.leaderEpoch}`;
    const isAsked = asked.some(
      ({ election, partitions, ...event }) =>
        election === "unclean" &&
        atMs >= event.atMs - TOGETHER_MS &&
        atMs <= event.atMs + event.tookMs + SLACK_MS &&
        partitions.some((one) => partitionName(one) === name),
    );
    if (seen.has(key)) return [];
    seen.add(key);
    return isAsked ? [] : [{ atMs, name, broker: brokerName(history, fact.leaderNodeId) }];
  });
}

function truncatedOf(history: History): Change[] {
  return factsOf(history, "truncated").map(({ atMs, fact }) => ({
    atMs,
    name: `${partitionName(fact)} from offset ${fact.offset}`,
    broker: brokerName(history, fact.nodeId),
  }));
}

type Fact<W extends string> = Extract<BrokerLogFact, { what: W }>;

/** The lines about topics that are the run's own, in order of time. */
function factsOf<W extends "uncleanElection" | "truncated">(
  history: History,
  what: W,
): { atMs: number; fact: Fact<W> }[] {
  return history
    .flatMap((event) => {
      const fact = event.kind === "broker log" && event.fact.what === what ? (event.fact as Fact<W>) : null;
      return fact === null || isInternal(fact) ? [] : [{ atMs: event.atMs, fact }];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

function isInternal({ topic }: { topic: string }): boolean {
  return topic.startsWith("__");
}

function brokerName(history: History, nodeId: number): string {
  const run = history.find((event): event is RunEvent => event.kind === "run");
  const broker = run?.brokers.find((one) => Number(one.nodeId) === nodeId)?.broker;
  return broker === undefined ? `node ${nodeId}` : `broker ${broker}`;
}
