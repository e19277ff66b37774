// Tells the lab's own clients from those of other programs that dial its brokers.
//
//   link accepts ─▶ whose process? ─┬─ this one's, or one that it started: known
//                                   └─ another's: a `stranger` event; the first of each program is reported

import type { Broker } from "../../model/history.ts";
import { printable } from "../../model/printable.ts";
import { peerOf, TELLS_PEERS } from "../../runtime/peer-process.ts";
import type { Run } from "../run.ts";

/** A connection that a client has opened to a broker. */
export interface ClientConnection {
  broker: Broker | null;
  /** The client's address. */
  host: string;
  port: number;
  /** The port that it dialled. */
  to: number;
}

export interface Strangers {
  accepted(connection: ClientConnection): void;
  /** Resolves when every connection so far has been looked up. */
  settled(): Promise<void>;
}

/** More are a flood: they are not looked up. */
const MOST_WAITING = 100;
/** More make a history long; a note says that there were more. */
const MOST_EVENTS = 200;

export function watchStrangers(run: Run, say: (line: string) => void): Strangers {
  const programs = new Set<string>();
  let [waiting, found] = [0, 0];
  let turn: Promise<void> = Promise.resolve();

  async function lookUp({ broker, host, port, to }: ClientConnection, atMs: number): Promise<void> {
    const peer = await peerOf({ from: port, to });
    if (peer === "own" || peer === "gone") return;
    found++;
    if (found === MOST_EVENTS + 1)
      run.record({ kind: "note", atMs, text: `more than ${MOST_EVENTS} connections of unknown clients` });
    if (found > MOST_EVENTS) return;
    const from = `${host}:${port}`;
    run.record({ kind: "stranger", atMs, broker, from, ...peer });
    const name = peer.pid === null ? peer.program : `${peer.program} (pid ${peer.pid})`;
    if (programs.has(name)) return;
    programs.add(name);
    say(printable(`a client that this lab does not know has connected to broker ${broker ?? "?"}: ${name}`));
  }

  return {
    accepted(connection) {
      if (!TELLS_PEERS || waiting >= MOST_WAITING) return;
      waiting++;
      const atMs = run.now();
      turn = turn
        .then(() => lookUp(connection, atMs))
        .catch(() => {}) // /proc may be closed to this process: nothing is known then
        .finally(() => void waiting--);
    },
    settled: () => turn,
  };
}
