// Follows the brokers' logs while a run goes on, and writes the lines that tell of leaders, replicas and the
// quorum into the history.
//
//   <run>/<service>.log ──read what is new──▶ parseLine ──▶ moved to the run's clock ──▶ history
//
// A line's own time stamp counts, not when it was read: so it does not matter that a log is read a moment
// later.

import { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parseLine, stampMs } from "../../kafka/broker-log/mod.ts";
import { alignClock } from "../../runtime/clock.ts";
import type { Engine, Node } from "../../engine/engine.ts";
import type { BrokerLogFact } from "../../model/history.ts";
import type { Run } from "../run.ts";

const FOLLOW_MS = 25;
const CHUNK_BYTES = 1 << 16;
/** At most so much of a log is read at once: a burst must not hold up the clients that are measured. */
const TURN_BYTES = 1 << 19;

/** Logs that are being followed. */
export interface Following {
  /**
   * Reads what each node has logged into files of its own until now, and keeps nothing of it from before the
   * run.
   */
  gather(): Promise<void>;
  /** Reads what is left and ends. */
  stop(): void;
}

/**
 * Follows every node's log.
 *
 * @param onFact hears that something was told, and whether it was of leaders and replicas: some images keep
 *   those lines in files that are only read by `gather`
 */
export function followLogs(
  run: Run,
  engine: Pick<Engine, "kind" | "nodes" | "logFile" | "keptLogs">,
  onFact: (isOfPartitions: boolean) => void = () => {},
): Following {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const since = run.now();
  // containers write in UTC unless they are told otherwise, which their clock then shows
  const zone = engine.kind === "local" ? "local" : "utc";
  const followed = engine.nodes.map((node) => {
    const { service } = node;
    const unreadable = (why: string): void =>
      run.record({
        kind: "note",
        atMs: run.now(),
        text: `Cannot follow the log of ${service}: ${why}; what it tells from here on is not in the history`,
      });
    const clock = alignClock({
      isSame: engine.kind === "local",
      onChange: (found) => run.record({ kind: "clock", atMs: run.now(), service, ...found }),
    });
    return { node, tail: tailOf(engine.logFile(service), buffer, unreadable), clock, unreadable };
  });

  /** Writes a line into the history; returns what it tells. */
  function take(
    { service, broker, nodeId }: Node,
    line: string,
    behindMs: (ageMs: number) => number,
  ): BrokerLogFact | undefined {
    const parsed = parseLine(line);
    if (parsed === undefined) return undefined;
    const { stamp, text, ...rest } = parsed;
    const atMs = momentOf(run, stampMs(stamp, zone), behindMs);
    // a log goes on from before the run where a container was started earlier
    if (atMs < 0) return undefined;
    run.record({
      kind: "broker log",
      atMs,
      service,
      broker,
      nodeId,
      text: text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS - 1)}…` : text,
      ...rest,
    });
    return rest.fact;
  }

  function read(limit: number): void {
    const facts: BrokerLogFact[] = [];
    for (const { node, tail, clock } of followed) {
      tail.read(limit, (line) => {
        const one = take(node, line, (ageMs) => clock.hear(ageMs, run.now() - since));
        if (one !== undefined) facts.push(one);
      });
    }
    if (facts.length > 0) onFact(facts.some((one) => "partition" in one));
  }

  async function gather(): Promise<void> {
    await Promise.all(
      followed.map(async ({ node, clock, unreadable }) => {
        for (const file of await engine.keptLogs(node.service)) {
          const tail = tailOf(file, buffer, unreadable);
          tail.read(Infinity, (line) => void take(node, line, () => clock.offset()));
          tail.close();
        }
      }),
    );
  }

  const timer = setInterval(() => read(TURN_BYTES), FOLLOW_MS);
  timer.unref();
  return {
    gather,
    stop() {
      clearInterval(timer);
      read(Infinity);
      for (const { tail } of followed) tail.close();
    },
  };
}

/** Some lines hold whole records; what they tell is taken out of them. */
const TEXT_CHARACTERS = 240;

/**
 * The moment of a time stamp by the run's clock; the machine's may be set while the run goes on, so it is
 * read anew.
 */
function momentOf(run: Run, stampedMs: number, behindMs: (ageMs: number) => number): number {
  const [now, ageMs] = [run.now(), Date.now() - stampedMs];
  return Math.round(now - (ageMs - behindMs(ageMs)));
}

interface Tail {
  /** Calls back for every whole line that is new, at most about `limit` bytes of them. */
  read(limit: number, onLine: (line: string) => void): void;
  close(): void;
}

/**
 * Reads what is added to a file, which need not be there yet; one that cannot be read is told of once, and
 * left.
 */
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
      for (let count = 0; at < size && (count = next(size)) > 0; ) {
        at += count;
        const lines = (rest + buffer.toString("latin1", 0, count)).split("\n");
        rest = lines.pop()!;
        for (const line of lines) onLine(line);
      }
    },
    close,
  };
}
