// Injects faults of processes: the engine's stop, kill and pause.

import type { Action, Engine, Node, NodeState } from "../../engine/engine.ts";
import { outOfReach } from "../../engine/remote/out-of-reach.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { ProcessEffect } from "../../model/fault.ts";
import { type Member, membersOf, nodeName } from "../../model/member.ts";
import type { Driver } from "./driver.ts";

/** What a node's process is like afterwards. */
const WANTED: Readonly<Record<ProcessEffect, NodeState>> = {
  shutdown: "stopped",
  death: "stopped",
  freeze: "paused",
};

export function processDriver(engine: Engine): Driver {
  return ({ spec, definition, fault }) => {
    const effect = definition.process!;
    for (const member of membersOf(fault)) {
      assertReach(engine, spec.kind, member);
      const { state } = engine.status(serviceOf(engine, member));
      if (state === "stopped" || state === WANTED[effect])
        throw new LabError("COMMAND_FAILED", `Cannot ${spec.kind} ${nameOf(member)}: it is ${state}`, {
          ...(typeof member === "number" && { broker: member }),
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
      act: (member) => acts[effect](serviceOf(engine, member)),
      undo: (member) => bringBack(engine, member),
      isUndone: (member) => engine.status(serviceOf(engine, member)).state === "running",
    };
  };
}

/** @throws LabError UNSUPPORTED on a cluster whose processes the lab cannot touch */
export function assertReach(engine: Engine, verb: string, member: Member): void {
  if (engine.kind === "remote") throw outOfReach(verb, member);
}

/** Makes a node's process run, from whatever state. */
export async function bringBack(engine: Engine, member: Member): Promise<Action | undefined> {
  const service = serviceOf(engine, member);
  switch (engine.status(service).state) {
    case "paused":
      return await engine.resume(service);
    case "stopped":
      return await engine.start(service);
    case "running":
      return undefined;
  }
}

export function serviceOf(engine: Engine, member: Member): string {
  const isMeant = ({ broker, nodeId }: Node): boolean =>
    typeof member === "number" ? broker === member : broker === null && nodeName(nodeId) === member;
  return engine.nodes.find(isMeant)!.service;
}

/** `broker 1`, `node 3001`. */
function nameOf(member: Member): string {
  return typeof member === "number" ? `broker ${member}` : member;
}
