// From a seed to a schedule.

import { type Dice, dice } from "./dice.ts";
import type { Schedule } from "./schedule.ts";
import { drawFault, drawTime, type Range, type SearchSpace } from "./space.ts";

/** Faults begin at multiples of this. */
const STEP_MS = 100;

/**
 * Draws a schedule: pure, the same seed and space give the same one.
 *
 * @param seed a whole number; the neighbour of a seed gives an unrelated schedule
 */
export function generateSchedule(seed: number, space: SearchSpace): Schedule {
  const from = dice(seed);
  const count = drawCount(space.faults, from);
  const faults = Array.from({ length: count }, () => ({
    atMs: STEP_MS * from.whole(0, Math.floor(space.spanMs / STEP_MS)),
    fault: drawFault(from.one(space.kinds), from, space),
    lastsMs: drawTime(space.lastsMs, from, space),
  }));
  const producers = from.whole(...space.producers);
  const [least, most] = space.perSecond;
  return {
    faults: faults.sort((a, b) => a.atMs - b.atMs),
    load: {
      producers,
      perSecond: from.scale(least, Math.floor(most / producers)),
      ...(space.inFlight !== undefined && { inFlight: from.scale(...space.inFlight) }),
      partitions: from.whole(...space.partitions),
    },
  };
}

/** How many faults: one as often as two, each further one half as often. What fails is then small already. */
function drawCount([least, most]: Range, from: Dice): number {
  const counts = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return from.weighted(counts.map((count, i) => [2 ** -Math.max(0, i - 1), count] as const));
}
