// Lists of host:port, as bootstrap servers are written.

import { type Address, readBootstrap } from "../../kafka/mod.ts";
import { listOf } from "./setting.ts";

/**
 * Reads `host:port,…`, each once, also with a protocol before it as Confluent's tools want it; empty where an
 * entry has no port or cannot be read.
 */
export function addressesIn(value: string): Address[] {
  const bare = listOf(value).map((entry) =>
    entry.replace(/^[A-Za-z_]+:\/\//, "").replace(/^127\.0\.0\.1:/, "localhost:"),
  );
  const read = [...new Set(bare)].map((entry) => (/:\d+$/.test(entry) ? readBootstrap(entry) : null));
  const found = read.flatMap((one) => (one === null || "fault" in one ? [] : [one]));
  return found.length === read.length ? found : [];
}
