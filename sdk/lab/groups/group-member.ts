// One member of a group: its process, what it reports, and what faults do to it.
//
//   bringBack ─▶ process ─lines─▶ history        fault ─▶ endNow, endGently, freeze, slow ─heal─▶ bringBack

import type { MemberLine } from "../../client/member/line.ts";
import type { MemberProcess } from "../../client/member/process.ts";
import { startMember } from "../../client/member/start.ts";
import type { Action } from "../../engine/engine.ts";
import { LabError } from "../../model/errors.ts";
import type { HistoryEvent, MemberEvent, TopicPartition } from "../../model/history.ts";
import { type GroupMemberKey, memberKey } from "../../model/member.ts";
import { partitionName } from "../../model/partition.ts";
import { keptText } from "../../runtime/kept-text.ts";
import { withinMs } from "../../runtime/within.ts";
import type { Member } from "./member.ts";
import { actionOf, cannotSlow, type MemberParts } from "./member-parts.ts";

const END_MS = 5_000;
/** How long a member may take to answer an order that it only has to note. */
const ORDER_MS = 10_000;

export class GroupMember {
  readonly #parts: MemberParts;
  #process: MemberProcess | undefined;
  #isPaused = false;
  /** How the lab has ended its process; undefined where it has not. */
  #asked: string | undefined;
  #starting: Promise<void> | undefined;
  #partitions: TopicPartition[] = [];
  #processMs: number;
  #leaderSinceMs: number | undefined;
  #isOver = false;
  /** Why its process has ended by itself, or its client has given up. */
  failure: string | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#processMs = parts.start.settings.processMs;
  }

  get group(): string {
    return this.#parts.start.group;
  }
  get name(): string {
    return this.#parts.start.name;
  }
  get key(): GroupMemberKey {
    return memberKey({ member: this.name });
  }
  get number(): number {
    return this.#parts.start.number;
  }
  get state(): Member["state"] {
    if (this.#process?.isAlive !== true) return "stopped";
    return this.#isPaused ? "paused" : "running";
  }
  get pid(): number | undefined {
    return this.#process?.isAlive === true ? this.#process.pid : undefined;
  }
  get partitions(): readonly TopicPartition[] {
    return [...this.#partitions];
  }
  /** How long processing a record takes, in milliseconds. */
  get processMs(): number {
    return this.#processMs;
  }
  /** The same as the group has it. */
  get ownProcessMs(): number {
    return this.#parts.start.settings.processMs;
  }
  /** When it last became the group's leader, in milliseconds since the run's start; undefined: it is none. */
  get leaderSinceMs(): number | undefined {
    return this.#leaderSinceMs;
  }
  /** Whether it was ended for good, with its group. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Starts or resumes its process; nothing where it runs, was ended for good, or the lab is being closed. */
  async bringBack(): Promise<Action | undefined> {
    const began = performance.now();
    if (this.#isOver || this.state === "running") return undefined;
    if (this.state === "paused") {
      this.#process!.signal("SIGCONT");
      this.#isPaused = false;
      this.#report("resumed");
      return actionOf(began, began, "SIGCONT");
    }
    if (!this.#parts.isOpen()) return undefined;
    await (this.#starting ??= this.#launch().finally(() => (this.#starting = undefined)));
    return actionOf(began, performance.now(), "a new process");
  }

  async #launch(): Promise<void> {
    const { start, run, clock, note } = this.#parts;
    this.#asked = undefined;
    this.failure = undefined;
    this.#partitions = [];
    const { name } = this;
    const atMs = run.now();
    const started = await startMember({
      ...start,
      onLine: (line) => this.#onLine(line),
      onLog: ({ epochMs, level, logger, text }) =>
        run.record({ kind: "log", atMs: run.at(clock(epochMs)), source: name, level, logger, text }),
      onNote: note,
    });
    this.#process = started;
    this.#isPaused = false;
    this.#processMs = this.ownProcessMs;
    this.#record({ ...this.#event("started"), atMs });
    void started.ended.then((how) => this.#onEnd(how));
  }

  /** Has it leave the group and end; after `patienceMs` it is killed. */
  async endGently(patienceMs: number): Promise<Action> {
    const began = performance.now();
    const left = await this.#end(this.running("stop"), patienceMs);
    return actionOf(began, began, left ? "left the group" : `after ${patienceMs} ms SIGKILL`);
  }

  /** SIGKILL. */
  async endNow(): Promise<Action> {
    const began = performance.now();
    const process = this.running("kill");
    this.#asked = "SIGKILL";
    process.signal("SIGKILL");
    await process.ended;
    return actionOf(began, began, "SIGKILL");
  }

  /** SIGSTOP. */
  freeze(): Action {
    const began = performance.now();
    this.running("pause").signal("SIGSTOP");
    this.#isPaused = true;
    this.#report("paused");
    return actionOf(began, began, "SIGSTOP");
  }

  /**
   * Sets how long processing a record takes from the next one on, and returns what it is then. One that is
   * frozen gets the order when it goes on.
   *
   * @throws LabError UNSUPPORTED, COMMAND_FAILED, NOT_READY where it does not answer
   */
  async slow(processMs: number): Promise<number> {
    const process = this.#process;
    if (process?.isAlive !== true) return this.#processMs;
    if (process.slow === undefined) throw cannotSlow(this.name);
    const answer = process.slow(processMs);
    answer.catch(() => {}); // a frozen one may be killed before it answers
    const now = this.#isPaused ? processMs : await withinMs(answer, ORDER_MS);
    if (now === undefined)
      throw new LabError("NOT_READY", `Cannot slow ${this.name} down: it does not answer the order`);
    return (this.#processMs = now);
  }

  commit(): Promise<void> {
    return this.running("commit").commit();
  }

  /** Ends it for good: gently at first, unless it is frozen. */
  async end(patienceMs: number = END_MS): Promise<void> {
    await this.#starting?.catch(() => {});
    this.#isOver = true;
    if (this.#process?.isAlive === true) await this.#end(this.#process, patienceMs);
  }

  /** Whether it left by itself within this time. */
  async #end(process: MemberProcess, patienceMs: number): Promise<boolean> {
    this.#asked = "";
    if (!this.#isPaused && patienceMs > 0) process.endGently();
    const ended = process.ended.then(() => true);
    const left = (await withinMs(ended, this.#isPaused ? 0 : patienceMs)) ?? false;
    if (!left) {
      this.#asked = "SIGKILL";
      process.signal("SIGKILL");
      await process.ended;
    }
    return left;
  }

  /** Its process. @throws LabError COMMAND_FAILED where it does not run, or is frozen and not to be killed */
  running(what: string): MemberProcess {
    if (this.#process?.isAlive === true && !(this.#isPaused && what !== "kill")) return this.#process;
    throw new LabError("COMMAND_FAILED", `Cannot ${what} the member ${this.name}: it is ${this.state}`, {
      hint: "`start()` starts or resumes it.",
    });
  }

  #onLine(line: MemberLine): void {
    const { run, clock, start } = this.#parts;
    const atMs = run.at(clock(line.atMs));
    this.#record({ ...kept(line), atMs, group: start.group, member: this.name });
  }

  #onEnd(how: string): void {
    const asked = this.#asked;
    this.#isPaused = false;
    const isGentle = asked === "" && (how === "exit 0" || /^exit (130|143)\b/.test(how));
    if (asked === undefined) this.failure = how;
    this.#report("ended", isGentle ? {} : { error: asked || how });
    this.#partitions = [];
  }

  #event(change: MemberEvent["change"]): MemberEvent {
    const { run, start } = this.#parts;
    return { kind: "member", atMs: run.now(), group: start.group, member: this.name, change };
  }

  #report(change: MemberEvent["change"], facts: Partial<MemberEvent> = {}): void {
    this.#record({ ...this.#event(change), ...facts });
  }

  #record(event: HistoryEvent): void {
    this.#parts.run.record(event);
    if (event.kind === "member") this.#note(event);
    this.#parts.onEvent(event);
  }

  #note({ change, partitions = [], error, isLeader, atMs }: MemberEvent): void {
    const names = new Set(partitions.map(partitionName));
    const others = this.#partitions.filter((one) => !names.has(partitionName(one)));
    if (change === "assigned") this.#partitions = [...others, ...partitions];
    if (change === "revoked" || change === "lost") this.#partitions = others;
    if (change === "failed") this.failure = error;
    if (change === "joined") {
      this.failure = undefined;
      this.#leaderSinceMs = isLeader === true ? atMs : undefined;
    }
    if (change === "left" || change === "ended") this.#leaderSinceMs = undefined;
  }
}

/** Of records, what a history keeps; the member's program may be Kafka's own, which prints them whole. */
function kept(line: MemberLine): MemberLine {
  if (line.kind !== "delivered") return line;
  const records = line.records.map(({ value, key, ...one }) => ({
    ...one,
    value: keptText(value),
    ...(key === undefined ? {} : { key: keptText(key) }),
  }));
  return { ...line, records };
}
