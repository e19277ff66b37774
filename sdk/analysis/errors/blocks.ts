// Lines that belong together: a message and its stack are one error.

import { goesOn, isException, type LogLine, readLine } from "./line.ts";

/** A message, and the lines that go on with it. */
export type Block = readonly [LogLine, ...LogLine[]];

/** More lines of one stack are not looked at. */
const MOST_LINES = 2000;

/** Cuts a text into blocks. */
export function* blocksOf(text: string): Generator<Block> {
  let block: [LogLine, ...LogLine[]] | undefined;
  for (const line of linesOf(text)) {
    if (line.text === "") continue;
    if (block === undefined) block = [line];
    else if (!belongsTo(line, block)) {
      yield block;
      block = [line];
    } else if (block.length < MOST_LINES) block.push(line);
  }
  if (block !== undefined) yield block;
}

/** Without a list of all lines: a text of nothing but line breaks would make one of millions. */
function* linesOf(text: string): Generator<LogLine> {
  let number = 1;
  for (let from = 0; from <= text.length; number += 1) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end;
    if (to > from) yield readLine(text.slice(from, to), number);
    from = to + 1;
  }
}

function belongsTo(line: LogLine, block: Block): boolean {
  const head = block[0];
  if (goesOn(line)) return true;
  if (line.hasHeader) return false;
  if (line.indent > head.indent) return true;
  if (isException(line)) return head.hasHeader && block.length === 1;
  // Python ends its stack with what was raised
  return head.text.startsWith("Traceback (most") && block.length > 1 && block.at(-1)!.indent > head.indent;
}
