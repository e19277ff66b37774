// Cuts the output of a process into lines, at line feeds only: a record's value may have U+2028 in it, at
// which Deno's `node:readline` ends a line.

/** Takes text as it comes, and passes whole lines on; `end()` passes on what is left. */
export function splitLines(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  // pieces: a line of megabytes that is put together again with each of them takes the square of its length
  let rest: string[] = [];
  return {
    add(text) {
      const [first = "", ...lines] = text.split("\n");
      rest.push(first);
      for (const line of lines) {
        onLine(rest.join(""));
        rest = [line];
      }
    },
    end() {
      const line = rest.join("");
      rest = [];
      if (line !== "") onLine(line);
    },
  };
}
