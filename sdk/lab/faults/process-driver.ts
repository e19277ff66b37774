// Injects faults of processes: the engine's stop, kill and pause.

import type { Action, Engine, NodeState } from "../../engine/engine.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { ProcessEffect } from "../../model/fault.ts";
import type { Broker } from "../../model/history.ts";
import type { Driver } from "./driver.ts";

/** What a node's process is like afterwards. */
const WANTED: Readonly<Record<ProcessEffect, NodeState>> = {
  shutdown: "stopped",
  death: "stopped",
  freeze: "paused",
};

export function processDriver(engine: Engine): Driver {
  return ({ spec, definition, fault: { targets } }) => {
    const effect = definition.process!;
    for (const broker of targets) {
      const { state } = engine.status(serviceOf(engine, broker));
      if (state === "stopped" || state === WANTED[effect])
        throw new LabError("COMMAND_FAILED", `Cannot ${spec.kind} broker ${broker}: it is ${state}`, {
          broker,
          hint: "`cluster.start` brings it back first.",
        });
    }
    const timeout = spec["timeout"] as Duration | undefined;
    const stopping = timeout === undefined ? {} : { timeoutMs: toMs(timeout) };
    const acts: Readonly<Record<ProcessEffect, (service: string) => Promise<Action>>> = {
      shutdown: (service) => engine.stop(service, stopping),
      death: (service) => engine.kill(service),
      freeze: (service) => engine.pause(service),
    };
    return {
      act: (broker) => acts[effect](serviceOf(engine, broker)),
      undo: (broker) => bringBack(engine, broker),
      isUndone: (broker) => engine.status(serviceOf(engine, broker)).state === "running",
    };
  };
}

/** Makes a broker's process run, from whatever state. */
export async function bringBack(engine: Engine, broker: Broker): Promise<Action | undefined> {
  const service = serviceOf(engine, broker);
  switch (engine.status(service).state) {
    case "paused":
      return await engine.resume(service);
    case "stopped":
      return await engine.start(service);
    case "running":
      return undefined;
  }
}

export function serviceOf(engine: Engine, broker: Broker): string {
  return engine.nodes.find((node) => node.broker === broker)!.service;
}
