// Notes of a run above its faults.

import type { NoteEvent } from "../../model/history.ts";
import type { Mark } from "./marks.ts";
import { colour } from "./palette.ts";

/** A mark where each note was made. */
export function noteMarks(notes: readonly NoteEvent[]): Mark[] {
  return notes.map(({ atMs, text }) => ({ atMs, text, shape: "l4,8h-8z", fill: colour("quiet") }));
}
