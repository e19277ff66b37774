// The steps of scenario 03, and what the clients' sources predict for each, in delayed answers (D).
//
//   new connection to a published port: the port accepts at once and dials the broker, which answers after D;
//   so the first request, ApiVersions, is answered after 2 D
//
//   kafkajs   dial + ApiVersions 2 │ Metadata 1 │ Produce 1                                              4 D
//   Java      dial + ApiVersions 2 │ Metadata 1 │ second connection: dial + ApiVersions 2 │ Produce 1    6 D
//
// Sources: cluster/brokerPool.js, producer/sendMessages.js; NetworkClient.java (the bootstrap node has a node
// id of its own, so the first Produce needs a second connection).
//
// If another, undelayed broker answers Metadata, only the connection to the leader is delayed: kafkajs 2 D
// (it knows the versions already), Java 3 D. The Java client chooses at random the bootstrap server, and the
// broker that it asks for a producer id (idempotence is its default): 3, 4 and 6 D are possible; 4 was
// measured.

import type { ProbeOptions } from "@kafka-failure-lab/sdk";
import type { DelayOptions } from "./options.ts";

/**
 * How a send should end: `ok` after `count` D, `never` (a timeout gives it up), or a race of milliseconds.
 */
export interface Predicted {
  ends: "ok" | "never" | "race";
  /** In D: for `never` at most, for `race` at least. */
  count: number;
  /** The timer that decides. */
  decidingTimer?: string;
}

export interface Step {
  name: string;
  /** Its settings, as shown. */
  settings: string;
  options: ProbeOptions;
  /** The bootstrap servers: the delayed leader's, or another broker's first. */
  bootstrap: "leader" | "other first";
  predicted: Predicted;
}

export interface Steps {
  /** The posted client, connected before the delay. */
  warm: Step;
  /**
   * New clients, in order: with the posted settings, the posted remedy, sufficient timeouts, and a second
   * bootstrap server.
   */
  cold: readonly Step[];
  /** On three brokers: warm clients that the delayed leader serves, or that must find the new one. */
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
  // kafkajs's own retries; no limit of the lab's ends a send before it
  const own: ProbeOptions = {
    retries: 5,
    initialRetryTime: at(300),
    maxRetryTime: at(30_000),
    dropHungConnections: false,
    deliveryTimeout: at(900_000),
  };
  const posted = { ...own, requestTimeout: at(30_000) };
  const enough = { ...own, requestTimeout: at(75_000) };
  const [one, many] = ["requestTimeout 1 D", "requestTimeout 2.5 D"];
  const step = stepsFrom("leader");
  return {
    warm: step("warm", one, posted, { ends: "race", count: 1, decidingTimer: "requestTimeout is D as well" }),
    cold: [
      step("cold, as posted", one, posted, {
        ends: "never",
        count: 2.5,
        decidingTimer: "requestTimeout: ApiVersions takes 2 D",
      }),
      step(
        "cold, remedy",
        "requestTimeout 20 D",
        { ...own, requestTimeout: at(600_000) },
        { ends: "ok", count: 4 },
      ),
      step("cold, enough", many, enough, { ends: "ok", count: 4 }),
      stepsFrom("other first")("cold, two servers", many, enough, { ends: "ok", count: 2 }),
    ],
    patient: step("warm, patient", many, enough, { ends: "ok", count: 1 }),
    failover: stepsFrom("other first")(
      "warm, moves on",
      `${one}, hung connections dropped`,
      { ...posted, dropHungConnections: true, retries: 20 },
      { ends: "ok", count: 1, decidingTimer: "requestTimeout, then the new leader" },
    ),
    last: step("cold, no delay", one, posted, { ends: "ok", count: 0 }),
  };
}

/** Makes steps whose clients begin with these addresses. */
function stepsFrom(
  bootstrap: Step["bootstrap"],
): (name: string, settings: string, options: ProbeOptions, predicted: Predicted) => Step {
  return (name, settings, options, predicted) => ({ name, settings, options, bootstrap, predicted });
}

/**
 * Every timer of the client that is of the delay's order, scaled, with Kafka's defaults, and its own over
 * them.
 */
function javaOptions(at: Scaled, own: Readonly<Record<string, number>> = {}): ProbeOptions {
  const posted = {
    "request.timeout.ms": 30_000,
    "max.block.ms": 60_000,
    "delivery.timeout.ms": 120_000,
    "socket.connection.setup.timeout.ms": 10_000,
    "socket.connection.setup.timeout.max.ms": 30_000,
    ...own,
  };
  const scaled = Object.entries(posted).map(([key, ms]) => [key, String(Math.round(at(ms)))]);
  return { client: "java", properties: Object.fromEntries(scaled) };
}

function javaSteps(at: Scaled): Steps {
  const posted = javaOptions(at);
  const remedy = javaOptions(at, { "request.timeout.ms": 600_000, "delivery.timeout.ms": 600_000 });
  const enough = javaOptions(at, {
    "request.timeout.ms": 70_000,
    "max.block.ms": 120_000,
    "delivery.timeout.ms": 150_000,
  });
  const [one, many] = ["request.timeout.ms 1 D", "request.timeout.ms 2.3 D"];
  const all = `${many}, max.block.ms 4 D, delivery.timeout.ms 5 D`;
  const step = stepsFrom("leader");
  const otherFirst = stepsFrom("other first");
  return {
    warm: step("warm", one, posted, {
      ends: "race",
      count: 1,
      decidingTimer: "request.timeout.ms is D as well",
    }),
    cold: [
      step("cold, as posted", one, posted, {
        ends: "never",
        count: 2,
        decidingTimer: "max.block.ms is 2 D, and request.timeout.ms ends every ApiVersions, which takes 2 D",
      }),
      step("cold, remedy", "request.timeout.ms 20 D", remedy, {
        ends: "never",
        count: 2,
        decidingTimer: "max.block.ms is 2 D: Metadata comes after 3 D",
      }),
      step("cold, enough", all, enough, { ends: "ok", count: 6 }),
      otherFirst("cold, two servers", all, enough, {
        ends: "race",
        count: 3,
        decidingTimer:
          "chance: 3 D; 4 D if InitProducerId goes to the delayed broker; " +
          "6 D if the first request of all goes there",
      }),
    ],
    patient: step("warm, patient", many, enough, { ends: "ok", count: 1 }),
    failover: otherFirst("warm, moves on", one, posted, {
      ends: "ok",
      count: 1,
      decidingTimer: "request.timeout.ms, then the new leader",
    }),
    last: step("cold, no delay", one, posted, { ends: "ok", count: 0 }),
  };
}
