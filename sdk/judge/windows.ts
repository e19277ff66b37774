// The stretches of a run that are judged on their own: its steps, and its faults from their effect to their heal.
import type { Broker, FaultKind, History } from "../history.ts";

/** A labelled stretch of time, in milliseconds since the run's start. */
export interface Window {
  name: string;
  fromMs: number;
  toMs: number;
}

/** A fault's stretch: from its effect to the beginning of its heal, or to the end of the run. */
export interface FaultWindow extends Window {
  id: string;
  fault: FaultKind;
  targets: readonly Broker[];
  healed: boolean;
}

/** Returns when the last event of a history ended. */
export function endOfRunMs(history: History): number {
  let end = 0;
  for (const event of history) end = Math.max(end, event.atMs + ("tookMs" in event ? event.tookMs : 0));
  return end;
}

/** Returns the steps of a history; each lasts until the next. */
export function stepWindows(history: History): Window[] {
  const end = endOfRunMs(history);
  const steps = history.filter((event) => event.kind === "step");
  return steps.map(({ name, atMs }, i) => ({ name, fromMs: atMs, toMs: steps[i + 1]?.atMs ?? end }));
}

/** Returns the faults of a history in the order in which they were injected. */
export function faultWindows(history: History): FaultWindow[] {
  const end = endOfRunMs(history);
  const heals = new Map<string, number>();
  for (const event of history) if (event.kind === "heal" && !heals.has(event.id)) heals.set(event.id, event.atMs);
  return history.filter((event) => event.kind === "fault").map(({ id, fault, targets, effectAtMs }) => ({
    name: `${fault} ${targets.join(", ")}`,
    fromMs: effectAtMs,
    toMs: heals.get(id) ?? end,
    id,
    fault,
    targets,
    healed: heals.has(id),
  }));
}
