// Ctrl-C heals: the lab is closed in order, and says so, before the program ends. A second Ctrl-C does not
// wait: the guardian does the rest.

import process from "node:process";

const SIGNALS: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
];

/** Begins to listen; returns what ends the listening. */
export function catchInterrupts(close: () => Promise<void>, say: (line: string) => void): () => void {
  const listeners = SIGNALS.map(([name, code]) => {
    const listener = (): void => {
      release();
      // whatever waits for the lab now rejects, because the lab is closed: that is not how the program ends
      for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, () => {});
      say(`${name}: healing and ending the brokers`);
      void close()
        .catch(() => {})
        .then(() => process.exit(code));
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  const release = (): void => {
    for (const [name, listener] of listeners) process.off(name, listener);
  };
  return release;
}
