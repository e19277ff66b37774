// Cuts the output of a process into lines, at line feeds only: a record's value may have U+2028 in it, at
// which Deno's `node:readline` ends a line.

/** Takes text as it comes, and passes whole lines on; `end()` passes on what is left. */
export function splitLines(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  let rest = "";
  return {
    add(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
