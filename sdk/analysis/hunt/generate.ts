// From a seed to a schedule.

import { dice } from "./dice.ts";
import type { Schedule } from "./schedule.ts";
import { drawFault, drawTime, type SearchSpace } from "./space.ts";

/** Faults begin at multiples of this. */
const STEP_MS = 100;

/**
 * Draws a schedule: pure, the same seed and space give the same one.
 *
 * @param seed a whole number; the neighbour of a seed gives an unrelated schedule
 */
export function generateSchedule(seed: number, space: SearchSpace): Schedule {
  const from = dice(seed);
  const count = from.whole(...space.faults);
  const faults = Array.from({ length: count }, () => ({
    atMs: STEP_MS * from.whole(0, Math.floor(space.spanMs / STEP_MS)),
    fault: drawFault(from.one(space.kinds), from, space),
    lastsMs: drawTime(space.lastsMs, from, space),
  }));
  return {
    faults: faults.sort((a, b) => a.atMs - b.atMs),
    load: {
      perSecond: from.scale(...space.perSecond),
      ...(space.inFlight !== undefined && { inFlight: from.scale(...space.inFlight) }),
      partitions: from.whole(...space.partitions),
    },
  };
}
