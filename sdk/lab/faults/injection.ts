// A fault that is to be injected, and the events and the handle that come of it.

import type { Action } from "../../engine/engine.ts";
import type { FaultSpec, ResolvedFault } from "../../model/fault.ts";
import type { FaultEvent, HealEvent, Proof } from "../../model/history.ts";
import { type Member, othersFields } from "../../model/member.ts";
import type { Run } from "../run.ts";
import type { Fault } from "./fault.ts";

/** A fault to be injected, and how. */
export interface Injection {
  spec: FaultSpec;
  fault: ResolvedFault;
  /** The target as asked for. */
  asked: string;
  /** What a kind that a program added is called. */
  noun?: string | undefined;
  /**
   * The caller's, beside the lab's: what is under way when it is aborted is carried to its end, and undone.
   */
  signal?: AbortSignal | undefined;
  act(member: Member): Promise<Action>;
  undo(member: Member): Promise<Action | undefined>;
  isUndone(member: Member): boolean;
  /** What was measured of it, and of its end. */
  proof?(): Proof | undefined;
}

/** What was done to one target. */
export type Done = { member: Member; action: Action };

/** The event of a fault that has been injected. */
export function faultEvent(
  run: Run,
  id: string,
  atMs: number,
  injection: Injection,
  done: readonly Done[],
): FaultEvent {
  const { fault, asked } = injection;
  const differs = differencesOf(done);
  return {
    kind: "fault",
    atMs,
    tookMs: run.now() - atMs,
    effectAtMs: run.at(Math.min(...done.map(({ action }) => action.effectAt))),
    id,
    fault: fault.kind,
    targets: fault.targets,
    ...othersFields(fault),
    asked,
    via: done[0]!.action.via,
    ...(differs.length > 0 && { differs: differs.join("; ") }),
    ...ownWords(injection),
    ...(fault.network && { network: fault.network }),
    ...(fault.disk && { disk: fault.disk }),
    ...(fault.processing && { processing: fault.processing }),
    ...proven(injection),
  };
}

/** The event of its healing. */
export function healEvent(
  run: Run,
  id: string,
  atMs: number,
  injection: Injection,
  actions: readonly Action[],
): HealEvent {
  const { fault } = injection;
  return {
    kind: "heal",
    atMs,
    tookMs: run.now() - atMs,
    effectAtMs: actions.length === 0 ? atMs : run.at(Math.min(...actions.map((one) => one.effectAt))),
    id,
    fault: fault.kind,
    targets: fault.targets,
    ...othersFields(fault),
    via: actions[0]?.via ?? "nothing was left to do",
    ...ownWords(injection),
    ...proven(injection),
  };
}

/** What a handle on it says. */
export function handleFacts(
  event: FaultEvent,
  { spec }: Injection,
  done: readonly Done[],
): Omit<Fault, "isOpen" | "heal" | typeof Symbol.asyncDispose> {
  const { id, targets, asked, via, network, disk, proof, effectAtMs, tookMs } = event;
  return {
    id,
    kind: event.fault,
    spec,
    targets,
    ...othersFields(event),
    asked,
    via,
    differs: differencesOf(done),
    sinceMs: effectAtMs,
    tookMs,
    exits: Object.fromEntries(
      done.flatMap(({ member, action }) => (action.exit === undefined ? [] : [[member, action.exit]])),
    ),
    ...(network && { network }),
    ...(disk && { disk }),
    ...(proof && { proof }),
  };
}

function differencesOf(done: readonly Done[]): string[] {
  return [...new Set(done.flatMap(({ action }) => action.differs ?? []))];
}

/** What analysis cannot know by the name of a kind that a program added. */
function ownWords({ noun, fault: { process } }: Injection): Pick<FaultEvent, "noun" | "process"> {
  return noun === undefined ? {} : { noun, ...(process && { process }) };
}

function proven({ proof }: Injection): { proof?: Proof } {
  const seen = proof?.();
  return seen === undefined ? {} : { proof: seen };
}
