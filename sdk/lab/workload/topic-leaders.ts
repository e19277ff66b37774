// Who leads the partitions of a topic, and where each partition ends.

import { openWire } from "../../kafka/connection.ts";
import { errorName } from "../../kafka/error-codes.ts";
import { readable } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";
import type { Security } from "../../model/security.ts";
import type { Observer } from "../observe/observe.ts";

export interface Leaders {
  readonly topic: string;
  /** How its brokers are dialled. @default plainly */
  readonly security: Security | undefined;
  /** The partitions that the topic has, ascending. */
  partitions(): readonly number[];
  /** Whether a broker has answered, and there was no such topic. */
  wasAbsent(): boolean;
  /** The address of a partition's leader, as the newest view has it. */
  of(partition: number): string | undefined;
  /** Looks now, and often for a second. */
  hurry(): void;
  stop(): void;
}

/** As observation does: often only where something may have changed. */
const FAST_MS = 40;
const CALM_MS = 500;
const FAST_FOR_MS = 1_000;
const REQUEST_MS = 2_000;
const PAUSE_MS = 50;

/** Follows who leads the partitions of a topic. */
export function followLeaders(
  {
    observer,
    addressOf,
    security,
  }: {
    observer: Observer;
    addressOf(broker: Broker): string | undefined;
    security?: Security | undefined;
  },
  topic: string,
): Leaders {
  const found = new Map<number, Broker | null>();
  let isAbsent = false;
  let fastUntil = performance.now() + FAST_FOR_MS;
  const watch = observer.watch(
    () => [topic],
    () => (performance.now() < fastUntil ? FAST_MS : CALM_MS),
    ({ partitions, answered }) => {
      isAbsent ||= answered > 0 && found.size === 0 && partitions.every((one) => one.topic !== topic);
      for (const one of partitions) if (one.topic === topic) found.set(one.partition, one.leader);
    },
  );
  return {
    topic,
    security,
    partitions: () => [...found.keys()].sort((a, b) => a - b),
    wasAbsent: () => isAbsent,
    of(partition) {
      const broker = found.get(partition) ?? null;
      return broker === null ? undefined : addressOf(broker);
    },
    hurry() {
      if (performance.now() > fastUntil) watch.look();
      fastUntil = performance.now() + FAST_FOR_MS;
    },
    stop: () => watch.stop(),
  };
}

/**
 * Returns where each partition ends now; where it begins, if the topic is made only now.
 *
 * @throws LabError NOT_READY, the signal's reason
 */
export async function endsOf(
  leaders: Leaders,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<{ partition: number; end: bigint }[]> {
  const { topic } = leaders;
  const until = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const ends = await Promise.all(
      leaders.partitions().map(async (partition) => ({ partition, end: await endOf(leaders, partition) })),
    );
    leaders.hurry();
    const known = ends.flatMap(({ partition, end }) => (typeof end === "bigint" ? [{ partition, end }] : []));
    if (known.length > 0 && known.length === ends.length)
      return leaders.wasAbsent() ? known.map(({ partition }) => ({ partition, end: 0n })) : known;
    if (performance.now() > until) {
      const missing = ends.find(({ end }) => typeof end === "string");
      const why =
        missing === undefined ? "no broker knows the topic" : `${topic}-${missing.partition}: ${missing.end}`;
      throw new LabError(
        "NOT_READY",
        `Cannot watch ${topic}: timed out after ${readable(timeoutMs)}, ${why}`,
        { hint: "`lab.cluster.createTopic` creates it; many applications do so with their first send." },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Returns the end of a partition, or why it is not known. */
export async function endOf(leaders: Leaders, partition: number): Promise<bigint | string> {
  const address = leaders.of(partition);
  if (address === undefined) return "LEADER_NOT_AVAILABLE";
  const wire = openWire(address, leaders.security);
  try {
    const { errorCode, to } = await wire.bounds(leaders.topic, partition, REQUEST_MS);
    return errorCode === 0 ? to : errorName(errorCode);
  } catch (error) {
    return (error as Error).message;
  } finally {
    wire.close();
  }
}
