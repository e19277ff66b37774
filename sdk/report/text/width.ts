// A terminal counts characters as a person does: a letter with its accents is one, a colour is none.

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const COLOURS = /\u001b\[[0-9;]*m/g;

/** Returns the characters of a text as a person counts them. */
export function letters(text: string): string[] {
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

/** Returns how many columns a text takes; wide East-Asian characters count as one. */
export function widthOf(text: string): number {
  const bare = text.replace(COLOURS, "");
  return /^[\x20-\x7e]*$/.test(bare) ? bare.length : letters(bare).length;
}

/**
 * Makes a text exactly `width` columns: padded with spaces, or cut with `…`. A text that is cut must carry no
 * colour.
 */
export function fitted(text: string, width: number): string {
  return padded(cut(text, width), width);
}

/** Pads a text with spaces to at least `width` columns. */
export function padded(text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** Cuts a text to at most `width` columns. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1
    ? ""
    : `${letters(text)
        .slice(0, width - 1)
        .join("")}…`;
}
