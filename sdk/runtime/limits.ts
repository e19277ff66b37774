// How much is read of a file that somebody else may have written. Each limit has a name, which its error
// tells.

/**
 * The largest text file that is read, in bytes: configurations, env files, sources.
 *
 * The largest compose files in use have some 100 kB; what parses 1 MiB of text in any form takes seconds,
 * not minutes.
 */
export const MAX_FILE_BYTES: number = 1 << 20;

/**
 * The largest history or list of calls that is read, in bytes, after it is decompressed: some hours of a
 * busy run.
 */
export const MAX_HISTORY_BYTES: number = 128 << 20;

/** The largest JSON file of the lab's own that is read, in bytes: verdicts, tables, matrices. */
export const MAX_JSON_BYTES: number = 16 << 20;

/**
 * How many tokens a YAML file may have: a text of errors or of brackets costs far more per byte than one of
 * settings.
 */
export const MAX_YAML_TOKENS = 250_000;

/** How many documents a YAML file may have. */
export const MAX_YAML_DOCUMENTS = 1000;

/** How deep YAML collections and variables such as `${A:-${B}}` may nest. */
export const MAX_DEPTH = 100;

/** How many values a file may have once aliases, `extends`, env files and ranges of ports are written out. */
export const MAX_VALUES = 250_000;

/** How much text the variables of a file may make, in characters. */
export const MAX_EXPANDED_CHARACTERS: number = 4 << 20;

/** A size in bytes for a sentence: `1 MiB`. */
export function readableBytes(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.floor(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
}

/** Counts what was used of a limit. */
export interface Budget {
  /** Takes so much of it. @throws what `refuse` of {@link makeBudget} makes, where less is left */
  spend(amount: number): void;
}

/** Makes a budget; `refuse` makes the error for what is over it. */
export function makeBudget(limit: number, refuse: () => Error): Budget {
  let left = limit;
  return {
    spend(amount) {
      left -= amount;
      if (left < 0) throw refuse();
    },
  };
}
