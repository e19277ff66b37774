// One line of a broker's log, and its parts.
//
//   [2026-11-25 14:51:57,360] INFO [QuorumController id=2] Fencing broker 3 because … (org.….Re…Manager)
//    └ stamp ──────────────┘  level └ text ──────────────────────────────────────┘  └ logger ────────┘
//
// A broker may write thousands of lines a second, and almost none is of interest: most are refused by their
// first characters.

import type { BrokerLogFact } from "../../model/history.ts";
import { factIn } from "./fact.ts";

/** A line of interest, cut into its parts. */
export interface ParsedLine {
  /**
   * As the broker wrote it, by the clock and in the time zone of its machine: `2026-11-25 14:51:46,752`; see
   * `stampMs`.
   */
  stamp: string;
  level: string;
  /** The class that logged it. */
  logger: string;
  /** All between level and logger. */
  text: string;
  fact: BrokerLogFact;
}

/**
 * Parses one line of a broker's log; undefined for one of no interest.
 *
 * It knows the lines that Kafka 3.9 and 4.x log about leaders, replicas, the quorum and a broker's end, in
 * the images' default layout `[%d] %p %m (%c)`.
 */
export function parseLine(line: string): ParsedLine | undefined {
  if (line.charCodeAt(0) !== OPENING || line.charCodeAt(STAMP_END) !== CLOSING) return undefined;
  const levelEnd = line.indexOf(" ", LEVEL);
  if (levelEnd === -1 || !FIRST.has(line.charCodeAt(levelEnd + 1))) return undefined;
  const fact = factIn(line, levelEnd + 1);
  if (fact === undefined) return undefined;
  const end = line.lastIndexOf(" (");
  const stamp = line.slice(1, STAMP_END);
  if (end <= levelEnd || !STAMP.test(stamp)) return undefined;
  return {
    stamp,
    level: line.slice(LEVEL, levelEnd),
    logger: line.slice(end + 2, line.lastIndexOf(")")),
    text: line.slice(levelEnd + 1, end).trimEnd(),
    fact,
  };
}

/**
 * Returns the wall clock of a stamp in milliseconds since 1970.
 *
 * @param zone containers write in UTC, processes of this machine in its own time zone
 * @throws RangeError where it is no stamp
 */
export function stampMs(stamp: string, zone: "utc" | "local"): number {
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN, ms = NaN] = stamp
    .split(/[- T:,.]/, 7)
    .map(Number);
  const at =
    zone === "utc"
      ? Date.UTC(year, month - 1, day, hour, minute, second, ms)
      : new Date(year, month - 1, day, hour, minute, second, ms).getTime();
  if (Number.isNaN(at))
    throw new RangeError(
      `Cannot read the time stamp ${JSON.stringify(stamp)}: is it like "2026-11-25 14:51:46,752"?`,
    );
  return at;
}

const OPENING = 0x5b;
/** How texts of interest begin: with a speaker's bracket, `Shutdown broker`, or `Encountered fatal fault`. */
const FIRST: ReadonlySet<number> = new Set([OPENING, 0x53, 0x45]);
const CLOSING = 0x5d;
/** log4j's own dates, ISO8601 in either spelling. */
const STAMP = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d{3}$/;
/** Where the stamp's bracket closes and where the level begins. */
const STAMP_END = 24;
const LEVEL = 26;
