// The clients' thread of one lab: started while its brokers boot, ended after its probes.

import process from "node:process";
import { labClientsThread } from "../../../engine/environment.ts";
import type { Broker } from "../../../model/history.ts";
import type { LabContext } from "../../context.ts";
import { recordStall } from "../../observe/machine.ts";
import { type ClientsThread, startThread } from "./host.ts";

/** The thread of a lab, as far as there is one. */
export interface OwnThread {
  /** Undefined before `ready`, and where the runtime could not start it. */
  current(): ClientsThread | undefined;
  /** Resolves when it has started, or when it is noted that it could not. */
  readonly ready: Promise<void>;
}

/** Starts a lab's thread for kafkajs clients; where that fails, they run in the lab's own: a note says so. */
export function ownThread(
  { run, ending, note }: Pick<LabContext, "run" | "ending" | "note">,
  brokerOf: (address: string) => Broker | null,
): OwnThread {
  if (!labClientsThread(process.env)) return { current: () => undefined, ready: Promise.resolve() };
  let started: ClientsThread | undefined;
  const ready = startThread({
    at: run.at,
    brokerOf,
    onStall: (stall) => recordStall(run, "clients", stall),
  }).then(
    (thread) => void (started = thread),
    (error: Error) => note(`kafkajs clients run in the lab's own thread: ${error.message}`),
  );
  ending.add(async () => {
    await ready;
    await started?.close();
  });
  return { current: () => started, ready };
}
