// Clients of other programs.

import type { Broker } from "./broker.ts";

/** A client of another program has connected to a broker; the lab does not know it. Only on Linux. */
export interface StrangerEvent {
  kind: "stranger";
  /** When the connection was accepted. */
  atMs: number;
  /** Null for a node that is only a controller. */
  broker: Broker | null;
  /** Its address: `127.0.0.1:53122`. */
  from: string;
  /** The name of its program, or what is known of it. */
  program: string;
  /** Its process's id; null where it cannot be seen. */
  pid: number | null;
}
