// Injects faults of networks. Each adds to what is wrong; the whole is handed to the engine, measured, and
// undone fault by fault.

import type { Action, Engine } from "../../engine/engine.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker, Measured, Proof } from "../../model/history.ts";
import { effectOn, type NetFault, type ProbeRoute, sayFault } from "../../model/traffic.ts";
import type { Acts, Order } from "./driver.ts";
import { after, before, healed, objections, placesFor, slackMs, type Witness } from "./network-proof.ts";
import { serviceOf } from "./process-driver.ts";

export interface NetworkDriverParts {
  engine: Engine;
  brokers: readonly Broker[];
  note(text: string): void;
}

/** One fault of the network, and what was measured of it. */
interface Wrong {
  order: Order;
  network: readonly NetFault[];
  witnesses: readonly Witness[];
  proof: Proof | undefined;
}

export class NetworkDriver {
  readonly #parts: NetworkDriverParts;
  /** All that is wrong. */
  readonly #wrong = new Set<Wrong>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: NetworkDriverParts) {
    this.#parts = parts;
  }

  /** @throws LabError UNSUPPORTED, FOREIGN_QDISC for what this engine cannot do */
  async prepare(order: Order): Promise<Acts> {
    const network = order.fault.network ?? [];
    await this.#parts.engine.network.check([...this.#all(), ...network]);
    const wrong: Wrong = { order, network, witnesses: [], proof: undefined };
    return {
      act: once(() => this.#inTurn(() => this.#apply(wrong))),
      undo: retried(() => this.#inTurn(() => this.#undo(wrong))),
      isUndone: () => !this.#wrong.has(wrong),
      proof: () => wrong.proof,
    };
  }

  #all(): NetFault[] {
    return [...this.#wrong].flatMap(({ network }) => network);
  }

  /** One change at a time: each is measured against the one before. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const own = this.#turn.then(act);
    this.#turn = own.catch(() => {});
    return own;
  }

  async #apply(wrong: Wrong): Promise<Action> {
    const { engine, brokers } = this.#parts;
    const { order, network } = wrong;
    const places = order.prove ? placesFor(network, brokers).filter((place) => this.#canMeasure(place)) : [];
    const was = await before(engine.network, network, places, order.signal);
    wrong.witnesses = was.witnesses;
    this.#wrong.add(wrong);
    try {
      const signal = order.signal && { signal: order.signal };
      const { effectAt, tookMs, via, differs } = await engine.network.apply(this.#all(), { ...signal });
      if (order.prove) wrong.proof = await this.#prove(wrong, was.unmeasured);
      return { effectAt, tookMs, via, ...(differs.length > 0 && { differs: differs.join("; ") }) };
    } catch (error) {
      this.#wrong.delete(wrong);
      await engine.network.apply(this.#all()).catch(() => {}); // the first failure is the one to report
      throw error;
    }
  }

  async #prove({ order, network, witnesses }: Wrong, unmeasured: readonly string[]): Promise<Proof> {
    const { engine } = this.#parts;
    const measured: Measured[] = await after(engine.network, witnesses, order.signal);
    const { counted, uncounted } = await this.#countOn(order.fault.targets);
    const proof: Proof = { measured, counted, unmeasured: [...unmeasured, ...uncounted] };
    const wrongs = objections(proof, (place) => added(network, place), slackMs(network));
    if (wrongs.length === 0) return proof;
    throw new LabError(
      "NOT_EFFECTIVE",
      `Fault not effective, rolled back: ${sayFault(network[0]!)}: ${wrongs.join("; ")}`,
      {
        broker: order.fault.targets[0]!,
        hint:
          "Is the machine very busy, or another fault open on the same path? " +
          "`prove: false` does without the measurement.",
      },
    );
  }

  async #undo(wrong: Wrong): Promise<Action> {
    const { engine, note } = this.#parts;
    const { kind, targets } = wrong.order.fault;
    const { counted, uncounted } = await this.#countOn(targets);
    for (const [broker, { dropped }] of Object.entries(counted))
      if (dropped > 0)
        note(
          `${kind} of broker ${broker}: ${dropped} packets were dropped because the queue was full; ` +
            "they count as a fault that was not asked for",
        );
    this.#wrong.delete(wrong);
    const { effectAt, tookMs, via } = await engine.network.apply(this.#all());
    const witnesses = wrong.witnesses.filter(
      ({ place }) => this.#canMeasure(place) && !this.#all().some((fault) => effectOn(fault, place).isHit),
    );
    const measured = await healed(engine.network, witnesses);
    wrong.proof = { measured, counted, unmeasured: uncounted };
    const wrongs = objections(wrong.proof, () => ({ addsMs: 0, jitterMs: 0 }), slackMs(wrong.network));
    if (wrongs.length === 0) return { effectAt, tookMs, via };
    throw new LabError(
      "NOT_HEALED",
      `Cannot confirm that the ${kind} of broker ${targets.join(", ")} has gone: ${wrongs[0]}`,
      {
        broker: targets[0]!,
        hint:
          "Is something else slow or wrong on that path? " +
          "The fault itself was taken back; healing again measures again.",
      },
    );
  }

  /** What the engine counts on the targets; `uncounted` says where it could not be asked, and why. */
  async #countOn(targets: readonly Broker[]): Promise<Pick<Proof, "counted"> & { uncounted: string[] }> {
    const { network } = this.#parts.engine;
    const uncounted: string[] = [];
    const unknown = (broker: Broker, error: unknown): void =>
      void uncounted.push(`what was counted at broker ${broker} is unknown: ${(error as Error).message}`);
    const counts = await Promise.all(
      targets
        .filter((broker) => this.#isRunning(broker))
        .map(async (broker) => {
          const one = await network.counts(broker).catch((error: unknown) => unknown(broker, error));
          return one === undefined ? [] : [[broker, one] as const];
        }),
    );
    return { counted: Object.fromEntries(counts.flat()), uncounted };
  }

  #isRunning(broker: Broker): boolean {
    const { engine, brokers } = this.#parts;
    return brokers.includes(broker) && engine.status(serviceOf(engine, broker)).state === "running";
  }

  #canMeasure({ broker, from = broker }: ProbeRoute): boolean {
    return this.#isRunning(broker) && this.#isRunning(from);
  }
}

/** By how much these faults together make a round trip longer. */
function added(network: readonly NetFault[], place: ProbeRoute): { addsMs: number; jitterMs: number } {
  const effects = network.map((fault) => effectOn(fault, place));
  return {
    addsMs: effects.reduce((sum, one) => sum + one.addsMs, 0),
    jitterMs: effects.reduce((sum, one) => sum + one.jitterMs, 0),
  };
}

/** Acts once, for however many targets it is called. */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () => (doing ??= act());
}

/** As once(), but a failure may be tried again. */
export function retried<T>(act: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () =>
    (doing ??= act().catch((error: unknown) => {
      doing = undefined;
      throw error;
    }));
}
