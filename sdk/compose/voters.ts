// The metadata voters as Kafka's properties name them.

export interface Voter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** Reads `id@host:port,…`; what is no voter is left out. */
export function votersOf(text: string): Voter[] {
  return text
    .split(",")
    .map((voter) => voter.trim())
    .flatMap((voter) => {
      const [, id, host = "", port] = /^(\d+)@(.+):(\d+)$/.exec(voter) ?? [];
      return id === undefined
        ? []
        : [{ id: Number(id), host: host.replace(/^\[|\]$/g, ""), port: Number(port) }];
    });
}
