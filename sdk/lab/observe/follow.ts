// Follows the brokers' logs during a run, and writes the lines about leaders, replicas, the quorum and
// consumer groups into the history.
//
//   <run>/<service>.log ─tail─▶ parseLine ─▶ time stamp converted to the run's clock ─▶ history
//
// An event gets its line's own time stamp, not the time of reading, so a log may be read a moment later.

import { Buffer } from "node:buffer";
import type { Engine, Node } from "../../engine/engine.ts";
import { parseLine, stampMs } from "../../kafka/broker-log/mod.ts";
import type { BrokerLogFact } from "../../model/history.ts";
import { alignClock } from "../../runtime/clock.ts";
import type { Run } from "../run.ts";
import { type Tail, tailOf } from "./tail.ts";

const FOLLOW_MS = 25;
const CHUNK_BYTES = 1 << 16;
/** At most this much of a log is read at once: a burst must not delay the clients that are measured. */
const TURN_BYTES = 1 << 19;
/** Some lines contain whole records; the history keeps the beginning of such a line. */
const TEXT_CHARACTERS = 240;

/** Logs that are being followed. */
export interface Following {
  /** Reads what each node has logged since the run's start into files of its own. */
  gather(): Promise<void>;
  /** Reads the rest and ends. */
  stop(): void;
}

type Zone = Parameters<typeof stampMs>[1];

/** A node's log while it is followed. */
interface FollowedLog {
  node: Node;
  tail: Tail;
  clock: ReturnType<typeof alignClock>;
  onUnreadable(why: string): void;
}

/**
 * Follows every node's log.
 *
 * @param onFacts is called when lines reported something of the cluster, with whether it was about leaders
 *   and replicas: some images write those lines into files that only `gather` reads
 */
export function followLogs(
  run: Run,
  engine: Pick<Engine, "kind" | "nodes" | "logFile" | "keptLogs">,
  onFacts: (isOfPartitions: boolean) => void = () => {},
): Following {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const since = run.now();
  const take = lineRecorder(run, engine.kind);
  const followed = engine.nodes.map((node) => followedLog(run, engine, { node, buffer }));

  function read(limit: number): void {
    const facts: BrokerLogFact[] = [];
    for (const { node, tail, clock } of followed) {
      tail.read(limit, (line) => {
        const fact = take(node, line, (ageMs) => clock.hear(ageMs, run.now() - since));
        if (fact !== undefined && !isOfGroups(fact)) facts.push(fact);
      });
    }
    if (facts.length > 0) onFacts(facts.some((fact) => "partition" in fact));
  }

  async function gather(): Promise<void> {
    await Promise.all(
      followed.map(async ({ node, clock, onUnreadable }) => {
        for (const file of await engine.keptLogs(node.service)) {
          const tail = tailOf(file, buffer, onUnreadable);
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

function followedLog(
  run: Run,
  engine: Pick<Engine, "kind" | "logFile">,
  { node, buffer }: { node: Node; buffer: Buffer },
): FollowedLog {
  const { service } = node;
  const onUnreadable = (why: string): void => {
    const text = `Cannot follow the log of ${service}: ${why}; its later lines are not in the history`;
    run.record({ kind: "note", atMs: run.now(), text });
  };
  const clock = alignClock({
    isSame: engine.kind === "local",
    onChange: (found) => run.record({ kind: "clock", atMs: run.now(), service, ...found }),
  });
  return { node, tail: tailOf(engine.logFile(service), buffer, onUnreadable), clock, onUnreadable };
}

/** What a coordinator of groups does is seen by asking it, not the cluster. */
function isOfGroups(fact: BrokerLogFact): boolean {
  return "group" in fact || "offsetsPartition" in fact;
}

/** Converts the age of a line by the wall clock to how far the node's clock is behind. */
type Behind = (ageMs: number) => number;

/** Returns a function that writes a line into the history, and returns what it reports. */
function lineRecorder(
  run: Run,
  engine: Engine["kind"],
): (node: Node, line: string, behindMs: Behind) => BrokerLogFact | undefined {
  // containers log in UTC unless configured otherwise, which `alignClock` then finds
  const zone: Zone = engine === "local" ? "local" : "utc";
  return ({ service, broker, nodeId }, line, behindMs) => {
    const parsed = parseLine(line);
    if (parsed === undefined) return undefined;
    const { stamp, text, ...rest } = parsed;
    const atMs = momentOf(run, stampMs(stamp, zone), behindMs);
    // the log of a container that was started earlier begins before the run
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
  };
}

/** A time stamp by the run's clock. The wall clock may be set during the run, so it is read each time. */
function momentOf(run: Run, stampedMs: number, behindMs: Behind): number {
  const [now, ageMs] = [run.now(), Date.now() - stampedMs];
  return Math.round(now - (ageMs - behindMs(ageMs)));
}
