// The steps of scenario 03 and what the clients' sources predict of each, in delayed answers.
//
//   a new connection to a published port: the port accepts at once and dials the broker, which answers after D, so that
//   the first request on it, ApiVersions, is answered after 2 D: the dialling and the answer
//
//   kafkajs   dial + ApiVersions 2 │ Metadata 1 │ Produce 1                                                  4 D   (cluster/brokerPool.js, producer/sendMessages.js)
//   Java      dial + ApiVersions 2 │ Metadata 1 │ second connection: dial + ApiVersions 2 │ Produce 1        6 D   (NetworkClient.java: the bootstrap node has an id of its own)
//
// Where another, sound broker tells the metadata, what was before the first Produce costs nothing but the
// leader's connection: kafkajs 2 D (it knows the versions already), Java 3 D. Java draws the server to begin
// with, and the one that it asks for a producer id (idempotence is its default): 3, 4 and 6 D are all
// possible; 4 was measured.

import type { ProbeOptions } from "@kafka-failure-lab/sdk";
import type { DelayOptions } from "./options.ts";

/**
 * How a send should end: after so many D; or never, given up by a timeout after so many D; a race is decided
 * by milliseconds.
 */
export interface Predicted {
  ends: "ok" | "never" | "race";
  /** In D. For `never` at most; for `race` at least. */
  count: number;
  /** Which timer decides. */
  decidingTimer?: string;
}

export interface Step {
  name: string;
  /** What is said of its settings. */
  settings: string;
  options: ProbeOptions;
  /** Which addresses it begins with: the delayed leader's, or another broker's first. */
  bootstrap: "leader" | "other first";
  predicted: Predicted;
}

export interface Steps {
  /** Knows the cluster before the delay; the posted one. */
  warm: Step;
  /**
   * New clients, in order: with the posted settings, with the posted remedy, with what is enough, with a
   * second bootstrap server.
   */
  cold: readonly Step[];
  /** On three brokers: warm clients that a delayed leader serves, or that must find the next one. */
  patient: Step;
  failover: Step;
  /** After the delay. */
  last: Step;
}

/** Returns the steps for a client; posted times are scaled. */
export function stepsOf({ client, scale }: Pick<DelayOptions, "client" | "scale">): Steps {
  return client === "kafkajs"
    ? kafkajsSteps((posted) => posted * scale)
    : javaSteps((posted) => posted * scale);
}

type Scaled = (postedMs: number) => number;

function kafkajsSteps(at: Scaled): Steps {
  // kafkajs as it comes, with its own retries; no limit of the lab's ends a send before it
  const own: ProbeOptions = {
    retries: 5,
    initialRetryTime: at(300),
    maxRetryTime: at(30_000),
    dropHungConnections: false,
    deliveryTimeout: at(900_000),
  };
  const posted = { ...own, requestTimeout: at(30_000) };
  const enough = { ...own, requestTimeout: at(75_000) };
  return {
    warm: {
      name: "warm",
      settings: "requestTimeout 1 D",
      options: posted,
      bootstrap: "leader",
      predicted: { ends: "race", count: 1, decidingTimer: "requestTimeout is D as well" },
    },
    cold: [
      {
        name: "cold, as posted",
        settings: "requestTimeout 1 D",
        options: posted,
        bootstrap: "leader",
        predicted: { ends: "never", count: 2.5, decidingTimer: "requestTimeout: ApiVersions takes 2 D" },
      },
      {
        name: "cold, remedy",
        settings: "requestTimeout 20 D",
        options: { ...own, requestTimeout: at(600_000) },
        bootstrap: "leader",
        predicted: { ends: "ok", count: 4 },
      },
      {
        name: "cold, enough",
        settings: "requestTimeout 2.5 D",
        options: enough,
        bootstrap: "leader",
        predicted: { ends: "ok", count: 4 },
      },
      {
        name: "cold, two servers",
        settings: "requestTimeout 2.5 D",
        options: enough,
        bootstrap: "other first",
        predicted: { ends: "ok", count: 2 },
      },
    ],
    patient: {
      name: "warm, patient",
      settings: "requestTimeout 2.5 D",
      options: enough,
      bootstrap: "leader",
      predicted: { ends: "ok", count: 1 },
    },
    failover: {
      name: "warm, moves on",
      settings: "requestTimeout 1 D, hung connections dropped",
      options: { ...posted, dropHungConnections: true, retries: 20 },
      bootstrap: "other first",
      predicted: { ends: "ok", count: 1, decidingTimer: "requestTimeout, then the new leader" },
    },
    last: {
      name: "cold, no delay",
      settings: "requestTimeout 1 D",
      options: posted,
      bootstrap: "leader",
      predicted: { ends: "ok", count: 0 },
    },
  };
}

function javaSteps(at: Scaled): Steps {
  // every timer of the client that is of the delay's order, scaled; their Kafka defaults: 30 s, 60 s, 120 s,
  // 10 s, 30 s
  const properties = (own: Record<string, number> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries({
        "request.timeout.ms": 30_000,
        "max.block.ms": 60_000,
        "delivery.timeout.ms": 120_000,
        "socket.connection.setup.timeout.ms": 10_000,
        "socket.connection.setup.timeout.max.ms": 30_000,
        ...own,
      }).map(([key, posted]) => [key, String(Math.round(at(posted)))]),
    );
  const step = (
    name: string,
    settings: string,
    own: Record<string, number>,
    bootstrap: Step["bootstrap"],
    predicted: Predicted,
  ): Step => ({
    name,
    settings,
    options: { client: "java", properties: properties(own) },
    bootstrap,
    predicted,
  });
  const remedy = { "request.timeout.ms": 600_000, "delivery.timeout.ms": 600_000 };
  const enough = { "request.timeout.ms": 70_000, "max.block.ms": 120_000, "delivery.timeout.ms": 150_000 };
  return {
    warm: step("warm", "request.timeout.ms 1 D", {}, "leader", {
      ends: "race",
      count: 1,
      decidingTimer: "request.timeout.ms is D as well",
    }),
    cold: [
      step("cold, as posted", "request.timeout.ms 1 D", {}, "leader", {
        ends: "never",
        count: 2,
        decidingTimer: "max.block.ms is 2 D, and request.timeout.ms ends every ApiVersions, which takes 2 D",
      }),
      step("cold, remedy", "request.timeout.ms 20 D", remedy, "leader", {
        ends: "never",
        count: 2,
        decidingTimer: "max.block.ms is 2 D: Metadata comes after 3 D",
      }),
      step(
        "cold, enough",
        "request.timeout.ms 2.3 D, max.block.ms 4 D, delivery.timeout.ms 5 D",
        enough,
        "leader",
        { ends: "ok", count: 6 },
      ),
      step(
        "cold, two servers",
        "request.timeout.ms 2.3 D, max.block.ms 4 D, delivery.timeout.ms 5 D",
        enough,
        "other first",
        {
          ends: "race",
          count: 3,
          decidingTimer:
            "chance: 3 D; 4 D where InitProducerId is asked of the delayed broker; 6 D where that one is asked first of all",
        },
      ),
    ],
    patient: step("warm, patient", "request.timeout.ms 2.3 D", enough, "leader", { ends: "ok", count: 1 }),
    failover: step("warm, moves on", "request.timeout.ms 1 D", {}, "other first", {
      ends: "ok",
      count: 1,
      decidingTimer: "request.timeout.ms, then the new leader",
    }),
    last: step("cold, no delay", "request.timeout.ms 1 D", {}, "leader", { ends: "ok", count: 0 }),
  };
}
