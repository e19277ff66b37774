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
  // few faults need no long time to follow each other
  const spanMs = (space.spanMs * (count - 1)) / Math.max(1, space.faults[1] - 1);
  const drawn = Array.from({ length: count }, () => ({
    atMs: STEP_MS * from.whole(0, Math.floor(spanMs / STEP_MS)),
    fault: drawFault(from.one(space.kinds), from, space),
    lastsMs: drawTime(space.lastsMs, from, space),
  }));
  // what is a race needs several sends at once: the larger of two draws
  const larger = (draw: () => number): number => Math.max(draw(), draw());
  const producers = larger(() => from.whole(...space.producers));
  const [least, most] = space.perSecond;
  const { inFlight } = space;
  return {
    faults: drawn.sort((a, b) => a.atMs - b.atMs),
    load: {
      producers,
      perSecond: from.scale(least, Math.floor(most / producers)),
      ...(inFlight !== undefined && { inFlight: larger(() => from.scale(...inFlight)) }),
      partitions: from.whole(...space.partitions),
    },
  };
}
