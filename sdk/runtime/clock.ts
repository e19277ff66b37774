// How a node's clock stands to this machine's, from nothing but the time stamps of its log and when its lines
// came.
//
//   age of a line when it is read = how long it was under way + by how much the node's clock is behind
//
// The youngest line was under way for the shortest time, so its age is nearest to the difference of the
// clocks. A process on this machine has this machine's clock; a container may have another time zone, and
// where docker runs in a machine of its own, another clock.

/** What is known of a node's clock. */
export interface Clock {
  /**
   * Takes how old a line was when it was read, and for how long the log had been followed by then, in
   * milliseconds; returns by how much the node's clock is behind.
   */
  hear(ageMs: number, followedMs: number): number;
  /** By how much the node's clock is behind, as far as is known. */
  offset(): number;
}

export interface ClockOptions {
  /** Whether it is this machine's clock, in its time zone. */
  isSame: boolean;
  /** Called with each offset that differs from the one before. */
  onChange?(found: { offsetMs: number; withinMs: number }): void;
}

/** Time zones differ by quarters of an hour (IANA tz database). */
const ZONE_MS = 900_000;
/** So young a line is from this machine's clock: it was only under way. */
const UNDER_WAY_MS = 1_000;
/**
 * A log comes with what was written before it was followed: for so long, lines that are old tell nothing of
 * clocks.
 */
const CATCHING_UP_MS = 5_000;
/** How long the lab takes to read a line at least, on the average. */
const READ_MS = 25;

/** Begins to compare a node's clock with this machine's. */
export function alignClock({ isSame, onChange = () => {} }: ClockOptions): Clock {
  let [offsetMs, youngestMs] = [0, Infinity];
  return {
    offset: () => offsetMs,
    hear(ageMs, followedMs) {
      if (isSame || ageMs >= youngestMs) return offsetMs;
      const zoneMs = Math.round((ageMs - UNDER_WAY_MS / 2) / ZONE_MS) * ZONE_MS;
      const restMs = ageMs - zoneMs;
      const isThis = restMs >= -1 && restMs <= UNDER_WAY_MS;
      if (restMs > UNDER_WAY_MS && followedMs < CATCHING_UP_MS) return offsetMs;
      youngestMs = ageMs;
      const found = isThis ? zoneMs : ageMs - READ_MS;
      if (found !== offsetMs) onChange({ offsetMs: found, withinMs: isThis ? 1 : READ_MS });
      offsetMs = found;
      return offsetMs;
    },
  };
}
