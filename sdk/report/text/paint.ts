// Colour is the caller's: the report says what a piece of text means, and `paint` makes it look so.

/** What a piece of text means: it held, it did not, nobody can tell, it is a heading, it is secondary. */
export type Tone = "good" | "bad" | "unsure" | "strong" | "dim";

/** Colours a piece of text; it must not change its printed width. */
export type Paint = (text: string, tone: Tone) => string;

export interface PaintOptions {
  /** Colours pieces of text. @default no colour */
  paint?: Paint;
}

/** Leaves text as it is. */
export const plain: Paint = (text) => text;
