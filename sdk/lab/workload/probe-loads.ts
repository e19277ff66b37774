// `probe.start()`: the loads of one probe, and their end.

import type { Client } from "../../client/client.ts";
import { isNotebook } from "../../notebook/notebook.ts";
import { anySignal } from "../../runtime/signal.ts";
import { followStream, type Load, type LoadOptions, makeLoad } from "./load.ts";
import type { ProbeRecords } from "./probe-records.ts";
import type { SendResult } from "./results.ts";
import type { Writes, Writing } from "./writes.ts";

export interface LoadParts {
  name: string;
  topic: string;
  /** Of every record for which a load names no other. */
  partition?: number | undefined;
  client: Client;
  records: ProbeRecords;
  writes: Writes;
  closing: AbortController;
  signal(): AbortSignal | undefined;
  assertOpen(): void;
  sendOne(options: Writing & { signal?: AbortSignal }): Promise<SendResult>;
}

export interface Loads {
  start(options?: LoadOptions): Load;
  /** Gives up every load. */
  stopAll(): Promise<unknown>[];
}

export function makeLoads(parts: LoadParts): Loads {
  const { closing, signal: labSignal, assertOpen, writes } = parts;
  /** Each load with its options. */
  const loads = new Map<Load, string>();
  return {
    start(options = {}) {
      assertOpen();
      const load = beginLoad(parts, options);
      const ended = writes.begin(options);
      // a notebook cell that runs again has lost the load that it started before
      const asked = JSON.stringify(options);
      if (isNotebook())
        for (const [earlier, how] of loads) if (how === asked) void earlier.stop().catch(() => {});
      const begun: Load = {
        ...load,
        async acknowledged(wanted, { signal, ...how } = {}) {
          const ends = anySignal(signal, labSignal(), closing.signal);
          await load.acknowledged(wanted, { ...how, ...(ends === undefined ? {} : { signal: ends }) });
        },
        async stop(how) {
          ended();
          return await load.stop(how);
        },
      };
      loads.set(begun, asked);
      return begun;
    },
    stopAll: () => [...loads.keys()].map((load) => load.stop({ giveUp: true })),
  };
}

/** A client that streams paces itself; for any other the lab does. */
function beginLoad(
  { name, topic, partition, client, records, sendOne }: LoadParts,
  options: LoadOptions,
): Load {
  if (client.stream === undefined)
    return makeLoad(options, (signal) => sendOne({ ...options, signal }), name);
  const pinned = options.partition ?? partition;
  const own = { perSecond: 100, ...options, ...(pinned !== undefined && { partition: pinned }), topic };
  return followStream(
    (onSent) => client.stream!(own, (sent) => onSent(records.send(sent.value, sent, sent, pinned))),
    name,
  );
}
