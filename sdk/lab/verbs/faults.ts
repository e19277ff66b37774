// The open faults of a lab: each is injected once, recorded, and healed once, by whoever comes first: its
// handle, a verb that brings the broker back, or the end of the lab.

import type { Action, Exit } from "../../engine/engine.ts";
import { readable } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker, FaultKind, Proof } from "../../model/history.ts";
import type { Run } from "../run.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { NetFault } from "../../model/traffic.ts";

/** The handle of an injected fault. */
export interface Fault extends AsyncDisposable {
  /** Identifies it in the history. */
  readonly id: string;
  /** What kind of fault it is. */
  readonly kind: FaultKind;
  /** The brokers that it hit, resolved at the injection. */
  readonly targets: readonly Broker[];
  /** The target as requested: `leader`. */
  readonly asked: string;
  /** How it was done: `SIGTERM`, `docker stop`, … */
  readonly via: string;
  /** Deviations from the same fault on other engines; empty if there are none. */
  readonly differs: readonly string[];
  /** When it took effect on the first target, in milliseconds since the run's start. */
  readonly sinceMs: number;
  /** How long the injection took, in milliseconds. */
  readonly tookMs: number;
  /** How the processes ended, by broker number; empty for a fault that ends none. */
  readonly exits: Readonly<Record<number, Exit>>;
  /** The effects on the network; only for network faults. */
  readonly network?: readonly NetFault[];
  /** The round trips measured before and during the fault; only for network faults with `prove`. */
  readonly proof?: Proof;
  /** Whether it has not been healed yet. */
  readonly isOpen: boolean;
  /**
   * Undoes the fault; a second call does nothing. Resolves when the processes run again, not when they serve:
   * `cluster.waitFor` waits for that.
   *
   * @throws LabError NOT_HEALED
   */
  heal(): Promise<void>;
}

/** A fault to be injected. */
export interface Injection {
  fault: FaultKind;
  asked: string;
  targets: readonly Broker[];
  /**
   * The caller's, beside the lab's: what is under way when it is aborted is carried to its end, and undone.
   */
  signal?: AbortSignal | undefined;
  act(broker: Broker): Promise<Action>;
  undo(broker: Broker): Promise<Action | undefined>;
  isUndone(broker: Broker): boolean;
  /**
   * What is wrong with the network, for a fault of the network, and what was measured of it and of its end.
   */
  network?: readonly NetFault[];
  proof?(): Proof | undefined;
}

export interface Faults {
  inject(injection: Injection): Promise<Fault>;
  /** Undoes something on these brokers, and records the healing of every fault that is thereby undone. */
  undo(brokers: readonly Broker[], how: (broker: Broker) => Promise<Action | undefined>): Promise<void>;
  readonly open: readonly Fault[];
  /** Whether nothing is wrong, and nothing is about to be. */
  readonly isQuiet: boolean;
  /**
   * Whether a fault has ended this broker's process, or is about to, and nothing has brought it back since.
   */
  isMeantToEnd(broker: Broker): boolean;
  /** Heals all, newest first. @throws LabError NOT_HEALED naming what could not be healed */
  healAll(): Promise<void>;
}

interface Open {
  fault: Fault;
  injection: Injection;
  /** The targets that nothing has brought back. */
  hit: Set<Broker>;
  close(): void;
}

/**
 * @param signal what gives up an injection that is under way: it is then undone
 * @param onBegin hears of each injection before it is made
 */
export function makeFaults(
  run: Run,
  signal: () => AbortSignal | undefined = () => undefined,
  onBegin: () => void = () => {},
): Faults {
  const open = new Map<string, Open>();
  /** Those that are under way. */
  const injecting = new Set<Injection>();
  let count = 0;

  async function undo(
    brokers: readonly Broker[],
    how: (broker: Broker) => Promise<Action | undefined>,
  ): Promise<void> {
    const atMs = run.now();
    const actions = (await Promise.all(brokers.map((broker) => how(broker)))).filter(
      (one) => one !== undefined,
    );
    for (const { fault, injection, hit, close } of [...open.values()]) {
      for (const broker of brokers) hit.delete(broker);
      if (
        !fault.targets.some((broker) => brokers.includes(broker)) ||
        !fault.targets.every((broker) => injection.isUndone(broker))
      )
        continue;
      close();
      const effectAt = Math.min(...actions.map((one) => one.effectAt));
      run.record({
        kind: "heal",
        atMs,
        tookMs: run.now() - atMs,
        effectAtMs: actions.length === 0 ? atMs : run.at(effectAt),
        id: fault.id,
        fault: fault.kind,
        targets: fault.targets,
        via: actions[0]?.via ?? "nothing was left to do",
        ...proven(injection),
      });
    }
  }

  async function inject(injection: Injection, givenUp: AbortSignal | undefined): Promise<Fault> {
    const id = `${injection.fault}-${++count}`;
    const atMs = run.now();
    onBegin();
    const results = await Promise.allSettled(
      injection.targets.map(async (broker) => ({ broker, action: await injection.act(broker) })),
    );
    const done = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed =
      results.find((one) => one.status === "rejected") ??
      (givenUp?.aborted ? { reason: givenUp.reason as unknown } : undefined);
    if (failed !== undefined) {
      // half a fault is none; what failed may have left something, too
      const changed = injection.targets.filter(
        (broker) => done.some((one) => one.broker === broker) || !injection.isUndone(broker),
      );
      await undo(changed, injection.undo);
      if (givenUp?.aborted && changed.length > 0)
        run.record({
          kind: "note",
          atMs: run.now(),
          text: `the ${injection.fault} of broker ${changed.join(", ")} was taken back after ${readable(run.now() - atMs)}`,
        });
      throw failed.reason;
    }
    const tookMs = run.now() - atMs;
    const effectAtMs = run.at(Math.min(...done.map(({ action }) => action.effectAt)));
    const differs = [...new Set(done.flatMap(({ action }) => action.differs ?? []))];
    const via = done[0]!.action.via;
    const { network } = injection;
    let isOpen = true;
    const fault: Fault = {
      id,
      kind: injection.fault,
      targets: injection.targets,
      asked: injection.asked,
      via,
      differs,
      sinceMs: effectAtMs,
      tookMs,
      exits: Object.fromEntries(
        done.flatMap(({ broker, action }) => (action.exit === undefined ? [] : [[broker, action.exit]])),
      ),
      ...(network && { network }),
      ...proven(injection),
      get isOpen() {
        return isOpen;
      },
      async heal() {
        if (isOpen) await undo(injection.targets, injection.undo);
      },
      async [Symbol.asyncDispose]() {
        await fault.heal();
      },
    };
    open.set(id, {
      fault,
      injection,
      hit: new Set(injection.targets),
      close() {
        isOpen = false;
        open.delete(id);
      },
    });
    run.record({
      kind: "fault",
      atMs,
      tookMs,
      effectAtMs,
      id,
      fault: injection.fault,
      targets: injection.targets,
      asked: injection.asked,
      via,
      ...(differs.length === 0 ? {} : { differs: differs.join("; ") }),
      ...(network && { network }),
      ...proven(injection),
    });
    return fault;
  }

  return {
    async inject(injection) {
      const givenUp = anySignal(signal(), injection.signal);
      givenUp?.throwIfAborted();
      injecting.add(injection);
      return await inject(injection, givenUp).finally(() => injecting.delete(injection));
    },
    undo,
    get isQuiet() {
      return injecting.size === 0 && open.size === 0;
    },
    isMeantToEnd(broker) {
      const ends = ({ fault }: Injection, on: Iterable<Broker>): boolean =>
        (fault === "stop" || fault === "kill") && [...on].includes(broker);
      return (
        [...injecting].some((one) => ends(one, one.targets)) ||
        [...open.values()].some(({ injection, hit }) => ends(injection, hit))
      );
    },
    get open() {
      return [...open.values()].map(({ fault }) => fault);
    },
    async healAll() {
      const failures: string[] = [];
      for (const { fault } of [...open.values()].reverse()) {
        await fault
          .heal()
          .catch((error: unknown) =>
            failures.push(`${fault.kind} of broker ${fault.targets.join(", ")}: ${(error as Error).message}`),
          );
      }
      if (failures.length > 0)
        throw new LabError(
          "NOT_HEALED",
          `Cannot heal ${failures.length} of the lab's faults: ${failures.join("; ")}`,
        );
    },
  };
}

function proven({ proof }: Injection): { proof?: Proof } {
  const seen = proof?.();
  return seen === undefined ? {} : { proof: seen };
}
