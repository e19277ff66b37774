// Follows the brokers' logs while a run goes on, and writes the lines that tell of leaders, replicas and the quorum into the history.
//
//   <run>/<service>.log ──read what is new──▶ parseLine ──▶ moved to the run's clock ──▶ history
//
// A line's own time stamp counts, not when it was read: so it does not matter that a log is read a moment later.

import { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parseLine, stampMs } from "./brokerlog/mod.ts";
import { alignClock, type Clock } from "./clock.ts";
import type { Engine } from "./engine/engine.ts";
import type { Run } from "./run.ts";

const FOLLOW_MS = 25;
const CHUNK_BYTES = 1 << 16;
/** At most so much of a log is read at once: a burst must not hold up the clients that are measured. */
const TURN_BYTES = 1 << 19;

/** Follows every node's log until the returned function is called, which reads what is left; `onTold` hears that something was told. */
export function followLogs(run: Run, engine: Pick<Engine, "kind" | "nodes" | "logFile">, onTold: () => void = () => {}): () => void {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const since = run.now();
  const followed = engine.nodes.map((node) => {
    const { service } = node;
    const unreadable = (why: string): void => run.record({ kind: "note", atMs: run.now(), text: `Cannot follow the log of ${service}: ${why}; what it tells from here on is not in the history` });
    const clock = alignClock({ isSame: engine.kind === "local", onChange: (found) => run.record({ kind: "clock", atMs: run.now(), service, ...found }) });
    return { node, tail: tailOf(engine.logFile(service), buffer, unreadable), clock };
  });

  function read(limit: number): void {
    let hasTold = false;
    for (const { node: { service, broker, nodeId }, tail, clock } of followed) {
      tail.read(limit, (line) => {
        const parsed = parseLine(line);
        if (parsed === undefined) return;
        const { stamp, text, ...rest } = parsed;
        const atMs = momentOf(run, clock, stamp, since);
        // a log goes on from before the run where a container was started earlier
        if (atMs < 0) return;
        hasTold = true;
        run.record({ kind: "broker log", atMs, service, broker, nodeId, text: text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS - 1)}…` : text, ...rest });
      });
    }
    if (hasTold) onTold();
  }

  const timer = setInterval(() => read(TURN_BYTES), FOLLOW_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    read(Infinity);
    for (const { tail } of followed) tail.close();
  };
}

/** Some lines hold whole records; what they tell is taken out of them. */
const TEXT_CHARACTERS = 240;

/** The moment of a time stamp by the run's clock; the machine's may be set while the run goes on, so it is read anew. */
function momentOf(run: Run, clock: Clock, stamp: string, since: number): number {
  const [now, ageMs] = [run.now(), Date.now() - stampMs(stamp, clock.zone)];
  return Math.round(now - (ageMs - clock.hear(ageMs, now - since)));
}

interface Tail {
  /** Calls back for every whole line that is new, at most about `limit` bytes of them. */
  read(limit: number, onLine: (line: string) => void): void;
  close(): void;
}

/** Reads what is added to a file, which need not be there yet; one that cannot be read is told of once, and left. */
function tailOf(file: string, buffer: Buffer, onUnreadable: (why: string) => void): Tail {
  let fd: number | undefined;
  let at = 0;
  let rest = "";
  let isLeft = false;
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  /** Returns how many bytes came. */
  function next(endAt: number): number {
    try {
      return readSync(fd!, buffer, 0, Math.min(buffer.length, endAt - at), at);
    } catch (error) {
      isLeft = true;
      close();
      onUnreadable((error as Error).message);
      return 0;
    }
  }
  return {
    read(limit, onLine) {
      if (isLeft) return;
      try {
        fd ??= openSync(file, "r");
      } catch {
        return; // not there yet
      }
      const size = Math.min(fstatSync(fd).size, at + limit);
      while (at < size) {
        const count = next(size);
        if (count === 0) return;
        at += count;
        const lines = (rest + buffer.toString("latin1", 0, count)).split("\n");
        rest = lines.pop()!;
        for (const line of lines) onLine(line);
      }
    },
    close,
  };
}
