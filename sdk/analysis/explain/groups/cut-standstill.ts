// Cuts one standstill of a partition into parts: by who had it, and then by what that one, or the group
// without one, waited for.
//
//   processed │ billing.1 ── ended │ nobody ── session, rebalance ── assigned │ billing.2 ── processed
//             └────── reading.ts ──┴────────────── takeover.ts ───────────────┴──── reading.ts ──────┘

import type { RawGap } from "../../check/mod.ts";
import type { PartitionGaps } from "../../check/mod.ts";
import type { Part } from "../explanation.ts";
import type { Lasting } from "../facts.ts";
import { withMachineParts } from "../machine-parts.ts";
import { laid } from "../pieces.ts";
import { bounded, type Claim } from "./claims.ts";
import type { GroupScene } from "./group-scene.ts";
import { type Holding, holdingsOf } from "./holdings.ts";
import { readingPieces } from "./reading.ts";
import { takeoverPieces } from "./takeover.ts";

/** A standstill with all that its explanation asks. */
export interface Standstill {
  readonly scene: GroupScene;
  readonly of: PartitionGaps;
  readonly gap: RawGap;
  /** Those that lasted during it, the deciding one first. */
  readonly faults: readonly Lasting[];
}

/** What an explanation says of one standstill beside its faults. */
export interface CutStandstill {
  readonly lostBy: string | null;
  readonly readBy: string | null;
  readonly parts: Part[];
}

/** Cuts a standstill into parts that follow each other and add up to it. */
export function cutStandstill(standstill: Standstill): CutStandstill {
  const { scene, of, gap } = standstill;
  const { fromMs, toMs } = gap;
  const all = holdingsOf(scene, of.log);
  const first = all.findIndex((one) => one.toMs > fromMs);
  const during = all.filter((one) => one.toMs > fromMs && one.fromMs < toMs);
  const claims = during.flatMap((holding, i) =>
    claimsOf(standstill, { before: all[first + i - 1], holding, next: all[first + i + 1] }),
  );
  const { machine } = scene.facts;
  const parts = laid(bounded(claims, fromMs), fromMs, toMs);
  return {
    // nobody need have it when a record comes that waits
    lostBy: all.slice(0, first + 1).findLast((one) => one.member !== null)?.member ?? null,
    readBy: gap.isOpen ? null : readerAt(of, toMs),
    // a member is a process of its own: what kept the lab's own clients back did not keep it
    parts: withMachineParts(parts, { ...machine, stalls: [] }),
  };
}

interface Around {
  before: Holding | undefined;
  holding: Holding;
  next: Holding | undefined;
}

function claimsOf({ scene, of, gap, faults }: Standstill, { before, holding, next }: Around): Claim[] {
  const [fromMs, toMs] = [Math.max(gap.fromMs, holding.fromMs), Math.min(gap.toMs, holding.toMs)];
  const stretch = { fromMs, toMs, faults };
  const after = holding.toMs < gap.toMs ? next : undefined;
  const { topic, partition } = of.log;
  if (holding.member === null)
    return takeoverPieces(scene, { ...stretch, topic, partition, before, next: after });
  return readingPieces(scene, {
    ...stretch,
    log: of.log,
    all: of.group.partitions,
    member: holding.member,
    holding,
    next: after,
    isOver: !gap.isOpen && after === undefined,
  });
}

/** Who processed the record that ended it. */
function readerAt({ log }: PartitionGaps, atMs: number): string | null {
  return log.runs.find((run) => run.fromMs <= atMs && run.toMs >= atMs)?.member ?? null;
}
