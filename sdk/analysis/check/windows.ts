// The stretches of a run that are judged on their own: its steps, and its faults from their effect to that of
// their heal.
import type { MemberName } from "../../model/group-target.ts";
import { hitsMembers, shortNames } from "../../model/member.ts";
import { endsProcess } from "../../faults/mod.ts";
import type { Broker, FaultEvent, FaultKind, HealEvent, History, StepEvent } from "../../model/history.ts";

/** A labelled stretch of time, in milliseconds since the run's start. */
export interface Window {
  name: string;
  fromMs: number;
  toMs: number;
}

/** A fault's stretch: from its effect to that of its heal, or to the end of the run. */
export interface FaultWindow extends Window {
  id: string;
  fault: FaultKind;
  /** Whether it ended its targets' processes. */
  endsProcess: boolean;
  /** The brokers that it hit. */
  targets: readonly Broker[];
  /** The members of groups that it hit; absent where it hit none. */
  members?: readonly MemberName[];
  healed: boolean;
}

/** The stretches of a run. */
export interface Windows {
  /** When the last event of the history ended, apart from what was measured of the machine. */
  endMs: number;
  /** Each lasts until the next. */
  steps: readonly Window[];
  /** In the order in which they were injected. */
  faults: readonly FaultWindow[];
  heals: readonly HealEvent[];
}

/** Returns the stretches of a history. */
export function windows(history: History): Windows {
  const [steps, faults, heals]: [StepEvent[], FaultEvent[], HealEvent[]] = [[], [], []];
  let endMs = 0;
  for (const event of history) {
    if (event.kind === "machine" || event.kind === "stall") continue; // measured on until the lab is closed
    const ended = "tookMs" in event ? event.atMs + event.tookMs : event.atMs;
    if (ended > endMs) endMs = ended;
    if (event.kind === "step") steps.push(event);
    if (event.kind === "fault") faults.push(event);
    if (event.kind === "heal") heals.push(event);
  }
  return {
    endMs,
    steps: steps.map(({ name, atMs }, i) => ({ name, fromMs: atMs, toMs: steps[i + 1]?.atMs ?? endMs })),
    faults: faults.map((fault) =>
      faultWindow(
        fault,
        heals.find(({ id }) => id === fault.id),
        endMs,
      ),
    ),
    heals,
  };
}

/** Without the faults on members of groups: brokers serve those who send as before. */
export function ofNodes({ faults, heals, ...rest }: Windows): Windows {
  return {
    ...rest,
    faults: faults.filter((fault) => !hitsMembers(fault)),
    heals: heals.filter((heal) => !hitsMembers(heal)),
  };
}

function faultWindow(event: FaultEvent, heal: HealEvent | undefined, endMs: number): FaultWindow {
  const { id, fault, targets, effectAtMs } = event;
  return {
    name: `${fault} ${shortNames(event)}`,
    fromMs: effectAtMs,
    toMs: heal?.effectAtMs ?? endMs,
    id,
    fault,
    endsProcess: endsProcess(event),
    targets,
    ...(event.members && { members: event.members }),
    healed: heal !== undefined,
  };
}
