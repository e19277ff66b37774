// Follows the end of one partition: fetches that wait at the leader, one after the other, without a group.
//
//   fetch ── waits up to 500 ms ──▶ records: appended since the answer before ─▶ fetch …
//   no leader, a broker that hangs, NOT_LEADER: from the next leader, at the same offset

import { performance } from "node:perf_hooks";
import { errorName } from "../kafka/error-codes.ts";
import { openWire, type Wire } from "../kafka/connection.ts";
import type { Security } from "../model/security.ts";
import { committedRecords, type CommittedReader, type FollowedRecord } from "./committed-records.ts";

/** The records of one answer. */
export interface Followed {
  records: readonly FollowedRecord[];
  /** When the partition was last seen without them, and when they were seen; by `performance.now()`. */
  notBefore: number;
  at: number;
}

export interface FollowOptions {
  topic: string;
  partition: number;
  /** How its leader is dialled. @default plainly */
  security?: Security | undefined;
  /** The first offset that is read. */
  from: bigint;
  /** `host:port` of the leader as far as it is known now. */
  leader(): string | undefined;
  /** The leader did not answer, or is late: another one may lead by now. */
  onTrouble(): void;
  onRead(read: Followed): void;
  /** The log was cut off, or its beginning removed, before what was to be read next; or it cannot be read. */
  onJump(text: string): void;
}

export interface PartitionFollower {
  /** The offset that is read next. */
  next(): bigint;
  /** What the last try failed with; undefined while it succeeds. */
  error(): string | undefined;
  /** Ends the following; what is under way is not waited for. */
  stop(): void;
}

/** The broker waits up to 500 ms for records; one that hangs is left after this long. */
const REQUEST_MS = 1_500;
const PAUSE_MS = 20;
/** An answer that takes longer than the wait for records is late. */
const LATE_MS = 600;
/** How often a fetch that waits looks whether another broker leads by now. */
const MOVED_MS = 50;

interface FollowState extends FollowOptions {
  /** What transactions have not ended yet. */
  readonly reader: CommittedReader;
  next: bigint;
  /** When the log was last known to end at `next`. */
  notBefore: number;
  error: string | undefined;
  isStopped: boolean;
  /** A connection of this partition's own: a fetch that waits holds up every other on its connection. */
  wire: { address: string; wire: Wire } | undefined;
}

/** Begins to follow a partition. */
export function followPartition(options: FollowOptions): PartitionFollower {
  const state: FollowState = {
    ...options,
    reader: committedRecords((text) => options.onJump(`${options.topic}-${options.partition}: ${text}`)),
    next: options.from,
    notBefore: performance.now(),
    error: undefined,
    isStopped: false,
    wire: undefined,
  };
  void follow(state);
  return {
    next: () => state.next,
    error: () => state.error,
    stop() {
      state.isStopped = true;
      leave(state);
    },
  };
}

async function follow(state: FollowState): Promise<void> {
  while (!state.isStopped) {
    try {
      await fetchOnce(state);
      state.error = undefined;
    } catch (error) {
      state.error = (error as Error).message;
      leave(state);
      state.onTrouble();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
    }
  }
  leave(state);
}

async function fetchOnce(state: FollowState): Promise<void> {
  const { topic, partition } = state;
  const address = state.leader();
  if (address === undefined) throw new Error("LEADER_NOT_AVAILABLE");
  const leader = connectionTo(state, address);
  const answer = await orMoved(state, address, leader.fetch(topic, partition, state.next, REQUEST_MS));
  if (state.isStopped) return;
  if (errorName(answer.errorCode) === "OFFSET_OUT_OF_RANGE") return await jump(state, leader);
  if (answer.errorCode !== 0) throw new Error(errorName(answer.errorCode));
  const at = performance.now();
  const { records, next } = state.reader.take(answer.batches, state.next);
  if (records.length > 0) state.onRead({ records, notBefore: state.notBefore, at });
  state.next = next;
  state.notBefore = at;
}

/**
 * Goes on where the log is now: at its end where that was cut off, at its beginning where that was removed.
 */
async function jump(state: FollowState, leader: Wire): Promise<void> {
  const { topic, partition, next } = state;
  const { errorCode, from, to } = await leader.bounds(topic, partition, REQUEST_MS);
  if (errorCode !== 0) throw new Error(errorName(errorCode));
  const isCut = to < next;
  state.onJump(
    isCut
      ? `${topic}-${partition} was cut off: it ends at offset ${to}, and offset ${next} was to be read next`
      : `${topic}-${partition} begins at offset ${from}, and offset ${next} was to be read next`,
  );
  state.next = isCut ? to : from;
  state.notBefore = performance.now();
}

function connectionTo(state: FollowState, address: string): Wire {
  if (state.wire?.address !== address) {
    leave(state);
    state.wire = { address, wire: openWire(address, state.security) };
  }
  return state.wire!.wire;
}

function leave(state: FollowState): void {
  state.wire?.wire.close();
  state.wire = undefined;
}

/** Rejects as soon as another broker leads: the one that was asked may hang. */
async function orMoved<T>(
  { leader, onTrouble }: FollowState,
  address: string,
  asked: Promise<T>,
): Promise<T> {
  const askedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const moved = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const now = leader();
      if (now !== undefined && now !== address) reject(new Error("another broker leads"));
      else if (performance.now() - askedAt > LATE_MS) onTrouble();
    }, MOVED_MS);
    timer.unref();
  });
  asked.catch(() => {}); // it may fail after the leader has moved
  return await Promise.race([asked, moved]).finally(() => clearInterval(timer));
}
