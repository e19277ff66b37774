// Injects faults that a program defined: calls its functions, keeps what they measured, and rolls back.

import { performance } from "node:perf_hooks";
import type { Action, Engine } from "../../engine/engine.ts";
import { toMs } from "../../model/duration.ts";
import { type ErrorCode, LabError } from "../../model/errors.ts";
import type { Broker, Observation, Proof } from "../../model/history.ts";
import { type FaultContext, type FaultParts, optionsOf } from "./define.ts";
import type { Acts, Order } from "./driver.ts";
import { nameOf } from "./open-faults.ts";

export interface DefinedDriverParts {
  engine: Engine;
  endpoints: readonly string[];
}

/** Says how a defined fault is injected and undone. */
export async function prepareDefined(
  parts: FaultParts,
  order: Order,
  lab: DefinedDriverParts,
): Promise<Acts> {
  const { targets } = order.fault;
  // the same object for each call, so that a program can keep by it what it has to restore
  const contexts = new Map(targets.map((broker) => [broker, makeContext(order, broker, lab)]));
  const contextOf = (broker: Broker): FaultContext => contexts.get(broker)!;
  for (const broker of targets) await parts.check?.(contextOf(broker));
  const applied = new Set<Broker>();
  const observed: Observation[] = [];
  const verify = async (broker: Broker, phase: "applied" | "undone", code: ErrorCode): Promise<void> => {
    if (!order.prove || parts.verify === undefined) return;
    const seen = await parts.verify(contextOf(broker), phase);
    observed.push(...seen);
    assertHolds(seen, code, order, broker);
  };
  return {
    async act(broker: Broker) {
      applied.add(broker); // a failure may have changed something, too
      const action = await timed(() => parts.apply(contextOf(broker)));
      await verify(broker, "applied", "NOT_EFFECTIVE");
      return action;
    },
    async undo(broker: Broker) {
      if (!applied.has(broker)) return undefined;
      const action = await timed(() => parts.undo(contextOf(broker)));
      applied.delete(broker);
      observed.length = 0;
      await verify(broker, "undone", "NOT_HEALED");
      return action;
    },
    isUndone: (broker: Broker) => !applied.has(broker),
    proof: (): Proof | undefined =>
      observed.length === 0
        ? undefined
        : { measured: [], counted: {}, unmeasured: [], observed: [...observed] },
  };
}

async function timed(act: () => ReturnType<FaultParts["apply"]>): Promise<Action> {
  const began = performance.now();
  const done = await act();
  if (typeof done !== "string") return done;
  const effectAt = performance.now();
  return { effectAt, tookMs: effectAt - began, via: done };
}

function assertHolds(
  seen: readonly Observation[],
  code: ErrorCode,
  { fault: { kind } }: Order,
  broker: Broker,
): void {
  const wrong = seen.find(({ holds }) => !holds);
  if (wrong === undefined) return;
  const name = nameOf({ kind, targets: [broker] });
  const measured = `${wrong.what}: expected ${wrong.expected}, measured ${wrong.measured}`;
  throw new LabError(
    code,
    code === "NOT_EFFECTIVE"
      ? `Fault not effective, rolled back: ${name}: ${measured}`
      : `Cannot confirm that the ${name} has gone: ${measured}`,
    { broker },
  );
}

function makeContext(order: Order, broker: Broker, { engine, endpoints }: DefinedDriverParts): FaultContext {
  const node = engine.nodes.find((one) => one.broker === broker)!;
  return {
    options: optionsOf(order.spec, order.definition.options),
    broker,
    node,
    get pid() {
      return engine.status(node.service).pid;
    },
    engine,
    bootstrap: endpoints,
    signal: order.signal,
    async roundTrip(timeout) {
      const line = await engine.network.line({ broker, path: "clients" });
      if (typeof line === "string")
        throw new LabError("UNSUPPORTED", `Cannot measure a round trip to broker ${broker}: ${line}`, {
          broker,
        });
      try {
        return await line.roundTrip(toMs(timeout));
      } finally {
        line.close();
      }
    },
  };
}
