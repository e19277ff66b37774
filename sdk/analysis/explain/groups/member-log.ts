// What the lines of a member's log say, of Kafka's Java consumer and of kafkajs.

import type { LogEvent, TopicPartition } from "../../../model/history.ts";

/** What a line reports, for the lines that explain a wait. */
export type MemberLogFact =
  /** A request got no answer within the client's request timeout, and its connection was closed. */
  | { what: "requestTimeout" }
  /** A connection ended, or could not be made. */
  | { what: "disconnected" | "cannotConnect" }
  /** The client learned which broker coordinates its group, or that the one it knew does not. */
  | { what: "coordinatorFound" | "coordinatorLost" }
  /** It has the offset from which it reads on; of every partition where none is named. */
  | { what: "position"; of: TopicPartition | null }
  /** It did not poll within max.poll.interval.ms, and leaves the group. */
  | { what: "pollExpired" }
  /** kafkajs gave up, and begins anew after a pause. */
  | { what: "restart"; pauseMs: number };

/** Returns what a line reports; undefined where it explains no wait. */
export function readLog({ logger, text }: LogEvent): MemberLogFact | undefined {
  return logger === "Request" ? ofRequest(text) : ofClient(text);
}

/** The lines about requests that the lab's own kafkajs member writes. */
function ofRequest(text: string): MemberLogFact | undefined {
  if (/^\w+ to \S+ timed out after /.test(text)) return { what: "requestTimeout" };
  if (/^GroupCoordinator to \S+ answered/.test(text)) return { what: "coordinatorFound" };
  return /^OffsetFetch to \S+ answered/.test(text) ? { what: "position", of: null } : undefined;
}

function ofClient(text: string): MemberLogFact | undefined {
  for (const [pattern, what] of SAID) if (pattern.test(text)) return { what };
  const [, topic, partition] = POSITION.exec(text) ?? [];
  if (topic !== undefined) return { what: "position", of: { topic, partition: Number(partition) } };
  const pauseMs = /^Restarting the consumer in (\d+)ms/.exec(text)?.[1];
  return pauseMs === undefined ? undefined : { what: "restart", pauseMs: Number(pauseMs) };
}

type Plain = Exclude<MemberLogFact["what"], "position" | "restart">;

const SAID: readonly (readonly [pattern: RegExp, what: Plain])[] = [
  [/^Disconnecting from node -?\d+ due to request timeout/, "requestTimeout"],
  [/^Disconnecting from node -?\d+ due to socket connection setup timeout/, "cannotConnect"],
  [/^Connection to node -?\d+ .*could not be established/, "cannotConnect"],
  [/^(?:Connection error|Connection timeout|Failed to connect to )/, "cannotConnect"],
  [/^Node -?\d+ disconnected/, "disconnected"],
  [/^Discovered group coordinator /, "coordinatorFound"],
  [/^Group coordinator .* is unavailable or invalid/, "coordinatorLost"],
  [/consumer poll timeout has expired/, "pollExpired"],
];
/** ConsumerUtils.refreshCommittedOffsets, SubscriptionState. */
const POSITION = /^(?:(?:Setting|Resetting) offset|Found no committed offset) for partition (\S+)-(\d+)/;
