// A time in which one member had a partition, and processed nothing of it though there were records.
//
//   assigned ── committed offset ── [leader gone ── elected] ── fetched ── processed
//           position                  the cluster's        fetch      processing

import type { DeliveredEvent, LogEvent } from "../../../model/history.ts";
import { partitionName } from "../../../model/partition.ts";
import { clusterPieces } from "../cut.ts";
import { named, struck, timed } from "../evidence.ts";
import { UNKNOWN } from "../pieces.ts";
import { clusterWaits } from "../waits.ts";
import { busyPieces } from "./busy.ts";
import { type Claim, CLIENT_MS } from "./claims.ts";
import { begun, changed, delivery, said } from "./group-evidence.ts";
import type { GroupScene } from "./group-scene.ts";
import { memberTimer, sessionProof } from "./group-timers.ts";
import { frozenIn, type Holding } from "./holdings.ts";
import { type MemberLogFact, readLog } from "./member-log.ts";
import { hitting, outageIn, stateAt, takesAway } from "./partition-outage.ts";
import type { Reading } from "./stretch.ts";

/** Cuts a stretch with an owner by what kept it from reading. */
export function readingPieces(scene: GroupScene, reading: Reading): Claim[] {
  const { member, fromMs, toMs, next } = reading;
  const frozen = frozenIn(scene, member, fromMs, toMs);
  const last = frozen.at(-1);
  if (last !== undefined && last.toMs >= toMs) {
    const before = workPieces(scene, {
      ...reading,
      toMs: Math.min(toMs, Math.max(fromMs, last.fromMs)),
      isOver: false,
    });
    return [...before, frozenPiece(scene, reading, last.began)];
  }
  const thaws = frozen.flatMap(({ toMs: endMs, began, ended }): Claim[] =>
    ended === undefined
      ? []
      : [
          {
            kind: "healing",
            toMs: endMs,
            what: `until ${member} was resumed`,
            evidence: [changed(began), changed(ended)],
          },
        ],
  );
  const workMs = Math.max(fromMs, last?.toMs ?? fromMs);
  const rest = workPieces(scene, { ...reading, fromMs: workMs });
  const isLost = next !== undefined && next.began !== undefined;
  return [...thaws, ...rest, ...(isLost ? [untilLost(scene, reading, next)] : [])];
}

/** A member that was frozen to the end of its time: until the coordinator noticed, or to the end of all. */
function frozenPiece(
  scene: GroupScene,
  { member, toMs, next }: Reading,
  began: Parameters<typeof changed>[0],
): Claim {
  if (next?.began === undefined)
    return { kind: "other", toMs, what: `${member} was frozen`, evidence: [changed(began)] };
  const proof = sessionProof(scene, member, toMs - began.atMs);
  return {
    kind: "detection",
    toMs,
    what: `until the session of ${member} had expired`,
    evidence: [changed(began), begun(next.began), ...proof],
  };
}

/** Until the partition was taken from its owner: a moment, or time without evidence. */
function untilLost(scene: GroupScene, { member, fromMs, toMs, log, faults }: Reading, next: Holding): Claim {
  const evidence = next.began === undefined ? [] : [begun(next.began)];
  const event = next.began?.kind === "member" ? next.began : undefined;
  if (next.began?.kind === "broker log" && next.began.fact.why === "session") {
    // its process runs: its heartbeats did not reach the coordinator, or none did before this one
    const loadedMs = scene.lines("groupLoaded", -Infinity, toMs).at(-1)?.atMs ?? -Infinity;
    const ranMs = toMs - Math.max(faults[0]?.fromMs ?? fromMs, loadedMs);
    const why = faults[0] === undefined ? [] : [struck(faults[0].event)];
    const proof = [...why, ...evidence, ...sessionProof(scene, member, ranMs)];
    return { kind: "detection", toMs, what: `until the session of ${member} had expired`, evidence: proof };
  }
  if (event?.change === "revoked")
    return { kind: "join", toMs, what: `until ${member} had given ${log.name} back`, evidence };
  const how = event?.change === "ended" ? "ended" : "had lost it";
  return toMs - fromMs <= MOMENT_MS
    ? { kind: "other", toMs, what: `until ${member} ${how}`, evidence }
    : { kind: "unexplained", toMs, what: `${UNKNOWN}, until ${member} ${how}`, evidence };
}

/** What an owner that runs was doing or waiting for. */
function workPieces(scene: GroupScene, reading: Reading): Claim[] {
  const { fromMs, toMs, log, member, holding } = reading;
  if (toMs <= fromMs) return [];
  const isNew = holding.began !== undefined && holding.fromMs >= fromMs;
  const [clusters, servedMs] = leaderPieces(scene, reading);
  const given = log.deliveries.find(
    ({ event }) => event.member === member && event.atMs > fromMs && event.atMs <= toMs,
  )?.event;
  const pieces = [
    ...(isNew ? positionPieces(scene, reading) : []),
    ...clientPieces(scene, reading, Math.max(servedMs, fromMs), given?.atMs ?? toMs),
    ...busyPieces(scene, reading, given?.atMs),
    ...(given === undefined ? [] : [fetchPiece(scene, reading, { given, servedMs, isNew })]),
  ].sort((a, b) => a.toMs - b.toMs);
  const last = reading.next === undefined && !reading.isOver ? [waitingPiece(scene, reading)] : [];
  return [...struckPieces(reading), ...clusters, ...pieces, ...last];
}

/** A moment before a fault took effect nothing was wrong yet. */
function struckPieces({ faults, fromMs, toMs }: Reading): Claim[] {
  const fault = faults[0];
  if (fault === undefined || fault.fromMs <= fromMs || fault.fromMs > Math.min(toMs, fromMs + MOMENT_MS))
    return [];
  const what = `until the ${fault.event.fault} took effect`;
  return [{ kind: "other", toMs: fault.fromMs, what, evidence: [struck(fault.event)] }];
}

/** The cluster's part where the partition has lost its leader, and when it had one again. */
function leaderPieces({ facts }: GroupScene, reading: Reading): [pieces: Claim[], servedMs: number] {
  const { faults, fromMs, toMs, log } = reading;
  const lead = stateAt(facts, log, Math.min(fromMs, faults[0]?.event.atMs ?? fromMs))?.leader ?? null;
  const lost = hitting(faults, lead).filter(takesAway);
  const fault = lost[0];
  if (fault === undefined) return [[], -Infinity];
  const { topic, partition } = log;
  const isOver = reading.isOver || reading.next !== undefined;
  const outage = outageIn(facts, { topic, partition, fromMs, toMs, faults: lost, isOver });
  const { pieces, served } = clusterPieces(outage);
  return [pieces, Math.max(served?.atMs ?? -Infinity, ...pieces.map((piece) => piece.toMs))];
}

/** Until the member had the offset from which it reads on. */
function positionPieces(scene: GroupScene, { member, fromMs, toMs, log }: Reading): Claim[] {
  const line = scene.logsOf(member).find((one) => {
    const fact = one.atMs > fromMs && one.atMs <= toMs ? readLog(one) : undefined;
    const isOf = (of: { topic: string; partition: number }): boolean =>
      of.topic === log.topic && of.partition === log.partition;
    return fact?.what === "position" && (fact.of === null || isOf(fact.of));
  });
  if (line === undefined) return [];
  const what = `until ${member} had the committed offset of ${log.name}`;
  return [{ kind: "position", toMs: line.atMs, what, evidence: [said(line)] }];
}

/** What the client's log says of its connections, from when the cluster served to the first records. */
function clientPieces(scene: GroupScene, { member }: Reading, fromMs: number, toMs: number): Claim[] {
  return scene.logsOf(member).flatMap((line): Claim[] => {
    if (line.atMs <= fromMs || line.atMs > toMs) return [];
    const fact = readLog(line);
    return fact === undefined ? [] : ofLog(scene, member, { line, fact });
  });
}

function ofLog(
  scene: GroupScene,
  member: string,
  { line, fact }: { line: LogEvent; fact: MemberLogFact },
): Claim[] {
  const { atMs } = line;
  const evidence = [said(line)];
  const timer = memberTimer(scene, member, "requestTimeout");
  switch (fact.what) {
    case "requestTimeout":
      return [
        {
          kind: "request",
          toMs: atMs,
          what: `until a request of ${member} timed out`,
          evidence: [...evidence, ...(timer === undefined ? [] : [timed(timer)])],
          notBeforeMs: atMs - (timer?.ms ?? CLIENT_MS) - CLIENT_MS,
        },
      ];
    case "disconnected":
    case "cannotConnect": {
      const what = `until ${member} saw its connection fail`;
      return [{ kind: "reconnect", toMs: atMs, what, evidence, notBeforeMs: atMs - CLIENT_MS }];
    }
    case "restart":
      return [
        {
          kind: "back-off",
          toMs: atMs + fact.pauseMs,
          what: `back-off of ${member}, which begins anew`,
          evidence,
          notBeforeMs: atMs,
        },
      ];
    default:
      return [];
  }
}

/** Until the first records came; longer than a client may take for it is unexplained. */
function fetchPiece(
  scene: GroupScene,
  { member, log, faults, fromMs }: Reading,
  { given, servedMs, isNew }: { given: DeliveredEvent; servedMs: number; isNew: boolean },
): Claim {
  const leader = stateAt(scene.facts, log, given.atMs)?.leader ?? null;
  const late = hitting(faults, leader).find((fault) => !takesAway(fault) && fault.toMs > fromMs);
  const evidence = [delivery(given), ...(late === undefined ? [] : [struck(late.event)])];
  if (late !== undefined)
    return { kind: "delay", toMs: given.atMs, what: `late answers of ${named([leader!])}`, evidence };
  const wait = memberTimer(scene, member, "maxWait");
  const who = leader === null ? partitionName(log) : named([leader]);
  const what =
    servedMs > fromMs
      ? `until ${member} had heard of ${who} and fetched from it`
      : `until ${member} ${isNew ? "had fetched" : "was given"} records of ${log.name}`;
  return {
    kind: "fetch",
    toMs: given.atMs,
    what,
    evidence,
    notBeforeMs: given.atMs - (wait?.ms ?? 0) - CLIENT_MS,
  };
}

/** What nothing ended: what the owner was still waiting for. */
function waitingPiece(scene: GroupScene, { fromMs, toMs, log, faults, member }: Reading): Claim {
  const { topic, partition } = log;
  const stretch = { topic, partition, fromMs, toMs, faults, isOver: false };
  const waits = clusterWaits(outageIn(scene.facts, stretch));
  if (waits !== undefined) return waits;
  const line = scene.logsOf(member).findLast(({ atMs }) => atMs > fromMs && atMs <= toMs);
  const what = line === undefined ? UNKNOWN : `${UNKNOWN}; the last line of the log of ${member} is given`;
  return { kind: "unexplained", toMs, what, evidence: line === undefined ? [] : [said(line)] };
}

/** Between the last record and a fault's effect nothing was wrong yet. */
const MOMENT_MS = 250;
