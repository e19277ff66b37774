// What the coordinator's log says that moves a group on: members go, a rebalance begins, all have joined, and
// are assigned their partitions.

import type { MemberEvent } from "../../../model/history.ts";
import { logged, struck, timed } from "../evidence.ts";
import type { Evidence } from "../explanation.ts";
import type { Line } from "../facts.ts";
import { brokerTimer } from "../timers.ts";
import { changed } from "./group-evidence.ts";
import type { GroupScene } from "./group-scene.ts";
import { fitting, memberTimer, sessionProof } from "./group-timers.ts";
import { takesAway } from "./partition-outage.ts";
import { lastOf, type Step } from "./steps.ts";

/** A member is out of the group. */
export function removedStep(line: Line<"membersRemoved">): Step {
  const { atMs, fact } = line;
  return {
    atMs,
    piece({ scene, takeover, phase, change }) {
      const name = scene.nameOf(fact.memberIds[0] ?? "");
      const who = fact.memberIds.length > 1 ? `${name} and ${fact.memberIds.length - 1} more` : name;
      if (fact.why === "left" && phase === "joining") return undefined;
      const gone = lastOf(scene, name, atMs, ["ended", "paused"]);
      const ranMs = atMs - Math.max(gone?.atMs ?? takeover.fromMs, change?.loadedMs ?? -Infinity);
      const proof: Evidence[] =
        fact.why === "session"
          ? sessionProof(scene, name, ranMs)
          : fact.why === "left"
            ? []
            : asEvidence(memberTimer(scene, name, "rebalanceTimeout"));
      const evidence = [...(gone === undefined ? [] : [changed(gone)]), logged(line), ...proof];
      const until = REMOVED[fact.why](who);
      return phase === "gone" || phase === "assigned"
        ? { kind: "detection", toMs: atMs, what: `until ${until}`, evidence }
        : { kind: "join", toMs: atMs, what: `waiting for ${who} to join, until ${until}`, evidence };
    },
  };
}

const REMOVED: Readonly<Record<Line<"membersRemoved">["fact"]["why"], (who: string) => string>> = {
  session: (who) => `the session of ${who} had expired`,
  "rebalance timeout": (who) => `${who} was removed: it had not joined within the rebalance timeout`,
  "sync timeout": (who) => `${who} was removed: it had not asked for its assignment in time`,
  left: (who) => `${who} had left the group`,
};

/** The coordinator begins a rebalance. */
export function begunStep(line: Line<"rebalanceBegun">): Step {
  const { atMs, fact } = line;
  return {
    atMs,
    next: "joining",
    piece({ scene, takeover, phase, sinceMs }) {
      if (atMs - sinceMs <= SAME_MS) return undefined; // what made it begin has just been said
      const joins = /^Adding new member (\S+)/i.exec(fact.reason)?.[1];
      const isNext = phase === "syncing" || phase === "assigned";
      const what =
        joins === undefined
          ? `until ${isNext ? "another" : "a"} rebalance began`
          : `until ${scene.nameOf(joins)} asked to join`;
      const late = takeover.faults.find((fault) => !takesAway(fault) && fault.fromMs < atMs);
      // a member that was there already was held up on its way
      if (joins !== undefined && late !== undefined && !isNext)
        return { kind: "delay", toMs: atMs, what, evidence: [struck(late.event), logged(line)] };
      const kind = joins !== undefined ? "start" : isNext ? "join" : "detection";
      return { kind, toMs: atMs, what, evidence: [logged(line)] };
    },
  };
}

/** All members have joined. */
export function formedStep(line: Line<"generationFormed">): Step {
  const { atMs, fact } = line;
  return {
    atMs,
    next: "syncing",
    piece({ scene, takeover }) {
      const begun = scene.lines("rebalanceBegun", -Infinity, atMs).at(-1);
      const beganMs = begun?.atMs ?? takeover.fromMs;
      const last = scene.members.findLast(
        (one) => one.change === "rebalancing" && one.atMs > beganMs - SAME_MS && one.atMs <= atMs,
      );
      return {
        kind: "join",
        toMs: atMs,
        what: `until all members had joined (generation ${fact.generation})`,
        evidence: [
          ...(begun === undefined ? [] : [logged(begun)]),
          ...(last === undefined ? [] : [changed(last)]),
          logged(line),
          ...joinProof(scene, { begun, last, atMs }),
        ],
      };
    },
  };
}

/**
 * What a group waits for that joins: an empty one for more members, others for each member's next heartbeat.
 * Where a member was given up, that is said of its own.
 */
function joinProof(
  scene: GroupScene,
  {
    begun,
    last,
    atMs,
  }: { begun: Line<"rebalanceBegun"> | undefined; last: MemberEvent | undefined; atMs: number },
): Evidence[] {
  if (begun === undefined || scene.lines("membersRemoved", begun.atMs, atMs).length > 0) return [];
  const lastMs = (what: "groupEmpty" | "generationFormed"): number =>
    scene.lines(what, -Infinity, begun.atMs).at(-1)?.atMs ?? -Infinity;
  const wasEmpty = begun.fact.generation === 0 || lastMs("groupEmpty") > lastMs("generationFormed");
  const ranMs = atMs - begun.atMs;
  const delay = brokerTimer(scene.facts, "group.initial.rebalance.delay.ms");
  if (wasEmpty) return delay === undefined || delay.ms === 0 ? [] : fitting(delay, ranMs);
  const beat = last && memberTimer(scene, last.member, "heartbeatInterval");
  return fitting(beat, ranMs, beat?.ms);
}

/** The leader has sent the assignment. */
export function endedStep(line: Line<"rebalanceEnded">): Step {
  const { atMs, fact } = line;
  const what = `until the partitions were assigned (generation ${fact.generation})`;
  return {
    atMs,
    next: "assigned",
    piece: () => ({ kind: "sync", toMs: atMs, what, evidence: [logged(line)] }),
  };
}

function asEvidence(timer: Parameters<typeof timed>[0] | undefined): Evidence[] {
  return timer === undefined ? [] : [timed(timer)];
}

/** A line that follows another so soon has the same reason. */
const SAME_MS = 20;
