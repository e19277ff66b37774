// What a notebook asks of a lab. A kernel has one open lab: the next `startLab` closes it. An interrupted
// cell ends and heals, and the lab goes on.
//
//   SIGINT ─▶ what the open lab waits for rejects with INTERRUPTED ─▶ every open fault heals
//          ─▶ the next cell goes on with the same lab

import { setMaxListeners } from "node:events";
import process from "node:process";
import { LabError } from "../model/errors.ts";

/** A lab as its notebook sees it. */
export interface SessionOwner {
  close(): Promise<void>;
  /** Heals every open fault and returns what they were. */
  heal(): Promise<readonly string[]>;
  say(line: string): void;
}

/** A lab's place in the kernel. */
export interface NotebookSession {
  /** The present cell's: aborted when it is interrupted; the next cell has another. */
  signal(): AbortSignal;
  /** Gives the place back. */
  leave(): void;
}

/**
 * What an interrupted cell still tries is refused for so long: code that forgives errors must not go on
 * breaking the cluster.
 */
const REFUSED_MS = 250;

// a process is one kernel, and a kernel one notebook: what is open is a fact about the process
let current: { lab: SessionOwner; interrupt(): Promise<void> } | undefined;
let isListening = false;

/** Takes the kernel's one place: closes the lab that was open, and receives interruptions from then on. */
export async function activate(lab: SessionOwner): Promise<NotebookSession> {
  const before = current;
  const { signal, interrupt } = interruptions(lab);
  const own = { lab, interrupt };
  current = own;
  // never removed: without a listener Deno's kernel would end
  if (!isListening) process.on("SIGINT", () => void current?.interrupt());
  isListening = true;
  if (before !== undefined) {
    lab.say("closing the lab that was still open in this notebook");
    await before.lab.close().catch(() => {}); // its guardian does what it could not
  }
  return {
    signal,
    leave() {
      if (current === own) current = undefined;
    },
  };
}

function interruptions(lab: SessionOwner): { signal(): AbortSignal; interrupt(): Promise<void> } {
  let cell = fresh();
  return {
    signal: () => cell.signal,
    async interrupt() {
      if (cell.signal.aborted) return;
      cell.abort(
        new LabError("INTERRUPTED", "Cannot go on with this cell: it was interrupted", {
          hint: "Its faults are healed and the lab is still open: the next cell can go on.",
        }),
      );
      const timer = setTimeout(() => (cell = fresh()), REFUSED_MS);
      timer.unref();
      try {
        const healed = await lab.heal();
        lab.say(`interrupted: ${healed.length === 0 ? "no fault was open" : `healed ${healed.join(", ")}`}`);
      } catch (error) {
        lab.say(`interrupted: ${(error as Error).message}`);
      }
    },
  };
}

function fresh(): AbortController {
  const cell = new AbortController();
  setMaxListeners(0, cell.signal); // one for each send under way
  return cell;
}
