// Which notes of a run belong on its timeline: those of the program, and what the lab noted once it was up.
import type { History, NoteEvent } from "../../model/history.ts";

/** The first event of these kinds ends the boot: what the lab notes until then is printed while it boots. */
const FIRST: readonly string[] = ["client", "step", "send", "fault", "prediction"];

/** Returns the notes for a timeline, in order of time. */
export function notesOf(history: History): NoteEvent[] {
  const booted = history.findIndex(({ kind }) => FIRST.includes(kind));
  return history
    .filter(
      (event, i): event is NoteEvent =>
        event.kind === "note" && (event.source === "program" || (booted >= 0 && i > booted)),
    )
    .sort((a, b) => a.atMs - b.atMs);
}
