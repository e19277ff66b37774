// What a program writes to its terminal, caught.

import process from "node:process";

/** Returns what `act` writes to standard output and standard error, in order. */
export function replaced(act: () => void): string[] {
  const written: string[] = [];
  const { log, error } = console;
  const write = process.stderr.write.bind(process.stderr);
  console.log = console.error = (text: string) => void written.push(text);
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
  try {
    act();
  } finally {
    console.log = log;
    console.error = error;
    process.stderr.write = write;
  }
  return written;
}
