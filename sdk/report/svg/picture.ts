// The same thing twice: rich for a notebook, lines of text for a terminal.

/** What can be shown in a notebook and in a terminal. */
export interface Picture {
  /** For a terminal. */
  text: readonly string[];
  /** A piece of HTML, such as a table. */
  html?: string;
  /** A whole SVG document; taken before `html`. */
  svg?: string;
}
