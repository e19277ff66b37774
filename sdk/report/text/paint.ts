// Colour is the caller's: the report says what a piece of text means, and `paint` makes it look so.

/** The meaning of a piece of text: confirmed, failed, inconclusive, a heading, secondary. */
export type Tone = "good" | "bad" | "unsure" | "strong" | "dim";

/** Colours a piece of text; it must not change its printed width. */
export type Paint = (text: string, tone: Tone) => string;

export interface PaintOptions {
  /** Colours pieces of text. @default no colour */
  paint?: Paint;
}

/** Leaves text as it is. */
export const plain: Paint = (text) => text;
