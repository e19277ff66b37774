// The posted consumer of scenario 03, while every answer of its partition's leader is D late.
//
//   Fetch      waits fetch.max.wait.ms for records, and is answered D later: later than request.timeout.ms,
//              D as posted ─▶ "Disconnecting from node 0 due to request timeout"
//   dial       the new connection's ApiVersions is answered after 2 D ─▶ the same again
//
// Sources: NetworkClient.java (handleTimedOutRequests), ConsumerConfig.java. With records that are there at
// once milliseconds decide, as for a warm producer: one fetch may still be answered in time.

import { type Group, type Lab, readable } from "@kafka-failure-lab/sdk";
import type { MeasuredStep } from "../delay/measure.ts";
import { judgedTime } from "./expected.ts";
import { standstillOf } from "./standstill.ts";

/** How much of the delay a fetch may take that was answered in time, in D. */
const ONE_FETCH = 1.5;

/** Of a connection to a leader; the node of one to the coordinator is counted down from 2147483647. */
const TIMED_OUT = /^Disconnecting from node \d{1,9} due to request timeout/;

/** What is expected of it, for a person. */
export function delayedWords({ name, settings }: Group, delayMs: number): string {
  const { maxWait, requestTimeout } = settings;
  return (
    `${name} reads nothing while the delay lasts: a fetch is answered after fetch.max.wait.ms ` +
    `${readable(maxWait)} + D ${readable(delayMs)}, and given up after request.timeout.ms ` +
    `${readable(requestTimeout)}; a new connection needs 2 D for its first answer`
  );
}

/** What the delay did to it. */
export interface DelayedConsumer {
  /** Its row beside the producers'. */
  readonly row: MeasuredStep;
  /** For a person, with the first line of its log about a request that timed out. */
  readonly words: string;
}

/** Measures it, from the delay until its end, in milliseconds since the run's start. */
export function delayedConsumer(
  { run, topic }: Lab,
  { name, settings }: Group,
  { sinceMs, healedMs, delayMs }: { sinceMs: number; healedMs: number; delayMs: number },
): DelayedConsumer {
  const { history } = run;
  const at = { group: name, topic, partition: 0, fromMs: sinceMs, toMs: healedMs };
  const { fromMs, toMs, ...still } = standstillOf(history, at);
  // what comes behind the heal belongs to no delay
  const endMs = Math.min(toMs, healedMs);
  const measured = { ...still, fromMs, toMs: endMs, ms: endMs - fromMs };
  const expected = {
    fromMs: healedMs - sinceMs - ONE_FETCH * delayMs,
    toMs: Infinity,
    decidingTimer: `request.timeout.ms ${readable(settings.requestTimeout)}`,
  };
  const { verdict, busy } = judgedTime(history, name, { expected, measured });
  const lines = history.flatMap((event) =>
    event.kind === "log" && event.source === `${name}.1` && event.atMs >= sinceMs ? [event.text] : [],
  );
  const line = lines.find((text) => TIMED_OUT.test(text));
  const inD = (ms: number): number => Math.round((ms / delayMs) * 100) / 100;
  return {
    row: {
      step: {
        name: "consumer, as posted",
        settings: `${settings.client}, request.timeout.ms 1 D`,
        options: {},
        bootstrap: "leader",
        predicted: {
          ends: "never",
          count: inD(healedMs - sinceMs),
          decidingTimer: expected.decidingTimer,
        },
      },
      where: "posted, all",
      outcome: verdict === false ? "ok" : "fail",
      tookMs: measured.ms,
      count: inD(measured.ms),
      parts: [],
      ...(line !== undefined && { error: line }),
      ...(busy !== undefined && { busy }),
    },
    words: `${name}: read nothing for ${inD(measured.ms)} D; ${line ?? "no request of it timed out"}`,
  };
}
