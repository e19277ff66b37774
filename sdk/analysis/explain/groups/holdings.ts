// Who had a partition when, as one group shared it out.
//
//   billing.1   ├ assigned ──────────── ended ┤
//   billing.2                                     ├ assigned ──────▶
//   holdings    ├──────── billing.1 ──────────┤none├── billing.2 ───

import type { MemberChange, MemberEvent } from "../../../model/history.ts";
import type { Line } from "../facts.ts";
import type { GroupScene } from "./group-scene.ts";

/** A time in which one member had a partition, or none. */
export interface Holding {
  /** Null: no member had it. */
  readonly member: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** What began it; absent at the beginning. */
  readonly began?: MemberEvent | Line<"membersRemoved">;
}

/** Cuts the run by who had a partition; the first holding begins, and the last ends, at infinity. */
export function holdingsOf(scene: GroupScene, of: { topic: string; partition: number }): Holding[] {
  const holdings: Holding[] = [];
  let open: Omit<Holding, "toMs"> = { member: null, fromMs: -Infinity };
  const change = (member: string | null, began: NonNullable<Holding["began"]>): void => {
    holdings.push({ ...open, toMs: began.atMs });
    open = { member, fromMs: began.atMs, began };
  };
  for (const { event, line } of inOrder(scene)) {
    if (line !== undefined) {
      const isOut = line.fact.memberIds.some((id) => scene.nameOf(id) === open.member);
      if (isOut && line.fact.why !== "left") change(null, line);
    } else if (event !== undefined && (event.partitions === undefined || isAmong(event, of))) {
      if (event.change === "assigned" && event.partitions !== undefined) change(event.member, event);
      else if (GIVES_UP.has(event.change) && event.member === open.member) change(null, event);
    }
  }
  return [...holdings, { ...open, toMs: Infinity }].filter(({ fromMs, toMs }) => toMs > fromMs);
}

const GIVES_UP: ReadonlySet<MemberChange> = new Set(["revoked", "lost", "left", "failed", "ended"]);

function isAmong({ partitions = [] }: MemberEvent, of: { topic: string; partition: number }): boolean {
  return partitions.some(({ topic, partition }) => topic === of.topic && partition === of.partition);
}

interface Entry {
  atMs: number;
  event?: MemberEvent;
  line?: Line<"membersRemoved">;
}

function inOrder({ members, lines }: GroupScene): Entry[] {
  const entries: Entry[] = [
    ...members.map((event) => ({ atMs: event.atMs, event })),
    ...lines("membersRemoved", -Infinity, Infinity).map((line) => ({ atMs: line.atMs, line })),
  ];
  return entries.sort((a, b) => a.atMs - b.atMs);
}

/** When a member was frozen, within a time. */
export function frozenIn(
  { members }: GroupScene,
  member: string,
  fromMs: number,
  toMs: number,
): { fromMs: number; toMs: number; began: MemberEvent; ended: MemberEvent | undefined }[] {
  const found: { fromMs: number; toMs: number; began: MemberEvent; ended: MemberEvent | undefined }[] = [];
  let began: MemberEvent | undefined;
  const close = (ended: MemberEvent | undefined): void => {
    if (began === undefined) return;
    const frozen = { fromMs: began.atMs, toMs: ended?.atMs ?? Infinity, began, ended };
    if (frozen.toMs > fromMs && frozen.fromMs < toMs) found.push(frozen);
    began = undefined;
  };
  for (const event of members) {
    if (event.member !== member) continue;
    if (event.change === "paused") began ??= event;
    else if (event.change === "resumed" || event.change === "ended") close(event);
  }
  close(undefined);
  return found;
}
