// What a member of a group has in hand: records that it was given, and not both processed and committed.
//
//   delivered    0 1 2 3 4 5 6 7 8 9
//   processed    0 1 2 3
//   commit       ▲ behind 9 (before): 4 to 9 are skipped      ▲ none (after): 0 to 3 are processed again

import type { Group, History, Lab, Member } from "@kafka-failure-lab/sdk";
import { type Awaited, comesInTime, untilSeen } from "./until.ts";

/** Records in the hands of a member; what becomes of them if it dies now. */
export interface InHand {
  /** Records of the polls that it is at, one for each partition. */
  readonly batch: number;
  /** Those of them that it has processed. */
  readonly done: number;
  /** Those of them that it has not. */
  readonly left: number;
  /** Not processed, but in front of its commit: skipped by who takes over. */
  readonly skipped: number;
  /** Processed, but not in front of its commit: processed again by who takes over. */
  readonly twice: number;
}

/** A member by its name. */
export interface OfMember {
  readonly group: string;
  readonly member: string;
}

interface Position {
  delivered: readonly bigint[];
  processed: bigint[];
  committed: bigint | undefined;
}

/** Returns what a member has in hand at the end of a history, since it was assigned its partitions. */
export function inHand(history: History, { group, member }: OfMember): InHand {
  const positions = new Map<string, Position>();
  const at = (topic: string, partition: number): Position => {
    const name = `${topic}-${partition}`;
    const known = positions.get(name) ?? { delivered: [], processed: [], committed: undefined };
    positions.set(name, known);
    return known;
  };
  for (const event of history) {
    if (!("member" in event) || event.group !== group || event.member !== member) continue;
    if (event.kind === "member" && event.change === "assigned") positions.clear();
    if (event.kind === "delivered")
      at(event.topic, event.partition).delivered = event.records.map(({ offset }) => BigInt(offset));
    if (event.kind === "processed")
      at(event.topic, event.partition).processed.push(...event.offsets.map(BigInt));
    if (event.kind === "commit" && event.error === undefined)
      for (const { topic, partition, offset } of event.offsets)
        at(topic, partition).committed = BigInt(offset);
  }
  return added([...positions.values()].map(handAt));
}

function handAt({ delivered, processed, committed = 0n }: Position): InHand {
  const all = new Set(processed);
  const left = delivered.filter((offset) => !all.has(offset));
  return {
    batch: delivered.length,
    done: delivered.length - left.length,
    left: left.length,
    skipped: left.filter((offset) => offset < committed).length,
    twice: [...all].filter((offset) => offset >= committed).length,
  };
}

/**
 * Whether a member had got further before a moment than a history showed when it had so many events: it had
 * been given another batch, or had committed. A lab that waits for a processor hears of it later.
 */
export function hadGoneOn(
  history: History,
  { group, member }: OfMember,
  { seen, untilMs }: { seen: number; untilMs: number },
): boolean {
  return history
    .slice(seen)
    .some(
      (event) =>
        (event.kind === "delivered" || event.kind === "commit") &&
        event.group === group &&
        event.member === member &&
        event.atMs <= untilMs,
    );
}

/** What all members of a group that run have in hand. */
export function handOf(history: History, { name, size }: Pick<Group, "name" | "size">): InHand {
  const members = Array.from({ length: size }, (_, i) => ({ group: name, member: `${name}.${i + 1}` }));
  return added(members.filter((one) => isRunning(history, one)).map((one) => inHand(history, one)));
}

/** Records of a group's topic that are acknowledged, and that none of its members has been given. */
export function waitingFor(history: History, { name, topic }: Pick<Group, "name" | "topic">): number {
  const waiting = new Set<string>();
  for (const event of history) {
    if (event.kind === "send" && event.topic === topic && event.outcome === "ok") waiting.add(event.value);
  }
  for (const event of history) {
    if (event.kind !== "delivered" || event.group !== name || event.topic !== topic) continue;
    for (const { value } of event.records) waiting.delete(value);
  }
  return waiting.size;
}

const GONE = ["ended", "paused"];

function isRunning(history: History, { group, member }: OfMember): boolean {
  const last = history.findLast(
    (event) =>
      event.kind === "member" &&
      event.group === group &&
      event.member === member &&
      [...GONE, "started", "resumed"].includes(event.change),
  );
  return last?.kind !== "member" || !GONE.includes(last.change);
}

function added(all: readonly InHand[]): InHand {
  const sum = (name: keyof InHand): number => all.reduce((total, one) => total + one[name], 0);
  return {
    batch: sum("batch"),
    done: sum("done"),
    left: sum("left"),
    skipped: sum("skipped"),
    twice: sum("twice"),
  };
}

/** How many records of a batch are processed at least, and left at least, when a member is in its midst. */
const DONE = 5;
const LEFT = 20;
const MIDST = `It has to have ${DONE} records of it processed, and ${LEFT} left.`;
const PATIENCE_MS = 60_000;
/** So often a burst is sent again where a slow machine has made no batch of it. */
const BURSTS = 5;
const BURST = { perSecond: 500, inFlight: 10 } as const;
const BURST_RECORDS = 100;

function isInMidst({ done, left }: InHand): boolean {
  return done >= DONE && left >= LEFT;
}

/** @param who gives the bursts their names */
async function untilBatch<Seen>(
  lab: Lab,
  who: string,
  awaited: Omit<Awaited<Seen>, "timeoutMs">,
): Promise<Seen> {
  const timeoutMs = PATIENCE_MS / (BURSTS + 1);
  for (let turn = 1; turn <= BURSTS; turn++) {
    const seen = untilSeen(lab, { ...awaited, timeoutMs });
    if (await comesInTime(seen)) return seen;
    const burst = lab.probe({ name: `burst ${turn} for ${who}` }).start(BURST);
    await burst.acknowledged(BURST_RECORDS);
    await burst.stop();
  }
  return untilSeen(lab, { ...awaited, timeoutMs });
}

/**
 * Waits until any member of a group is in the midst of a batch, and returns it. Records are sent where there
 * is none.
 *
 * @throws LabError NOT_READY after a minute
 */
export function untilOneInBatch(lab: Lab, group: Group): Promise<Member> {
  return untilBatch(lab, group.name, {
    look(history) {
      const members = Array.from({ length: group.size }, (_, i) => group.member(i + 1));
      return members.find(({ name, partitions }) => {
        const hand = inHand(history, { group: group.name, member: name });
        return partitions.length > 0 && isInMidst(hand);
      });
    },
    what: `a member of ${group.name} to be in a batch`,
    hint: MIDST,
  });
}

/**
 * Waits until a member is in the midst of a batch. Records are sent where there is none.
 *
 * @throws LabError NOT_READY after a minute
 */
export function untilInBatch(lab: Lab, { group, member }: OfMember): Promise<InHand> {
  return untilBatch(lab, member, {
    look(history) {
      const hand = inHand(history, { group, member });
      return isInMidst(hand) ? hand : undefined;
    },
    what: `${member} to be in a batch`,
    hint: MIDST,
  });
}
