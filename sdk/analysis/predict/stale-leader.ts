// A stale leader: another broker leads, but this one does not know, because it is isolated from the
// controllers or from other brokers, and the client still reaches it.
//
//   acks=1     it continues to acknowledge; those records are lost when it learns of the new leader
//   acks=all   it waits for followers that fetch from another broker, and answers REQUEST_TIMED_OUT after the
//              client's timeout. Then
//              kafkajs   asks any connected broker for metadata (cluster/brokerPool.js): the bootstrap
//                        server, or the stale leader itself. If both are the same, only the probe's closing
//                        of hung connections brings it to another broker, which is a race of milliseconds.
//              Java      retries with the same leader (TimeoutException is not an InvalidMetadataException),
//                        unless its own request timeout ends first
//
// While followers still fetch from it, it acknowledges until the leader moves: the outage begins then, not at
// the fault.

import type { KnownNode } from "./circumstances.ts";
import { replication } from "./delays.ts";
import type { PredictedPart, Span } from "../../model/prediction.ts";
import { never, type Service, undisturbed } from "./served.ts";
import type { Situation } from "./situation.ts";
import { NOW, plus, span } from "./span.ts";
import { clientTimer } from "./timers.ts";

/**
 * Says when a client is served that still reaches the old leader; `ready` is when the new one could serve it.
 */
export function whileStaleLeader(
  situation: Situation,
  { was, ready }: { was: KnownNode; ready: Span | null },
): Service {
  const { client, reach, topic, nodeOf } = situation;
  const addedLatencyMs = reach.fromClient(was).addsMs;
  if (client.acks !== -1)
    return {
      served: 1,
      gap: plus(span(addedLatencyMs, addedLatencyMs), undisturbed(situation)),
      ready: span(addedLatencyMs, addedLatencyMs),
      own: [],
      unavailable: null,
      trips: null,
    };
  if (ready === null) return never("cluster");
  if (client.client === "kafkajs" && !client.dropHungConnections && isFirst(situation, was))
    return never("hung");
  const others = topic.state.isr.flatMap((broker) => nodeOf(broker) ?? []).filter((node) => node !== was);
  const isFed = others.every((node) => reach.between(node, was, "peers").state === "open");
  const timeout = client.requestTimeout;
  if (addedLatencyMs > 0) return untilItMoves(situation, addedLatencyMs + replication(situation, was));
  // the first end of a request after the new leader is there, and some more that ask the stale one again
  const since = isFed ? NOW : ready;
  const end = (ms: number): number => Math.max(1, Math.ceil(ms / timeout)) * timeout;
  const gap = span(
    end(since.fromMs),
    end(since.toMs) + (client.client === "java" ? 2 : 4) * timeout + situation.work(1500),
  );
  const own = span(Math.max(0, gap.fromMs - since.toMs), gap.toMs - since.fromMs);
  const part: PredictedPart = {
    kind: "request",
    tookMs: own,
    timers: [clientTimer(client, "requestTimeout")],
    what: "until the client asks a broker that knows the new leader",
  };
  const isBound = client.client === "kafkajs" && isFirst(situation, was);
  return {
    served: isBound ? chanceOfHanging(situation, gap.fromMs) : 1,
    gap,
    ready: gap,
    unavailable: isBound ? "hung" : null,
    trips: null,
    own: [part],
  };
}

/**
 * Acknowledged late, until the leader has moved; then what waits ends at the client's timeout, before the
 * broker's late answer.
 */
function untilItMoves({ client, work }: Situation, firstMs: number): Service {
  const gap = span(
    Math.min(firstMs, client.requestTimeout),
    client.requestTimeout + 2 * firstMs + work(1500),
  );
  const part: PredictedPart = {
    kind: "request",
    tookMs: gap,
    timers: [clientTimer(client, "requestTimeout")],
    what: "late answers, then the timeout of sends to the old leader",
  };
  return { served: 1, gap, ready: gap, unavailable: null, trips: null, own: [part] };
}

/**
 * The broker's answer and the probe's look for hung requests come at the same moment, one with some 10 ms,
 * one every 100 ms: the probe wins one time in ten.
 */
function chanceOfHanging({ client, fault }: Situation, fromMs: number): number {
  const times = Math.max(
    1,
    Math.floor(((fault.lastsMs ?? client.deliveryTimeout) - fromMs) / client.requestTimeout),
  );
  return 1 - 0.9 ** Math.min(times, 5);
}

/** Whether the client began with this broker, so that it is connected to no other. */
function isFirst({ client }: Situation, was: KnownNode): boolean {
  return client.bootstrap[0] === was.broker;
}
