// When the controller fences a broker, and when a leader drops a follower from the ISR.
//
//   fenced      no heartbeat for broker.session.timeout.ms. The last heartbeat came up to one interval before
//               the fault: 7 to 9 s. A new controller counts from its own start: BrokerHeartbeatManager is
//               not replicated.
//   precision   3.9 wakes when the session ends; 4.x checks every eighth of it
//               (QuorumController.maybeFenceStaleBrokerPeriodNs)
//   late        a heartbeat's request times out after half a session (BrokerServer.scala, KAFKA-14392), since
//               3.9.2 and 4.0.1 after one interval; with a longer round trip no heartbeat arrives any more,
//               because the connection is made anew each time. With a shorter one heartbeats are late,
//               without effect.
//   lag         a leader removes a follower that has not caught up for replica.lag.time.max.ms, and checks
//               every half of it

import type { NetFault, Path } from "../../model/traffic.ts";
import type { KnownNode } from "./circumstances.ts";
import { endsNode, hangsMetadataLog, losesReplica } from "./disk-scope.ts";
import type { Odds, Span, Timer } from "../../model/prediction.ts";
import type { Quorum } from "./quorum.ts";
import type { Situation } from "./situation.ts";
import { unheardOdds } from "./slow-disk.ts";
import { NOW, plus, span } from "./span.ts";

/** When, and how probably, something is noticed. */
export interface Noticed {
  readonly noticedAt: Span;
  readonly odds: Odds;
  readonly timers: readonly Timer[];
}

/** When the controller fences a broker; null where it does not. */
export function fencing(situation: Situation, quorum: Quorum, node: KnownNode): Noticed | null {
  const controller = situation.node(quorum.controller);
  if (controller === undefined) return null;
  const session = situation.timer("broker.session.timeout.ms", controller);
  const heartbeat = situation.timer("broker.heartbeat.interval.ms", node);
  // until the next look, until the quorum has the record; a broker whose disk fails ends itself at its next
  // write, about a second later
  const writing = span(
    0,
    situation.work(100) +
      (situation.major >= 4 ? session.ms / 8 : 0) +
      (endsNode(situation, node) ? 2000 : 0),
  );
  const timers = [session];
  const way = situation.reach.between(node, controller, "controllers");
  const anew: Span = plus(quorum.activeAt, span(session.ms, session.ms), writing);
  if (way.state !== "open" || !situation.reach.runs(node)) {
    // where only answers are cut off, one more heartbeat arrives
    const last = isDeafOnly(situation.fault.network ?? [], node)
      ? span(0, heartbeat.ms)
      : span(-heartbeat.ms, 0);
    return {
      noticedAt: quorum.outcome === "another" ? anew : plus(span(session.ms, session.ms), last, writing),
      odds: 1,
      timers: quorum.outcome === "another" ? [...quorum.timers, session] : timers,
    };
  }
  // a combined node's heartbeat to its own controller passes no network, and it counts when it is received,
  // not when the metadata log has been written (QuorumController.processBrokerHeartbeat)
  if (node === controller) return null;
  // whose thread for the metadata log hangs does not learn of the other controller
  if (quorum.outcome === "another" && hangsMetadataLog(situation, node))
    return { noticedAt: anew, odds: 1, timers: [...quorum.timers, session] };
  const unheard = unheardOdds(situation, node, session.ms);
  if (unheard > 0) return { noticedAt: anew, odds: unheard, timers: [...quorum.timers, session] };
  const latencyMs = addedLatencyMs(situation.fault.network ?? [], node, "controllers");
  return latencyMs.out + latencyMs.in === 0
    ? null
    : delayedHeartbeat({
        latencyMs,
        session,
        heartbeat,
        patienceMs: waitsForInterval(situation.kafka) ? heartbeat.ms : session.ms / 2,
        writing,
        quorum,
        anew,
        unrest: unrest(situation, node, latencyMs),
      });
}

/**
 * When the controller hears of a log directory that has failed: with the heartbeat that the broker sends at
 * once, after the client's next record has met the fault (BrokerLifecycleManager.OfflineDirEvent). Null where
 * there is no controller.
 */
export function reported(situation: Situation, quorum: Quorum): Noticed | null {
  if (quorum.outcome === "lost") return null;
  return { noticedAt: plus(quorum.activeAt, span(0, situation.work(500))), odds: 1, timers: quorum.timers };
}

/** When a replica leaves the ISR because its broker is fenced, or reports the directory as failed. */
export function leaving(situation: Situation, quorum: Quorum, node: KnownNode): Noticed | null {
  return losesReplica(situation, node) ? reported(situation, quorum) : fencing(situation, quorum, node);
}

interface DelayedHeartbeat {
  latencyMs: { out: number; in: number };
  session: Timer;
  heartbeat: Timer;
  /** How long a heartbeat's request waits for its answer. */
  patienceMs: number;
  writing: Span;
  quorum: Quorum;
  anew: Span;
  unrest: Span;
}

/**
 * Whether a heartbeat's request waits for one interval; a version that is told in part only is taken for its
 * newest.
 */
function waitsForInterval(kafka: string | null): boolean {
  const [major = 4, minor = 99, patch = 99] = (/^\d+(\.\d+)*/.exec(kafka ?? "")?.[0] ?? "")
    .split(".")
    .filter((part) => part !== "")
    .map(Number);
  if (major !== 4 && major !== 3) return major > 4;
  return major === 4 ? minor > 0 || patch >= 1 : minor > 9 || (minor === 9 && patch >= 2);
}

function delayedHeartbeat({
  latencyMs,
  session,
  heartbeat,
  patienceMs,
  writing,
  quorum,
  anew,
  unrest,
}: DelayedHeartbeat): Noticed | null {
  const roundTrip = latencyMs.out + latencyMs.in;
  const odds = ramp(roundTrip, patienceMs, 150);
  if (quorum.outcome === "another") {
    // the first heartbeat to a new controller needs a connection: at least one round trip for its versions,
    // then its own way
    const first = plus(span(roundTrip + latencyMs.out, 2 * roundTrip + latencyMs.out + heartbeat.ms));
    const missed = Math.max(odds, first.fromMs > session.ms ? 1 : first.toMs < session.ms ? 0 : 0.5);
    return missed === 0 ? null : { noticedAt: anew, odds: missed, timers: [...quorum.timers, session] };
  }
  if (odds === 0 && unrest.toMs === 0) return null;
  // its heartbeats come through, but each controller that it makes them elect counts anew, and needs a
  // connection of its own first
  if (odds === 0)
    return {
      noticedAt: plus(anew, span(latencyMs.out, latencyMs.out), unrest),
      odds: 0.3,
      timers: [session],
    };
  const length = span(session.ms, session.ms);
  // the heartbeat that was on its way still counts
  const isCounted = latencyMs.out + heartbeat.ms <= session.ms;
  const noticedAt = isCounted
    ? plus(length, span(latencyMs.out, latencyMs.out + heartbeat.ms), writing, unrest)
    : plus(length, span(-heartbeat.ms, 0), writing);
  return { noticedAt, odds, timers: [session] };
}

/**
 * A voter that is late stands for election, and before 4.0 the others follow its higher epoch into one (no
 * pre-vote, KIP-996): the next controller counts anew.
 */
function unrest(situation: Situation, node: KnownNode, latencyMs: { out: number; in: number }): Span {
  const [fetch, vote] = [
    situation.timer("controller.quorum.fetch.timeout.ms"),
    situation.timer("controller.quorum.election.timeout.ms"),
  ];
  const isCandidate =
    situation.major < 4 && situation.voters.includes(node.nodeId) && latencyMs.out + latencyMs.in > fetch.ms;
  return isCandidate ? span(0, 2 * fetch.ms + 4 * vote.ms) : NOW;
}

/** From 0 below a limit to 1 above it, one half at it. */
export function ramp(value: number, limit: number, width: number): Odds {
  return Math.min(1, Math.max(0, 0.5 + (value - limit) / (2 * width)));
}

/** By how much later a node's traffic on a path arrives, each way. */
export function addedLatencyMs(
  network: readonly NetFault[],
  node: KnownNode,
  path: Exclude<Path, "all">,
): { out: number; in: number } {
  const own = network.filter(
    (one) =>
      one.kind === "delay" &&
      one.broker === node.broker &&
      (one.path === "all" || one.path === path) &&
      (path !== "clients" || one.between === undefined),
  );
  const sum = (side: "out" | "in"): number =>
    own.reduce(
      (ms, one) =>
        ms + (one.kind === "delay" && (one.direction === side || one.direction === "both") ? one.delayMs : 0),
      0,
    );
  return { out: sum("out"), in: sum("in") };
}

function isDeafOnly(network: readonly NetFault[], node: KnownNode): boolean {
  const cuts = network.filter(
    (one) => one.broker === node.broker && (one.kind === "isolate" || one.kind === "lose"),
  );
  return cuts.length > 0 && cuts.every(({ direction }) => direction === "in");
}

/** When a leader takes a follower out of the ISR that does not fetch any more. */
export function lagging(situation: Situation, leader: KnownNode, since: Span = NOW): Noticed {
  const lag = situation.timer("replica.lag.time.max.ms", leader);
  return { noticedAt: plus(since, span(lag.ms, 1.5 * lag.ms + situation.work(200))), odds: 1, timers: [lag] };
}
