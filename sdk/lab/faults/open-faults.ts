// The open faults of a lab: each is injected once, recorded, and healed once, by whoever comes first: its
// handle, the time it was to last, a verb that brings the broker back, or the end of the lab.
//
//   Injection ──▶ inject ──▶ act on every target at once ──▶ FaultEvent ──▶ open
//                              └─ one failed, or given up ──▶ undo, nothing recorded
//   open ──▶ undo ──▶ every target undone ──▶ HealEvent

import type { Action } from "../../engine/engine.ts";
import { processOf } from "../../faults/mod.ts";
import { readable } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { Run } from "../run.ts";
import type { Fault } from "./fault.ts";
import { type Done, faultEvent, handleFacts, healEvent, type Injection } from "./injection.ts";

interface Open {
  fault: Fault;
  injection: Injection;
  /** The targets that nothing has brought back. */
  hit: Set<Broker>;
  close(): void;
}

type Undo = (broker: Broker) => Promise<Action | undefined>;

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
   * Whether a fault has ended this broker's process, or is about to, and nothing has brought it back since.
   */
  isMeantToEnd(broker: Broker): boolean {
    const ends = ({ fault }: Injection, on: Iterable<Broker>): boolean => {
      const process = processOf(fault);
      return (process === "shutdown" || process === "death") && [...on].includes(broker);
    };
    return (
      [...this.#injecting].some((one) => ends(one, one.fault.targets)) ||
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

  /** Undoes something on these brokers, and records the healing of every fault that is thereby undone. */
  async undo(brokers: readonly Broker[], how: Undo): Promise<void> {
    const atMs = this.#run.now();
    const all = await Promise.all(brokers.map((broker) => how(broker)));
    const actions = all.filter((one) => one !== undefined);
    for (const one of [...this.#open.values()]) {
      for (const broker of brokers) one.hit.delete(broker);
      const { targets } = one.fault;
      const isTouched = targets.some((broker) => brokers.includes(broker));
      if (!isTouched || !targets.every((broker) => one.injection.isUndone(broker))) continue;
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
    const { targets, kind } = injection.fault;
    const results = await Promise.allSettled(
      targets.map(async (broker) => ({ broker, action: await injection.act(broker) })),
    );
    const done = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed =
      results.find((one) => one.status === "rejected") ??
      (givenUp?.aborted ? { reason: givenUp.reason as unknown } : undefined);
    if (failed === undefined) return done;
    // half a fault is none; what failed may have left something, too
    const changed = targets.filter(
      (broker) => done.some((one) => one.broker === broker) || !injection.isUndone(broker),
    );
    await this.undo(changed, injection.undo);
    if (givenUp?.aborted && changed.length > 0)
      this.#note(
        `the ${kind} of broker ${changed.join(", ")} was taken back ` +
          `after ${readable(this.#run.now() - atMs)}`,
      );
    throw failed.reason;
  }

  #opened(id: string, atMs: number, injection: Injection, done: readonly Done[]): Fault {
    const event = faultEvent(this.#run, id, atMs, injection, done);
    let isOpen = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heal = async (): Promise<void> => {
      if (isOpen) await this.undo(injection.fault.targets, injection.undo);
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
    this.#open.set(id, { fault, injection, hit: new Set(injection.fault.targets), close });
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

/** Names an open fault: `kill of broker 1`. */
export function nameOf({ kind, targets }: Pick<Fault, "kind" | "targets">): string {
  return `${kind} of broker ${targets.join(", ")}`;
}
