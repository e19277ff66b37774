// Injects faults of members of consumer groups: their processes are the lab's own.
//
//   kill, stop, pause ─▶ its process        slow ─▶ an order to its program        roll ─▶ each in its turn

import type { Action } from "../../engine/engine.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { ProcessEffect } from "../../model/fault.ts";
import type { MemberName } from "../../model/group-target.ts";
import type { Observation, Proof } from "../../model/history.ts";
import type { Member } from "../../model/member.ts";
import type { GroupMember } from "../groups/group-member.ts";
import type { Acts, Driver, Order } from "./driver.ts";

/** The members of the groups that are open. */
export interface MemberAccess {
  /** @throws LabError NO_SUCH_MEMBER */
  find(name: MemberName): GroupMember;
  /** Resolves when the group has settled. @throws LabError NOT_READY after `timeoutMs` */
  settled(group: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void>;
}

const STOP_MS = 10_000;
const SETTLE_MS = 60_000;

/** A member that is hit, by how it is called. */
type Hit = (key: Member) => GroupMember;

export function memberDriver(groups: () => MemberAccess): Driver {
  return (order) => {
    const access = groups();
    const members = (order.fault.members ?? []).map((name) => access.find(name));
    const hit: Hit = (key) => members.find((member) => member.key === key)!;
    for (const member of members) member.running(order.spec.kind); // throws where it does not run
    if (order.fault.process !== undefined) return processActs(order, order.fault.process, hit);
    return order.fault.processing === undefined ? rollActs(order, access, hit) : slowActs(order, hit);
  };
}

function processActs({ spec }: Order, effect: ProcessEffect, hit: Hit): Acts {
  const patienceMs = toMs((spec["timeout"] as Duration | undefined) ?? STOP_MS);
  const acts: Readonly<Record<ProcessEffect, (member: GroupMember) => Action | Promise<Action>>> = {
    shutdown: (member) => member.endGently(patienceMs),
    death: (member) => member.endNow(),
    freeze: (member) => member.freeze(),
  };
  return {
    act: async (key) => await acts[effect](hit(key)),
    undo: (key) => hit(key).bringBack(),
    isUndone: (key) => isBack(hit(key)),
  };
}

function isBack({ isOver, state }: GroupMember): boolean {
  return isOver || state === "running";
}

function slowActs({ fault, prove }: Order, hit: Hit): Acts {
  const { processMs, factor = 1 } = fault.processing!;
  const observed: Observation[] = [];
  const set = async (
    member: GroupMember,
    wantedMs: number,
    code: "NOT_EFFECTIVE" | "NOT_HEALED",
  ): Promise<Action> => {
    const began = performance.now();
    const measuredMs = await member.slow(wantedMs);
    const effectAt = performance.now();
    const seen: Observation = {
      what: `what ${member.name} takes for a record, by its answer`,
      expected: readable(wantedMs),
      measured: readable(measuredMs),
      holds: measuredMs === wantedMs,
    };
    if (prove) observed.push(seen);
    if (!seen.holds)
      throw new LabError(
        code,
        `Cannot change ${seen.what}: expected ${seen.expected}, measured ${seen.measured}`,
      );
    return { effectAt, tookMs: effectAt - began, via: "an order to its program" };
  };
  return {
    act: (key) => set(hit(key), processMs ?? factor * hit(key).ownProcessMs, "NOT_EFFECTIVE"),
    async undo(key) {
      observed.length = 0;
      const member = hit(key);
      return isAsBefore(member) ? undefined : await set(member, member.ownProcessMs, "NOT_HEALED");
    },
    isUndone: (key) => isAsBefore(hit(key)),
    proof: (): Proof | undefined =>
      observed.length === 0
        ? undefined
        : { measured: [], counted: {}, unmeasured: [], observed: [...observed] },
  };
}

/** A new process of a member is not slow. */
function isAsBefore({ isOver, state, processMs, ownProcessMs }: GroupMember): boolean {
  return isOver || state === "stopped" || processMs === ownProcessMs;
}

/** Each is stopped and started in its turn, and the group has settled before the next. */
function rollActs({ spec, signal }: Order, access: MemberAccess, hit: Hit): Acts {
  for (const option of ["wait", "how"])
    if (spec[option] !== undefined)
      throw new LabError("UNSUPPORTED", `Cannot roll members of a group with the option ${option}`, {
        hint: "Each is stopped, and waits until the group has settled; wait and how are for brokers.",
      });
  const timeoutMs = toMs((spec["timeout"] as Duration | undefined) ?? SETTLE_MS);
  let turns: Promise<unknown> = Promise.resolve();
  let settledAt: number | undefined;
  const restart = async (member: GroupMember): Promise<Action> => {
    signal?.throwIfAborted();
    const stopped = await member.endGently(STOP_MS);
    await member.bringBack();
    await access.settled(member.group, timeoutMs, signal);
    settledAt = performance.now();
    return { ...stopped, tookMs: settledAt - stopped.effectAt };
  };
  return {
    act(key) {
      const turn = turns.then(() => restart(hit(key)));
      turns = turn;
      return turn;
    },
    async undo(key) {
      const back = await hit(key).bringBack();
      if (back !== undefined || settledAt === undefined) return back;
      return { effectAt: settledAt, tookMs: 0, via: "the group has settled" };
    },
    isUndone: (key) => isBack(hit(key)),
  };
}
