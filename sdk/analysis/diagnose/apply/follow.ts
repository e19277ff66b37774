// Where the lines of a text are after some of it was changed: an edit's line is that of the text that was
// diagnosed.

/** The present lines of a text, by those that it had at first. */
export interface Followed {
  /** Counts from 1, as the lines that it returns; the nearest before it where the line is gone. */
  now(line: number): number;
  /** Takes in another change. */
  changed(before: string, after: string): Followed;
}

/** Follows the lines of a text that has not changed yet. */
export function followed(now: (line: number) => number = (line) => line): Followed {
  return {
    now,
    changed: (before, after) => {
      const moved = movedLines(linesOf(before), linesOf(after));
      return moved === null ? followed(now) : followed((line) => moved(now(line)));
    },
  };
}

function linesOf(text: string): string[] {
  return text.split("\n");
}

/** Null where no line has moved. */
function movedLines(before: readonly string[], after: readonly string[]): ((line: number) => number) | null {
  if (before.length === after.length) return null;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const lines: number[] = [];
  // what is between changes is where it comes next
  for (let i = same, at = same; i < before.length; i++) {
    const found = after.indexOf(before[i]!, at);
    const isNear = found !== -1 && found - at <= Math.abs(after.length - before.length);
    lines.push(isNear ? found : Math.max(at - 1, 0));
    if (isNear) at = found + 1;
  }
  return (line) => (line <= same ? line : (lines[line - 1 - same] ?? after.length - 1) + 1);
}
