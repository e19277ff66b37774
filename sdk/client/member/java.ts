// What Kafka's VerifiableConsumer prints and logs, as the lines of a member.
//
//   record_data … records_consumed ─▶ delivered, processed     offsets_committed ─▶ commit
//   partitions_assigned, _revoked, and the client's log of the group ─▶ member

import { partitionName } from "../../model/partition.ts";
import type { DeliveredEvent, TopicPartition } from "../../model/history.ts";
import type { Line, LogLine, ToolLine } from "../java/line.ts";
import type { MemberLine } from "./line.ts";

/** Reads what a member in Java prints. */
export interface JavaMember {
  read(line: Line): void;
  /** Passes on what it had printed before it ended. */
  end(): void;
}

interface State extends JavaMemberOptions {
  /** By partition's name, records that were printed and not yet passed on. */
  readonly records: Map<string, TopicPartition & { atMs: number; all: DeliveredEvent["records"][number][] }>;
  /** When the last poll was done with. */
  polledMs: number;
  isLost: boolean;
  /** Whether it has begun to join, and is in no generation yet. */
  isJoining: boolean;
  memberId: string | undefined;
  /** A join that is passed on when it is known whether the member is the group's leader. */
  joined: Extract<MemberLine, { kind: "member" }> | undefined;
}

export interface JavaMemberOptions {
  /** Whether its client commits by itself, which only its log shows. */
  isAuto: boolean;
  /** Whether it is a static member, which stays in the group when it ends (KIP-345). */
  isStatic: boolean;
  emit(line: MemberLine): void;
}

export function javaMember(options: JavaMemberOptions): JavaMember {
  const state: State = {
    ...options,
    records: new Map(),
    polledMs: 0,
    isLost: false,
    isJoining: false,
    memberId: undefined,
    joined: undefined,
  };
  return {
    read(line) {
      if (line.kind === "tool") READ[line.name]?.(state, line);
      if (line.kind === "log") readLog(state, line);
    },
    end() {
      tellJoined(state);
      flush(state);
    },
  };
}

const READ: Readonly<Record<string, (state: State, line: ToolLine) => void>> = {
  record_data(state, { epochMs, facts }) {
    const { topic, partition, offset, key, value } = facts as unknown as TopicPartition & {
      offset: number;
      key: string | null;
      value: string | null;
    };
    const name = partitionName({ topic, partition });
    const known = state.records.get(name) ?? { topic, partition, atMs: epochMs, all: [] };
    known.all.push({ offset: String(offset), value: value ?? "", ...(key === null ? {} : { key }) });
    state.records.set(name, known);
  },
  records_consumed(state, { epochMs }) {
    state.polledMs = epochMs;
    flush(state, epochMs);
  },
  offsets_committed({ emit, polledMs }, { epochMs, facts }) {
    const { offsets, success, error } = facts as {
      offsets: readonly (TopicPartition & { offset: number })[];
      success: boolean;
      error?: string;
    };
    emit({
      kind: "commit",
      atMs: Math.min(epochMs, polledMs || epochMs),
      tookMs: Math.max(0, epochMs - (polledMs || epochMs)),
      offsets: offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      ...(success ? {} : { error: error ?? "failed", ...(isRefusal(error) ? { isRefused: true } : {}) }),
    });
  },
  partitions_assigned(state, { epochMs, facts }) {
    tellJoined(state, { isLeader: false });
    state.isLost = false;
    const { memberId } = state;
    const partitions = partitionsIn(facts);
    state.emit({
      kind: "member",
      atMs: epochMs,
      change: "assigned",
      partitions,
      ...(memberId === undefined ? {} : { memberId }),
    });
  },
  shutdown_complete({ emit, isStatic }, { epochMs }) {
    if (!isStatic) emit({ kind: "member", atMs: epochMs, change: "left" });
  },
  partitions_revoked(state, { epochMs, facts }) {
    const partitions = partitionsIn(facts);
    if (partitions.length === 0) return;
    state.emit({ kind: "member", atMs: epochMs, change: state.isLost ? "lost" : "revoked", partitions });
    state.isLost = false;
  },
};

function partitionsIn(facts: ToolLine["facts"]): TopicPartition[] {
  const { partitions } = facts as { partitions: readonly TopicPartition[] };
  return partitions.map(({ topic, partition }) => ({ topic, partition }));
}

/**
 * Passes a join on. What follows it in the log says whether the member is the leader: an assignment, which
 * only the leader computes (onLeaderElected in ConsumerCoordinator.java), or that the group was synced.
 */
function tellJoined(state: State, facts: { isLeader?: boolean } = {}): void {
  if (state.joined !== undefined) state.emit({ ...state.joined, ...facts });
  state.joined = undefined;
}

/** A record is printed when it was read; printing is all the processing that there is. */
function flush({ emit, records }: State, doneMs?: number): void {
  for (const { topic, partition, atMs, all } of records.values()) {
    emit({ kind: "delivered", atMs, topic, partition, records: all });
    emit({
      kind: "processed",
      atMs,
      tookMs: Math.max(0, (doneMs ?? atMs) - atMs),
      topic,
      partition,
      offsets: all.map(({ offset }) => offset),
    });
  }
  records.clear();
}

/** CommitFailedException and the like: the coordinator has answered, and has not committed. */
function isRefusal(error: string | undefined): boolean {
  return /not part of an active group|is not aware of this member|rebalance|generation|fenced/i.test(
    error ?? "",
  );
}

/** ConsumerCoordinator, AbstractCoordinator; AbstractMembershipManager for KIP-848. */
function readLog(state: State, { epochMs, text }: LogLine): void {
  const { emit } = state;
  if (/^Lost previously assigned partitions|given away|as lost since/i.test(text)) state.isLost = true;
  if (/^(Finished|Skipped) assignment for /.test(text)) return tellJoined(state, { isLeader: true });
  if (/^Successfully synced group/.test(text)) return tellJoined(state, { isLeader: false });
  if (/^\(Re-\)joining group/.test(text)) {
    tellJoined(state);
    // a new member asks twice: the first answer is its id
    if (!state.isJoining) emit({ kind: "member", atMs: epochMs, change: "rebalancing" });
    state.isJoining = true;
    return;
  }
  const joined =
    /^Successfully joined group with generation Generation\{generationId=(\d+), memberId='([^']*)'/;
  const [, generation, memberId] = joined.exec(text) ?? [];
  if (generation !== undefined) {
    state.memberId = memberId;
    state.isJoining = false;
    const about = { generation: Number(generation), ...(memberId === undefined ? {} : { memberId }) };
    state.joined = { kind: "member", atMs: epochMs, change: "joined", ...about };
    return;
  }
  const [, id, epoch, from, to] =
    /^Member (\S+) with epoch (-?\d+) transitioned from (\w+) to (\w+)/.exec(text) ?? [];
  if (id !== undefined) return readTransition(state, { epochMs, id, epoch: Number(epoch), from, to });
  if (state.isAuto) readAutoCommit(state, epochMs, text);
}

/** KIP-848: the member's own states (MemberState.java). */
function readTransition(
  state: State,
  {
    epochMs,
    id,
    epoch,
    from,
    to,
  }: { epochMs: number; id: string; epoch: number; from: string | undefined; to: string | undefined },
): void {
  const facts = { memberId: id, ...(epoch > 0 ? { generation: epoch } : {}) };
  state.memberId = id;
  if (to === "FENCED" || to === "FATAL" || to === "STALE") state.isLost = true;
  if (to === "JOINING" || to === "RECONCILING")
    state.emit({ kind: "member", atMs: epochMs, change: "rebalancing", ...facts });
  if (to === "STABLE" && from !== "STABLE")
    state.emit({ kind: "member", atMs: epochMs, change: "joined", ...facts });
}

const COMMITTED = new RegExp(
  /^(?:Committed offset|OffsetCommit completed successfully for offset) (\d+) /.source +
    /(?:for )?partition (\S+)-(\d+)/.source,
);

/**
 * The tool says nothing of automatic commits; the client logs each partition that was committed
 * (ConsumerCoordinator; CommitRequestManager for KIP-848), and each failure.
 */
function readAutoCommit({ emit }: State, epochMs: number, text: string): void {
  const commit = { kind: "commit", atMs: epochMs, tookMs: 0 } as const;
  const [, offset, topic, partition] = COMMITTED.exec(text) ?? [];
  if (offset !== undefined)
    return emit({ ...commit, offsets: [{ topic: topic!, partition: Number(partition), offset }] });
  const [, list = "", error] = /uto-commit of offsets (\{.*\}) failed: (.*)$/.exec(text) ?? [];
  const offsets = [...list.matchAll(/([^\s{},=]+)-(\d+)=OffsetAndMetadata\{offset=(\d+)/g)].map(
    ([, name = "", number, next = ""]) => ({ topic: name, partition: Number(number), offset: next }),
  );
  if (error === undefined || offsets.length === 0) return;
  emit({ ...commit, offsets, error, ...(isRefusal(error) ? { isRefused: true } : {}) });
}
