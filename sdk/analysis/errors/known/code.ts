// An entry of one of Kafka's error codes.

import { errorCode } from "../../../kafka/error-codes.ts";
import type { Entry } from "../entry.ts";

/** What an entry of a code says besides its name and number. */
export interface CodeFacts extends Pick<Entry, "means" | "causes" | "shownBy"> {
  /** Further texts of its lines: Java's class, the clients' sentences, older names. */
  readonly says: readonly string[];
  /** What decides it, besides the list of codes. */
  readonly source?: string;
}

/** Makes the entry of a code: `NOT_ENOUGH_REPLICAS` is found by its name, too. */
export function code(name: string, { says, source, ...facts }: CodeFacts): Entry {
  const number = errorCode(name);
  if (number === undefined) throw new RangeError(`Cannot explain ${name}: it is no code of Kafka's`);
  return {
    id: name.toLowerCase().replaceAll("_", "-"),
    title: `${name} (${number})`,
    code: number,
    patterns: [name, ...says],
    source: source === undefined ? ERRORS : `${ERRORS}; ${source}`,
    ...facts,
  };
}

const ERRORS = "apache/kafka Errors.java";
