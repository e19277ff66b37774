// What members say that moves a group on: a process starts, asks to join, and has its partitions.

import type { MemberEvent } from "../../../model/history.ts";
import { partitionName } from "../../../model/partition.ts";
import { type Claim, CLIENT_MS } from "./claims.ts";
import { changed } from "./group-evidence.ts";
import { sessionProof } from "./group-timers.ts";
import { lastOf, type Step, type Walk } from "./steps.ts";

/** Until a member was there that could take over. */
export function startSteps({ scene, takeover }: Walk): Step[] {
  const { fromMs, toMs, next, before } = takeover;
  const alive = scene.aliveAt(fromMs);
  const starts = scene.members.filter(
    ({ change, atMs, member }) =>
      change === "started" && atMs > fromMs && atMs <= toMs && (alive.size === 0 || member === next?.member),
  );
  const first = starts[0];
  if (first === undefined) return [];
  const isAgain = before?.member === first.member;
  const why = alive.size === 0 ? ": the group had no member" : "";
  const started: Step = {
    atMs: first.atMs,
    piece: () => ({
      kind: "healing",
      toMs: first.atMs,
      what: `until ${first.member} was started${isAgain ? " again" : ""}${why}`,
      evidence: [changed(first)],
    }),
  };
  const asked = scene.members.find(
    ({ change, member, atMs }) =>
      (change === "rebalancing" || change === "joined") && member === first.member && atMs > first.atMs,
  );
  return asked === undefined ? [started] : [started, startedStep(first, asked)];
}

/** A rebalance that others have begun meanwhile is not waiting for this process. */
function startedStep(first: MemberEvent, asked: MemberEvent): Step {
  return {
    atMs: asked.atMs,
    piece: ({ phase }) =>
      phase === "joining"
        ? undefined
        : {
            kind: "start",
            toMs: asked.atMs,
            what: `until ${first.member} had started and asked to join`,
            evidence: [changed(first), changed(asked)],
          },
  };
}

/** Without the coordinator's lines: when a member noticed the rebalance, and was in the new generation. */
export function askedSteps({ scene, takeover }: Walk): Step[] {
  const { fromMs, toMs, next, before } = takeover;
  const own = scene.members.filter(
    ({ member, atMs }) => member === next?.member && atMs > fromMs && atMs <= toMs,
  );
  const asked = own.find(({ change }) => change === "rebalancing");
  const joined = own.findLast(({ change }) => change === "joined");
  const steps: Step[] = [];
  if (asked !== undefined)
    steps.push({
      atMs: asked.atMs,
      next: "joining",
      piece({ phase }) {
        const gone =
          before?.member == null ? undefined : lastOf(scene, before.member, asked.atMs, ["ended", "paused"]);
        if (phase !== "gone" || gone === undefined) return undefined;
        const proof = sessionProof(scene, gone.member, asked.atMs - gone.atMs);
        const what = `until ${asked.member} noticed that ${gone.member} was out of the group`;
        return {
          kind: "detection",
          toMs: asked.atMs,
          what,
          evidence: [changed(gone), changed(asked), ...proof],
        };
      },
    });
  if (joined !== undefined)
    steps.push({
      atMs: joined.atMs,
      next: "syncing",
      piece: () => ({
        kind: "join",
        toMs: joined.atMs,
        what: `until ${joined.member} had joined`,
        evidence: [...(asked === undefined ? [] : [changed(asked)]), changed(joined)],
      }),
    });
  return steps;
}

/** The next owner has the partition. */
export function assignedSteps({ takeover }: Walk): Step[] {
  const began = takeover.next?.began;
  if (began?.kind !== "member") return [];
  const what = `until ${began.member} had ${partitionName(takeover)}`;
  const claim: Claim = { kind: "sync", toMs: began.atMs, what, evidence: [changed(began)] };
  return [
    {
      atMs: began.atMs,
      // without a trace of a rebalance it may have been anything
      piece: ({ phase }) => (phase === "gone" ? { ...claim, notBeforeMs: began.atMs - CLIENT_MS } : claim),
    },
  ];
}
