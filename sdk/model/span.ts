// How long something takes, and how probable it is.

/** A time that something takes, in milliseconds; `fromMs` ≤ it ≤ `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Whether something will happen: from 0 (never) to 1 (certainly); between them it is a race, and these are
 * the odds.
 */
export type Odds = number;
