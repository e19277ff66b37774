// The options of scenario 03, read from the command line; in a notebook, the defaults.

import { type LabOptions, readable } from "@kafka-failure-lab/sdk";
import { ownArguments } from "@kafka-failure-lab/sdk/scenario";
import {
  kafkaVersion,
  milliseconds,
  oneOf,
  orHelp,
  readArguments,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";

/**
 * The posted delay, which is also the client's request timeout: what `tc qdisc add dev eth0 root netem delay
 * 30000ms` made.
 */
const POSTED_MS = 30_000;

export interface DelayOptions {
  /** D, in milliseconds. */
  delayMs: number;
  /** D over the posted 30 s: the client's timers are scaled by it. */
  scale: number;
  client: "kafkajs" | "java";
  timers: "default" | "fast";
  /** Prints one JSON object as the last line, and the rest to standard error. */
  json: boolean;
  /** To be given to `startLab`, with the compose files. */
  lab: LabOptions;
}

const HELP = `03-long-delay: delays what the leader's broker sends, and counts the answers that clients need

  --delay TIME     D (default 3s; --delay 30s is the posted run at full length, about seven minutes)
                   the client's timers are scaled likewise: posted 30 s and 60 s become 1 D and 2 D;
                   below 30s the brokers have fast timers, in the same order: quorum < session < D
  --client NAME    kafkajs, or java: Kafka's own VerifiableProducer, as posted (default kafkajs)
  --timeout TIME   limit for the start of a cluster (default 60s)
  --engine NAME    docker (needs sch_netem in the kernel), local, or auto: Docker if available (default auto)
  --kafka VERSION  3.9 or 4, overrides the image's version
  --json           one JSON object as the last line of standard output
  -h, --help       this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0 claim and predictions confirmed, 2 claim or prediction failed, 3 inconclusive, 1 the lab failed`;

/**
 * Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends
 * it with 1.
 */
export function delayOptions(argv: readonly string[] = ownArguments()): DelayOptions {
  return orHelp(
    "03-long-delay",
    () => HELP,
    () => read(argv),
  );
}

const OPTIONS = {
  delay: milliseconds,
  client: oneOf(["kafkajs", "java"]),
  timeout: milliseconds,
  engine: oneOf(["auto", "local", "docker"]),
  kafka: kafkaVersion,
  json: "flag",
} as const;

function read(argv: readonly string[]): DelayOptions | null {
  const given = readArguments(argv, OPTIONS);
  if (given === null) return null;
  const { delay: delayMs = 3000, client = "kafkajs", timeout = 60_000, engine, kafka, json } = given.values;
  if (delayMs < 2000)
    throw new UsageError(
      `Cannot use --delay ${readable(delayMs)}: below 2s it is shorter than the brokers' fast session ` +
        "timeout, " +
        "so nobody would be fenced",
    );
  const timers = delayMs < POSTED_MS ? "fast" : "default";
  return {
    delayMs,
    scale: delayMs / POSTED_MS,
    client,
    timers,
    json,
    lab: {
      scenario: "03-long-delay",
      timers,
      timeout,
      ...(engine && { engine }),
      ...(kafka !== undefined && { kafka }),
    },
  };
}
