// What may happen to records: lost though acknowledged, written twice, or unknown.
//
//   lost        the leader answered before others had the record (acks=1, or 0: written to a socket), and
//               another broker became leader, or may when it is back (KIP-966, or all were gone); or one
//               outside the ISR did (unclean election), whatever acks is
//               or every replica in sync lost its power, and nothing had forced the records to a disk
//   duplicates  a record was appended, its answer was lost, it was sent again, and its producer is not
//               idempotent (KIP-98)
//   both        idempotent kafkajs reuses the sequence number of a failed request (producer/sendMessages.js).
//               If that record was appended, the next one gets its number: the broker acknowledges it as a
//               duplicate without writing it (lost), and the first, sent again, gets a new number (written
//               twice). It needs several sends under way.
//   unknown     the client gave up, or got no answer, but the record may have been written; also records
//               under way of a client that does not recover

import { processOf } from "../../faults/mod.ts";
import type { Possibility, Prediction } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import type { Service } from "./served.ts";
import type { LeaderChange } from "./leader-change.ts";
import { isBehindEligible, isEndedBroker, isWholeIsrGone } from "./visible.ts";

type Possibilities = Pick<Prediction, "lost" | "duplicates" | "unknown">;

const UNCLEAN: ReadonlySet<LeaderChange["because"]> = new Set([
  "unclean",
  "unclean by request",
  "unclean by timer",
]);

/** Says what is possible in one course of events. */
export function possibilities(
  situation: Situation,
  leaderChange: LeaderChange,
  service: Service,
  send: Prediction["send"],
): Possibilities {
  const { client } = situation;
  const isDisturbed = touchesClient(situation, leaderChange, service);
  const isUnclean = UNCLEAN.has(leaderChange.because) && mayMove(situation, leaderChange);
  const wasLeader = situation.topic.state.leader;
  const mayRepeat = isDisturbed && client.acks !== 0 && client.retries > 0;
  const isMisnumbered = mayRepeat && client.idempotent && client.client === "kafkajs";
  const mayGoWithSocket =
    client.acks === 0 && wasLeader !== null && situation.fault.targets.includes(wasLeader);
  return {
    lost: said(
      isUnclean ||
        mayGoWithSocket ||
        isPowerCut(situation) ||
        isMisnumbered ||
        (client.acks !== -1 && mayLackRecords(situation, leaderChange)),
    ),
    duplicates: said(mayRepeat && (!client.idempotent || isMisnumbered)),
    unknown: said(
      client.acks === 0 || (isDisturbed && (send.ok < 1 || service.unavailable === "stuck on bootstrap")),
    ),
  };
}

/**
 * Whether every replica in sync is killed with a disk that forgets, and the topic does not force each record:
 * Kafka forces a log when it rolls a segment and at a clean end, unless `flush.messages` says otherwise.
 */
export function isPowerCut({ fault, topic }: Pick<Situation, "fault" | "topic">): boolean {
  const isAll = topic.state.isr.every((broker) => fault.targets.includes(broker));
  return (
    fault.disk?.effect === "forgetful" && processOf(fault) === "death" && isAll && topic.isForced !== true
  );
}

/**
 * Whether another broker may lead, after the healing too: the controller refuses a broker that starts again
 * until its last session has ended (ClusterControlManager.registerBroker), so that one is fenced all the
 * same.
 */
function mayMove(situation: Situation, { moves, movedAt }: LeaderChange): boolean {
  if (moves === 0) return false;
  const { fault, topic } = situation;
  const isEnded = topic.state.leader !== null && isEndedBroker(situation, topic.state.leader);
  return isEnded || movedAt === null || movedAt.fromMs <= (fault.lastsMs ?? Infinity);
}

/** Whether one may lead that lacks what only the former leader has. */
function mayLackRecords(situation: Situation, leaderChange: LeaderChange): boolean {
  return (
    mayMove(situation, leaderChange) ||
    isBehindEligible(situation, leaderChange) ||
    isWholeIsrGone(situation, leaderChange)
  );
}

/** Whether requests that may have been carried out stay without an answer. */
function touchesClient({ client, fault }: Situation, leaderChange: LeaderChange, service: Service): boolean {
  // a client that never learned where the topic is has sent nothing
  if (
    service.unavailable === "no bootstrap" ||
    service.trips?.trips.some(({ broker, holds }) => broker === "bootstrap" && holds === 0)
  )
    return false;
  if (service.unavailable !== null) return true;
  // what was refused may have been appended before the ISR was too small
  if (leaderChange.moves > 0 || leaderChange.because === "enough replicas") return true;
  const waits = Math.max(
    client.acks === -1 ? (leaderChange.readyAll?.toMs ?? Infinity) : 0,
    service.trips === null ? (service.gap?.toMs ?? 0) : 0,
  );
  // a follower that goes: only what waits past its timeout is sent again
  return waits > client.requestTimeout || (processOf(fault) === "shutdown" && service.served === 0);
}

function said(is: boolean): Possibility {
  return is ? "possible" : "no";
}

/** Whatever is possible in one of several courses is possible. */
export function either(a: Possibility, b: Possibility): Possibility {
  return said(a === "possible" || b === "possible");
}
