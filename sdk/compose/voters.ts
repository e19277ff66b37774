// The metadata voters as Kafka's properties name them.

import { entriesOf, readVoter } from "../kafka/mod.ts";

export interface Voter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** Reads `id@host:port,…`; what is no voter is left out. */
export function votersOf(text: string): Voter[] {
  return entriesOf(text).flatMap((entry) => {
    const voter = readVoter(entry);
    return "fault" in voter || voter.host === "" ? [] : [voter];
  });
}
