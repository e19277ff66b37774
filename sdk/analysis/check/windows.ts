// The stretches of a run that are judged on their own: its steps, and its faults from their effect to that of
// their heal.
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
  targets: readonly Broker[];
  healed: boolean;
}

/** The stretches of a run. */
export interface Windows {
  /** When the last event of the history ended. */
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

function faultWindow(event: FaultEvent, heal: HealEvent | undefined, endMs: number): FaultWindow {
  const { id, fault, targets, effectAtMs } = event;
  return {
    name: `${fault} ${targets.join(", ")}`,
    fromMs: effectAtMs,
    toMs: heal?.effectAtMs ?? endMs,
    id,
    fault,
    endsProcess: endsProcess(event),
    targets,
    healed: heal !== undefined,
  };
}
