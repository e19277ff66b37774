// The timeouts that an answer has to keep, and how probable it is that it does.

import type { Odds, Timer } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import { clientTimer } from "./timers.ts";

/** An answer that a client waits for, in milliseconds. */
export interface Waited {
  api: string;
  ms: number;
  begunMs: number;
  /** When the client knew the topic, and when this answer comes, from the send's begin. */
  knownAtMs: number;
  sentMs: number;
}

/** Of the timeouts that an answer has to keep, the one that is nearest. */
export function limitOf(
  client: Situation["client"],
  { api, ms, begunMs, knownAtMs, sentMs }: Waited,
): { timer: Timer; needsMs: number; sinceMs: number } {
  const isConnecting = api === "TLS" && client.client === "kafkajs";
  const timer = clientTimer(client, isConnecting ? "connectionTimeout" : "requestTimeout");
  const limits = [{ timer, needsMs: ms, sinceMs: begunMs }];
  if (client.client === "java" && api === "Metadata")
    limits.push({ timer: clientTimer(client, "maxBlock"), needsMs: sentMs, sinceMs: 0 });
  // Java counts from the record's append to its batch, once the topic is known
  if (client.client === "java" && knownAtMs < sentMs)
    limits.push({
      timer: clientTimer(client, "deliveryTimeout"),
      needsMs: sentMs - knownAtMs,
      sinceMs: knownAtMs,
    });
  if (client.client === "kafkajs")
    limits.push({ timer: clientTimer(client, "deliveryTimeout"), needsMs: sentMs, sinceMs: 0 });
  return limits.sort((a, b) => a.timer.ms - a.needsMs - (b.timer.ms - b.needsMs))[0]!;
}

/**
 * How probable it is that an answer is in time. What is on its way takes some milliseconds more than the
 * delay; kafkajs and the probe look every 100 ms for requests that are too old, Java does before it sleeps
 * and reads what has come first (NetworkClient.poll), so a tie is won or lost by chance.
 */
export function keeps(client: "kafkajs" | "java", needsMs: number, limitMs: number, jitter: number): Odds {
  const early = limitMs - needsMs;
  const window = (client === "kafkajs" ? 100 : 10) + jitter;
  if (early > jitter + 20) return 1;
  if (early < -window - 10) return 0;
  if (jitter > 0) return clip(0.5 + early / (2 * window));
  return client === "java" ? 0.5 : clip(1 + (early - 5) / window);
}

function clip(odds: number): Odds {
  return Math.min(1, Math.max(0, odds));
}
