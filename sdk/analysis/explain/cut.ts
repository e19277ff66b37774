// Cuts one outage into parts: first the cluster's (detection, election), then the client's (until it is
// served).
//
//   ack │ fault │ detection ··· fenced │ election ··· leads │ metadata · back-off · reconnect · request │ ack

import { endsProcess, nounOf, processOfEvent } from "../../faults/mod.ts";
import type { Broker, NodeId } from "../../model/history.ts";
import { alonePieces } from "./alone.ts";
import { clientPieces } from "./client.ts";
import { detectedIn } from "./detection.ts";
import { withRequest } from "./elected.ts";
import { named, struck } from "./evidence.ts";
import type { Part } from "./explanation.ts";
import type { Lasting } from "./facts.ts";
import { untilBack, untilHealed } from "./healing.ts";
import { lostBrokers, type Outage } from "./outage.ts";
import { laid, type Piece } from "./pieces.ts";
import { refusedPieces } from "./refused.ts";
import { servedIn, type Served } from "./served.ts";
import { clientWaits, clusterWaits } from "./waits.ts";

/** Cuts an outage into parts that follow each other and add up to it. */
export function cut(outage: Outage): Part[] {
  const { fromMs, toMs } = outage;
  const fault = outage.faults[0];
  const strikesMs = Math.max(fromMs, fault?.fromMs ?? fromMs);
  const first = fault === undefined ? [] : untilStruck(outage, fault);
  const { pieces: clusters, served } = clusterPieces(outage);
  const clientsMs = Math.max(strikesMs, served?.atMs ?? strikesMs, ...clusters.map((piece) => piece.toMs));
  return laid(
    [
      ...first,
      ...clusters,
      ...clientsPart(outage, clientsMs, served?.how === "leader" ? served.leader : null),
    ],
    fromMs,
    toMs,
  );
}

/** The cluster's part of an outage, and what let it serve again; undefined where it served all the time. */
export function clusterPieces(outage: Outage): { pieces: Piece[]; served: Served | undefined } {
  const { fromMs, faults } = outage;
  const fault = faults[0];
  const strikesMs = Math.max(fromMs, fault?.fromMs ?? fromMs);
  const served = servedIn(outage, Math.min(fromMs, fault?.fromMs ?? fromMs));
  const pieces =
    served === undefined
      ? unavailablePieces(outage, fault, strikesMs)
      : servedPieces(outage, fault, served, strikesMs);
  return { pieces, served };
}

/** Until the cluster could serve again, and until the client could reach it. */
function servedPieces(
  outage: Outage,
  fault: Lasting | undefined,
  served: Served,
  strikesMs: number,
): Piece[] {
  const isHealing = fault !== undefined && fault.toMs < served.atMs && needsHealing(outage, fault, served);
  const clusters = withRequest(
    outage,
    served,
    isHealing ? healingPieces(outage, fault, served) : electionPieces(outage, fault, served),
  );
  const servedMs = Math.max(strikesMs, served.atMs);
  const alone = fault === undefined ? [] : alonePieces(outage, fault, servedMs);
  const back = fault !== undefined && alone.length > 0 ? comingBack(outage, fault) : [];
  return [...clusters, ...refusedPieces(outage, servedMs, fault), ...alone, ...back];
}

/** Where neither leader nor ISR changed: refused, healed, not over, or the cluster was well. */
function unavailablePieces(outage: Outage, fault: Lasting | undefined, strikesMs: number): Piece[] {
  const refused = refusedPieces(outage, strikesMs, fault);
  if (refused.length > 0) return refused;
  if (fault !== undefined && fault.toMs > strikesMs && fault.toMs < outage.toMs && isHelpless(outage, fault))
    return [...untilHealed(outage, fault), ...comingBack(outage, fault)];
  const waits =
    outage.ender === undefined && (fault === undefined || !isGentle(fault))
      ? clusterWaits(outage)
      : undefined;
  return waits === undefined
    ? []
    : [...detectedIn(outage, fault?.fromMs ?? outage.fromMs, outage.toMs).pieces, waits];
}

/**
 * Between the last acknowledgement and the fault's effect there is a moment in which nothing was wrong yet; a
 * longer one is the client's.
 */
function untilStruck(outage: Outage, fault: Lasting): Piece[] {
  if (fault.fromMs <= outage.fromMs || fault.fromMs > outage.toMs) return [];
  if (fault.fromMs - outage.fromMs > MOMENT_MS)
    return clientPieces(outage, outage.fromMs, fault.fromMs, { to: null });
  return [
    {
      kind: "other",
      toMs: fault.fromMs,
      what: `until the ${nounOf(fault.event.fault, fault.event.noun)} took effect`,
      evidence: [struck(fault.event)],
    },
  ];
}

/** Whether the leader that served could only do so because the fault was healed. */
function needsHealing(
  { facts, controller }: Outage,
  { event, fromMs, toMs }: Lasting,
  served: Served,
): boolean {
  const isTarget = (broker: Broker | null): boolean => broker !== null && event.targets.includes(broker);
  const lostController = controller !== null && isTarget(facts.brokerOf(controller));
  const isAnother = (node: NodeId | null): boolean => node !== null && node !== controller;
  const another =
    facts.lines("controllerActive", fromMs, toMs).some(({ fact }) => isAnother(fact.nodeId)) ||
    facts.views.some(
      ({ atMs, controllerNodeId }) => atMs > fromMs && atMs <= toMs && isAnother(controllerNodeId),
    );
  const last = facts.views.findLast(({ atMs }) => atMs <= toMs);
  return isTarget(served.leader) || (lostController && !another) || last?.controllerNodeId === null;
}

function electionPieces(outage: Outage, fault: Lasting | undefined, served: Served): Piece[] {
  const detected = detectedIn(outage, fault?.fromMs ?? outage.fromMs - MOMENT_MS, served.atMs);
  const kind = served.how === "leader" ? "election" : "isr";
  const what = servedBy(outage, served);
  const last = detected.pieces.at(-1);
  // seen too late to tell it from the election
  if (detected.isWhole && last !== undefined && last.toMs >= served.atMs)
    return [...detected.pieces.slice(0, -1), { ...last, evidence: [...last.evidence, ...served.evidence] }];
  if (detected.isWhole || fault === undefined)
    return [...detected.pieces, { kind, toMs: served.atMs, what, evidence: served.evidence }];
  const lost = lostBrokers(outage);
  const gone = named(lost.length === 0 ? fault.event.targets : lost);
  if (processOfEvent(fault.event) === "shutdown") {
    return [
      ...detected.pieces,
      {
        kind,
        toMs: served.atMs,
        what: kind === "isr" ? what : `until ${gone} had handed over to broker ${served.leader}`,
        evidence: [struck(fault.event), ...served.evidence],
      },
    ];
  }
  const until = served.how === "leader" ? `until broker ${served.leader} led` : what;
  return [
    ...detected.pieces,
    {
      kind: "unexplained",
      toMs: served.atMs,
      what: `${until}: no evidence when ${gone} ${gone.startsWith("brokers ") ? "were" : "was"} detected`,
      evidence: served.evidence,
    },
  ];
}

function healingPieces(outage: Outage, fault: Lasting, served: Served): Piece[] {
  const detected = detectedIn(outage, fault.fromMs, Math.min(fault.toMs, served.atMs));
  return [
    ...detected.pieces,
    ...untilHealed(outage, fault),
    ...untilBack(outage, fault, served.atMs),
    {
      kind: served.how === "leader" ? "election" : "isr",
      toMs: served.atMs,
      what: servedBy(outage, served),
      evidence: served.evidence,
    },
  ];
}

/** What let the cluster serve the partition again. */
function servedBy({ topic, partition, isShared }: Outage, { how, leader, left }: Served): string {
  const name = `${topic}-${partition}`;
  if (how === "isr") return `until ${named(left)} left the ISR of ${name}`;
  const why = isShared ? ` for ${name}, without which kafkajs takes no metadata` : "";
  return `election of ${leader === null ? "a leader" : named([leader])}${why}`;
}

/**
 * Whether only the healing could help: something was under way to a broker that was cut off or stood still
 * until then, or was refused by it.
 */
function isHelpless({ attempts }: Outage, fault: Lasting): boolean {
  if (isGentle(fault)) return false;
  return (
    attempts.length === 0 ||
    attempts.some(
      ({ broker, atMs, endMs, error }) =>
        (atMs < fault.toMs && endMs > fault.toMs) ||
        (error !== undefined && broker !== null && fault.event.targets.includes(broker)),
    )
  );
}

/** A fault of the network that lets everything through in the end. */
function isGentle({ event }: Lasting): boolean {
  return (
    event.network?.every((net) => net.kind !== "isolate" && !(net.kind === "lose" && net.percent === 100)) ??
    false
  );
}

/** A process that was ended has to start; the client may reach it before anybody says that it has. */
function comingBack(outage: Outage, fault: Lasting): Piece[] {
  if (!endsProcess(fault.event)) return [];
  const reached = outage.attempts.find(
    ({ atMs, broker, error }) =>
      atMs > fault.toMs && error === undefined && broker !== null && fault.event.targets.includes(broker),
  );
  return untilBack(outage, fault, outage.toMs, reached);
}

function clientsPart(outage: Outage, fromMs: number, to: Broker | null): Piece[] {
  const waits = outage.ender === undefined ? clientWaits(outage, fromMs) : undefined;
  return waits === undefined ? clientPieces(outage, fromMs, outage.toMs, { to }) : [waits];
}

const MOMENT_MS = 100;
