// Durations as people write them: 30000, "30s", "1m30s", "250ms".

import { printable } from "./printable.ts";

type Unit = "ms" | "s" | "m" | "h";

/** A length of time: a bare number is milliseconds; text names its units, largest first (`"1m30s"`). */
export type Duration = number | `${number}${Unit}` | `${number}${Unit}${number}${Unit}`;

/** The longest that a timer can run, in milliseconds: 24 days. One for longer would expire at once. */
export const LONGEST_MS = 2_147_483_647;

const MS: Readonly<Record<Unit, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Returns a duration in milliseconds.
 *
 * @throws RangeError where it is negative, longer than 24 days, or not written as a duration.
 */
export function toMs(duration: Duration | string): number {
  if (typeof duration === "number") return checked(duration, duration);
  const parts = duration.match(/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/)
    ? [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)]
    : [];
  if (parts.length === 0)
    throw new RangeError(
      `Cannot read the duration "${printable(duration)}": expected milliseconds or text such as ` +
        '"30s", "250ms" or "1m30s"',
    );
  return checked(
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * MS[unit as Unit], 0),
    duration,
  );
}

/**
 * Returns a time that a command line or a settings file gives; there, too, a bare whole number is
 * milliseconds. Else it stays as it was written.
 *
 * @param name the option: `"--window"`
 * @throws RangeError naming it
 */
export function readTime(name: string, text: string): Duration {
  const time = (/^\d+$/.test(text) ? Number(text) : text) as Duration;
  try {
    toMs(time);
    return time;
  } catch (error) {
    throw new RangeError(`${name}: ${(error as Error).message}`);
  }
}

function checked(ms: number, given: unknown): number {
  if (ms >= 0 && ms <= LONGEST_MS) return ms;
  throw new RangeError(
    `Cannot use ${String(given)} as a duration: it must be 0 or more, and at most ${LONGEST_MS} ms (24 days)`,
  );
}

/** Writes milliseconds as a person reads them: `6 ms`, `0.42 s`, `9.3 s`, `1 m 30 s`. */
export function readable(ms: number): string {
  if (ms < 100) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  return `${Math.floor(s / 60)} m ${s % 60} s`;
}
