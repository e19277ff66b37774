// A consumer group while it is open: its members, and the waits for its states.

import type { GroupSettings } from "../../client/member/settings.ts";
import { readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { WaitOptions } from "../verbs/waiting.ts";
import type { FollowedGroup, GroupFollower, PartitionLag } from "./follow.ts";
import type { GroupMember } from "./group-member.ts";
import type { MemberFaults } from "./member-handle.ts";
import {
  descriptionOf,
  type GroupDescription,
  type GroupLag,
  isSettled,
  lagOf,
  leaderOf,
  summary,
} from "./states.ts";

export interface GroupParts {
  name: string;
  settings: GroupSettings;
  /** How long a poll of its members waits for records, in milliseconds; null: until there are some. */
  pollTimeout: number | null;
  follower: GroupFollower;
  /** Makes the next member, which is not started yet. */
  makeMember(number: number, onEvent: (event: HistoryEvent) => void): GroupMember;
  /** How its verbs inject faults, and close what its end heals. */
  through: MemberFaults;
  signal(): AbortSignal | undefined;
  assertOpen(): void;
  /** Called once, when it was closed. */
  onClosed(): void;
}

const PAUSE_MS = 50;
/** A stable group that processes nothing for this long has nothing to process. */
const QUIET_MS = 5_000;

export class OpenGroup {
  readonly #parts: GroupParts;
  readonly members: GroupMember[] = [];
  #processed = 0;
  /** By partition, the offset after the last one that was processed. */
  readonly #positions = new Map<string, bigint>();
  #processedAt = 0;
  #closing: Promise<void> | undefined;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }

  get parts(): Pick<GroupParts, "name" | "settings" | "pollTimeout" | "through" | "assertOpen"> {
    return this.#parts;
  }

  /** The member that the coordinator made the leader last, as the members say. @throws LabError NO_LEADER */
  leader(): GroupMember {
    const leader = leaderOf(this.members);
    if (leader !== undefined) return leader;
    throw new LabError("NO_LEADER", `Cannot find the leader of the group ${this.name}: no member is it`, {
      hint:
        this.#parts.settings.protocol === "consumer"
          ? "With the protocol `consumer` the coordinator assigns partitions: the group has no leader."
          : "`group.settled()` waits until the group has been formed.",
    });
  }

  /** @throws RangeError */
  member(number: number): GroupMember {
    const found = this.members[number - 1];
    if (found !== undefined) return found;
    throw new RangeError(
      `Cannot find member ${number} of the group ${this.name}: it has members 1 to ${this.members.length}`,
    );
  }

  async add(): Promise<GroupMember> {
    this.#parts.assertOpen();
    this.#assertOpen("add a member to");
    const member = this.#parts.makeMember(this.members.length + 1, (event) => this.#onEvent(event));
    this.members.push(member);
    await member.bringBack();
    return member;
  }

  async settled(options?: WaitOptions): Promise<GroupDescription> {
    const seen = await this.#see("to be stable", (one) => isSettled(one, this.members), options);
    return descriptionOf(this.name, seen, this.members);
  }

  async processed(count: number, options?: WaitOptions): Promise<void> {
    const had = this.#processed;
    const what = (): string => `to process ${count} records: ${this.#processed - had} were`;
    await this.#until(what, () => Promise.resolve(this.#processed - had >= count), options);
  }

  async lag({ atMost, ...options }: WaitOptions & { atMost?: number } = {}): Promise<GroupLag> {
    if (atMost === undefined) {
      this.#parts.assertOpen();
      return lagOf(await this.#parts.follower.look());
    }
    const isNear = (seen: FollowedGroup): boolean => (lagOf(seen).total ?? Infinity) <= atMost;
    return lagOf(await this.#see(`to be at most ${atMost} behind`, isNear, options));
  }

  async commit(): Promise<void> {
    const running = this.members.filter(({ state }) => state === "running");
    await Promise.all(
      running.map((member) =>
        member.commit().catch((cause: unknown) => {
          if (cause instanceof LabError) throw cause;
          throw new LabError(
            "COMMAND_FAILED",
            `Cannot commit as ${member.name}: ${(cause as Error).message}`,
            { cause },
          );
        }),
      ),
    );
  }

  async describe(): Promise<GroupDescription> {
    return descriptionOf(this.name, await this.#parts.follower.look(), this.members);
  }

  /** Waits until it has processed what there is, and ends it; its faults have been healed. */
  async finish(timeoutMs: number): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#processedAt = performance.now();
    // a partition that ends with a transaction's marker is never read to its end
    const isQuiet = (): boolean => performance.now() - this.#processedAt > QUIET_MS;
    const isAtEnd = (seen: FollowedGroup): boolean =>
      seen.lags.every((one) => this.#isDone(one)) || (isQuiet() && isSettled(seen, this.members));
    if (this.members.some(({ state }) => state === "running"))
      await this.#see("to process what there is", isAtEnd, { timeout: timeoutMs });
    await this.close();
  }

  #isDone({ topic, partition, end, committed }: PartitionLag): boolean {
    if (end === null) return false;
    const known = this.#positions.get(partitionName({ topic, partition }));
    // it is not known where a member has begun to read that skips what was there
    const beginsAtEnd = this.#parts.settings.reset === "latest" && known === undefined;
    const position = known ?? 0n;
    return beginsAtEnd || position >= BigInt(end) || (committed !== null && BigInt(committed) >= BigInt(end));
  }

  /** @param patienceMs how long a member may take to leave; 0: it is killed */
  close(patienceMs?: number): Promise<void> {
    const { follower, onClosed } = this.#parts;
    this.#closing ??= Promise.all(this.members.map((member) => member.end(patienceMs)))
      .then(() => this.#closeFaults())
      .then(async () => void (patienceMs === 0 || (await follower.look())))
      .finally(() => {
        follower.stop();
        onClosed();
      });
    return this.#closing;
  }

  /** A fault on a member ends with the member. */
  #closeFaults(): Promise<void> {
    const keys = this.members.map(({ key }) => key);
    const action = { effectAt: performance.now(), tookMs: 0, via: "the group was closed" };
    return this.#parts.through.undo(keys, () => Promise.resolve(action));
  }

  #onEvent(event: HistoryEvent): void {
    if (event.kind !== "processed") return;
    const { offsets, error } = event;
    this.#processedAt = performance.now();
    const done = error === undefined ? offsets : offsets.slice(0, -1);
    this.#processed += done.length;
    const last = done.at(-1);
    if (last !== undefined) this.#positions.set(partitionName(event), BigInt(last) + 1n);
  }

  /** Looks until the group is as wanted. */
  async #see(
    what: string,
    holds: (seen: FollowedGroup) => boolean,
    options?: WaitOptions,
  ): Promise<FollowedGroup> {
    let seen: FollowedGroup | undefined;
    const look = async (): Promise<boolean> => holds((seen = await this.#parts.follower.look()));
    await this.#until(() => what, look, options);
    return seen!;
  }

  async #until(
    what: () => string,
    holds: () => Promise<boolean>,
    { timeout = "60s", signal }: WaitOptions = {},
  ): Promise<void> {
    const { name, follower, assertOpen } = this.#parts;
    const ends = anySignal(signal, this.#parts.signal());
    const timeoutMs = toMs(timeout);
    const until = performance.now() + timeoutMs;
    for (;;) {
      ends?.throwIfAborted();
      assertOpen();
      this.#assertOpen("wait for");
      this.#assertAlive();
      if (await holds()) return;
      if (performance.now() > until)
        throw new LabError(
          "NOT_READY",
          `Timed out after ${readable(timeoutMs)} waiting for the group ${name} ${what()}`,
          { hint: `Its state: ${summary(await follower.look(), this.members)}` },
        );
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #assertOpen(what: string): void {
    if (this.#closing === undefined) return;
    throw new LabError("COMMAND_FAILED", `Cannot ${what} the group ${this.name}: it is closed`);
  }

  /** A group without a member that runs would be waited for in vain. */
  #assertAlive(): void {
    const failed = this.members.find(({ failure, state }) => failure !== undefined && state === "stopped");
    if (failed === undefined) return;
    throw new LabError(
      "BAD_CLIENT",
      `Cannot go on with the group ${this.name}: ${failed.name} has ended by itself ` +
        `(${failed.failure ?? "for an unknown reason"})`,
      { hint: `\`group.member(${failed.number}).start()\` starts it again.` },
    );
  }
}
