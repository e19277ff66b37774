// The open faults of a lab: each is injected once, recorded, and healed once, by whoever comes first: its
// handle, the time it was to last, a verb that brings the broker back, or the end of the lab.
//
//   Injection ──▶ inject ──▶ act on every target at once ──▶ FaultEvent ──▶ open
//                              └─ one failed, or given up ──▶ undo, nothing recorded
//   open ──▶ undo ──▶ every target undone ──▶ HealEvent

import type { Action } from "../../engine/engine.ts";
import { processOf } from "../../faults/mod.ts";
import { mayEndBroker } from "../../model/disk.ts";
import { readable } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import { type Member, membersOf, namedMembers } from "../../model/member.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { Run } from "../run.ts";
import type { Fault } from "./fault.ts";
import { type Done, faultEvent, handleFacts, healEvent, type Injection } from "./injection.ts";

interface Open {
  fault: Fault;
  injection: Injection;
  /** The targets that nothing has brought back. */
  hit: Set<Member>;
  close(): void;
}

type Undo = (member: Member) => Promise<Action | undefined>;

export class OpenFaults {
  readonly #run: Run;
  readonly #signal: () => AbortSignal | undefined;
  readonly #onBegin: () => void;
  readonly #open = new Map<string, Open>();
  /** Those that are under way. */
  readonly #injecting = new Set<Injection>();
  #count = 0;

  /**
   * @param signal what gives up an injection that is under way: it is then undone
   * @param onBegin is called before each injection
   */
  constructor(
    run: Run,
    signal: () => AbortSignal | undefined = () => undefined,
    onBegin: () => void = () => {},
  ) {
    this.#run = run;
    this.#signal = signal;
    this.#onBegin = onBegin;
  }

  get open(): readonly Fault[] {
    return [...this.#open.values()].map(({ fault }) => fault);
  }

  /** Whether nothing is wrong, and nothing is about to be. */
  get isQuiet(): boolean {
    return this.#injecting.size === 0 && this.#open.size === 0;
  }

  /**
   * Whether a fault has ended this node's process, or is about to, and nothing has brought it back since.
   */
  isMeantToEnd(member: Member): boolean {
    const ends = ({ fault }: Injection, on: Iterable<Member>): boolean => {
      const process = processOf(fault);
      const isEnd = process === "shutdown" || process === "death" || (fault.disk && mayEndBroker(fault.disk));
      return isEnd === true && [...on].includes(member);
    };
    return (
      [...this.#injecting].some((one) => ends(one, membersOf(one.fault))) ||
      [...this.#open.values()].some(({ injection, hit }) => ends(injection, hit))
    );
  }

  /** Injects a fault on all of its targets at once; half a fault is undone. */
  async inject(injection: Injection): Promise<Fault> {
    const givenUp = anySignal(this.#signal(), injection.signal);
    givenUp?.throwIfAborted();
    this.#injecting.add(injection);
    try {
      const id = `${injection.fault.kind}-${++this.#count}`;
      const atMs = this.#run.now();
      this.#onBegin();
      const done = await this.#act(injection, atMs, givenUp);
      return this.#opened(id, atMs, injection, done);
    } finally {
      this.#injecting.delete(injection);
    }
  }

  /** Undoes something on these nodes, and records the healing of every fault that is thereby undone. */
  async undo(members: readonly Member[], how: Undo): Promise<void> {
    const atMs = this.#run.now();
    const all = await Promise.all(members.map((member) => how(member)));
    const actions = all.filter((one) => one !== undefined);
    for (const one of [...this.#open.values()]) {
      // a process that is started again may still have a full disk
      for (const member of members)
        if (one.hit.has(member) && one.injection.isUndone(member)) one.hit.delete(member);
      const hit = membersOf(one.fault);
      const isTouched = hit.some((member) => members.includes(member));
      if (!isTouched || !hit.every((member) => one.injection.isUndone(member))) continue;
      one.close();
      this.#run.record(healEvent(this.#run, one.fault.id, atMs, one.injection, actions));
    }
  }

  /** Heals all, newest first. @throws LabError NOT_HEALED naming what could not be healed */
  async healAll(): Promise<void> {
    const failures: string[] = [];
    for (const fault of [...this.open].reverse()) {
      await fault
        .heal()
        .catch((error: unknown) => failures.push(`${nameOf(fault)}: ${(error as Error).message}`));
    }
    if (failures.length === 0) return;
    throw new LabError(
      "NOT_HEALED",
      `Cannot heal ${failures.length} of the lab's faults: ${failures.join("; ")}`,
    );
  }

  async #act(injection: Injection, atMs: number, givenUp: AbortSignal | undefined): Promise<Done[]> {
    const members = membersOf(injection.fault);
    const results = await Promise.allSettled(
      members.map(async (member) => ({ member, action: await injection.act(member) })),
    );
    const done = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed =
      results.find((one) => one.status === "rejected") ??
      (givenUp?.aborted ? { reason: givenUp.reason as unknown } : undefined);
    if (failed === undefined) return done;
    // half a fault is none; what failed may have left something, too
    const changed = members.filter(
      (member) => done.some((one) => one.member === member) || !injection.isUndone(member),
    );
    await this.undo(changed, injection.undo);
    if (givenUp?.aborted && changed.length > 0)
      this.#note(
        `the ${injection.fault.kind} of ${namedMembers(changed)} was taken back ` +
          `after ${readable(this.#run.now() - atMs)}`,
      );
    throw failed.reason;
  }

  #opened(id: string, atMs: number, injection: Injection, done: readonly Done[]): Fault {
    const event = faultEvent(this.#run, id, atMs, injection, done);
    let isOpen = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heal = async (): Promise<void> => {
      if (isOpen) await this.undo(membersOf(injection.fault), injection.undo);
    };
    const fault: Fault = {
      ...handleFacts(event, injection, done),
      get isOpen() {
        return isOpen;
      },
      heal,
      [Symbol.asyncDispose]: heal,
    };
    const close = (): void => {
      isOpen = false;
      clearTimeout(timer);
      this.#open.delete(id);
    };
    this.#open.set(id, { fault, injection, hit: new Set(membersOf(injection.fault)), close });
    this.#run.record(event);
    const { lastsMs } = injection.fault;
    if (lastsMs !== undefined) {
      const leftMs = Math.max(0, event.effectAtMs + lastsMs - this.#run.now());
      timer = setTimeout(() => void heal().catch((error: Error) => this.#note(error.message)), leftMs);
    }
    return fault;
  }

  #note(text: string): void {
    this.#run.record({ kind: "note", atMs: this.#run.now(), text });
  }
}

/** Names a fault: `kill of broker 1`, `kill of node 3001`. */
export function nameOf(fault: Pick<Fault, "kind" | "targets" | "controllers">): string {
  return `${fault.kind} of ${namedMembers(fault)}`;
}
