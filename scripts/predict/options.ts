// The command line of a prediction, as a value.

import { parseArgs } from "node:util";
import {
  type ComposeClient,
  type ComposeTopic,
  type FaultKind,
  type NetFault,
  type Path,
  type Rate,
  toMs,
} from "@kafka-failure-lab/sdk";
import { readTime } from "../../sdk/duration.ts";
import { checkRelease } from "../../sdk/kafka/mod.ts";
import { madeOf } from "../../sdk/net.ts";

export const HELP = `npm run predict -- [COMPOSE_FILE…]: says what a fault will do to a client, before there is a cluster

COMPOSE_FILEs are merged in order, as docker compose -f a -f b: paths, or names of the lab's own such as as-posted fix-quorum (default three-brokers)

  --fault KIND            stop, kill, pause, isolate, delay, lose, throttle, fill or hang (default kill)
  --target WHOM           leader, controller, followers, or broker numbers: 1 or 2,3 (default leader)
  --leader N              who leads (default: broker 1, or the target where that is a number)
  --controller N          the active controller's broker (default: not known; what is predicted then covers each)
  --lasts TIME            healed after this long (default: not healed)
  --path PATH             of a fault of the network: all, clients, peers or controllers (default all)
  --direction SIDE        out, in or both (default out; isolate: both)
  --delay TIME            of a delay: how late everything is that the broker sends (default 30s)
  --jitter TIME           give or take (default 0s)
  --how HOW               of isolate: drop, reset or refuse (default drop)
  --percent N             of lose (default 10)
  --rate RATE             of throttle: 10kB/s (default)

  --replication-factor N  of the topic (default: the file's default.replication.factor)
  --min-isr N             of the topic (default: the file's min.insync.replicas)
  --unclean               the topic has unclean.leader.election.enable
  --timers NAME           fast: the brokers' timers as in a lab with timers: "fast" (default: the file's)
  --kafka VERSION         3.9 or 4 (default: the image's)
  --engine NAME           local or docker, where they differ (default: either)

  --client NAME           kafkajs as the lab's probe, or java with Kafka's own defaults (default kafkajs)
  --cold                  it starts with the fault, and knows nothing of the cluster yet
  --bootstrap LIST        all, one, or broker numbers: 2,1 (default all)
  --acks N                all, 1 or 0 (default all)
  --idempotent            or --no-idempotent (default: the client's)
  --retries N  --initial-retry-time TIME  --max-retry-time TIME  --request-timeout TIME  --connection-timeout TIME  --delivery-timeout TIME
  --max-block TIME        java's max.block.ms
  --keep-hung             kafkajs by itself, which keeps a connection that hangs (the probe's dropHungConnections: false)
  --own-retries           kafkajs's own: 5 retries, from 300 ms to 30 s

  --json                  one JSON object: what was assumed, and the prediction
  -h, --help              this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0, whatever is predicted; 1 something cannot be read`;

const OPTIONS = {
  fault: { type: "string", default: "kill" },
  target: { type: "string", default: "leader" },
  leader: { type: "string" },
  controller: { type: "string" },
  lasts: { type: "string" },
  path: { type: "string", default: "all" },
  direction: { type: "string" },
  delay: { type: "string", default: "30s" },
  jitter: { type: "string", default: "0s" },
  how: { type: "string", default: "drop" },
  percent: { type: "string", default: "10" },
  rate: { type: "string", default: "10kB/s" },
  "replication-factor": { type: "string" },
  "min-isr": { type: "string" },
  unclean: { type: "boolean" },
  timers: { type: "string" },
  kafka: { type: "string" },
  engine: { type: "string" },
  client: { type: "string", default: "kafkajs" },
  cold: { type: "boolean", default: false },
  bootstrap: { type: "string", default: "all" },
  acks: { type: "string" },
  idempotent: { type: "boolean" },
  "no-idempotent": { type: "boolean" },
  retries: { type: "string" },
  "initial-retry-time": { type: "string" },
  "max-retry-time": { type: "string" },
  "request-timeout": { type: "string" },
  "connection-timeout": { type: "string" },
  "delivery-timeout": { type: "string" },
  "max-block": { type: "string" },
  "keep-hung": { type: "boolean" },
  "own-retries": { type: "boolean" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

export interface PredictOptions {
  readonly files: readonly string[];
  readonly fault: FaultKind;
  /** As asked: a role, or broker numbers. */
  readonly target: "leader" | "controller" | "followers" | readonly number[];
  readonly leader: number | undefined;
  readonly controller: number | undefined;
  readonly lastsMs: number | undefined;
  /** What is wrong with one broker's network; null for a fault of another kind. */
  network(broker: number): NetFault | null;
  readonly topic: ComposeTopic;
  readonly client: ComposeClient;
  readonly fast: boolean;
  readonly kafka: string | undefined;
  readonly engine: "local" | "docker" | null;
  readonly json: boolean;
}

/** Reads the arguments; null where help is asked for. @throws TypeError, RangeError */
export function predictOptions(argv: readonly string[]): PredictOptions | null {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.help) return null;
  const fault = oneOf("--fault", values.fault, [
    "stop",
    "kill",
    "pause",
    "isolate",
    "delay",
    "lose",
    "throttle",
    "fill",
    "hang",
  ] as const);
  return {
    files: positionals.length === 0 ? ["three-brokers"] : positionals,
    fault,
    target:
      values.target === "leader" || values.target === "controller" || values.target === "followers"
        ? values.target
        : numbers("--target", values.target, "leader, controller, followers or broker numbers such as 2,3"),
    leader: values.leader === undefined ? undefined : count("--leader", values.leader),
    controller: values.controller === undefined ? undefined : count("--controller", values.controller),
    lastsMs: values.lasts === undefined ? undefined : time("--lasts", values.lasts),
    network: networkOf(fault, values),
    topic: topicOf(values),
    client: clientOf(values),
    fast:
      values.timers === undefined
        ? false
        : oneOf("--timers", values.timers, ["fast", "default"] as const) === "fast",
    kafka: releaseOf(values.kafka),
    engine:
      values.engine === undefined ? null : oneOf("--engine", values.engine, ["local", "docker"] as const),
    json: values.json,
  };
}

function networkOf(kind: FaultKind, values: Values): PredictOptions["network"] {
  const { direction } = values;
  const path: Path = oneOf("--path", values.path, ["all", "clients", "peers", "controllers"] as const);
  const scope = {
    path,
    ...(direction !== undefined && {
      direction: oneOf("--direction", direction, ["out", "in", "both"] as const),
    }),
  };
  switch (kind) {
    case "delay":
      return madeOf({
        kind,
        delay: time("--delay", values.delay),
        jitter: time("--jitter", values.jitter),
        ...scope,
      });
    case "isolate":
      return madeOf({
        kind,
        how: oneOf("--how", values.how, ["drop", "reset", "refuse"] as const),
        ...scope,
      });
    case "lose":
      return madeOf({ kind, percent: percentOf(values.percent), ...scope });
    case "throttle":
      return madeOf({ kind, rate: values.rate as Rate, ...scope });
    default:
      return () => null;
  }
}

function topicOf(values: Values): ComposeTopic {
  const [replicationFactor, minIsr] = [values["replication-factor"], values["min-isr"]];
  return {
    ...(replicationFactor !== undefined && {
      replicationFactor: count("--replication-factor", replicationFactor),
    }),
    ...(minIsr !== undefined && { minIsr: count("--min-isr", minIsr) }),
    ...(values.unclean && { uncleanElection: true }),
  };
}

function clientOf(values: Values): ComposeClient {
  const client = oneOf("--client", values.client, ["kafkajs", "java"] as const);
  const acks =
    values.acks === undefined ? undefined : oneOf("--acks", values.acks, ["all", "-1", "1", "0"] as const);
  if (values["own-retries"] && client === "java")
    throw new TypeError("Cannot use --own-retries with --client java: they are kafkajs's");
  if (values["max-block"] !== undefined && client === "kafkajs")
    throw new TypeError("Cannot use --max-block with --client kafkajs: it has no such limit");
  const times = {
    requestTimeout: "request-timeout",
    connectionTimeout: "connection-timeout",
    deliveryTimeout: "delivery-timeout",
    initialRetryTime: "initial-retry-time",
    maxRetryTime: "max-retry-time",
  } as const;
  return {
    client,
    isWarm: !values.cold,
    bootstrap:
      values.bootstrap === "all" || values.bootstrap === "one"
        ? values.bootstrap
        : numbers("--bootstrap", values.bootstrap, "all, one or broker numbers such as 2,1"),
    ...(values["own-retries"] && { retries: 5, initialRetryTime: "300ms", maxRetryTime: "30s" }),
    ...(acks !== undefined && { acks: acks === "all" || acks === "-1" ? "all" : acks === "1" ? 1 : 0 }),
    ...((values.idempotent || values["no-idempotent"]) && { idempotent: values["no-idempotent"] !== true }),
    ...(values.retries !== undefined && { retries: count("--retries", values.retries, 0) }),
    ...Object.fromEntries(
      Object.entries(times).flatMap(([name, option]) =>
        values[option] === undefined ? [] : [[name, time(`--${option}`, values[option])]],
      ),
    ),
    ...(values["keep-hung"] && { dropHungConnections: false }),
    ...(values["max-block"] !== undefined && {
      properties: { "max.block.ms": String(time("--max-block", values["max-block"])) },
    }),
  };
}

function percentOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new RangeError(`Cannot use --percent ${text}: expected a number from 0 to 100`);
}

function releaseOf(text: string | undefined): string | undefined {
  if (text !== undefined) checkRelease(text);
  return text;
}

function time(option: string, text: string): number {
  return toMs(readTime(option, text));
}

function count(option: string, text: string, least = 1): number {
  const number = wholeNumber(text);
  if (number >= least) return number;
  throw new RangeError(`Cannot use ${option} ${text}: expected a whole number, ${least} or more`);
}

/** NaN for what is no whole number in decimal digits. */
function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

function numbers(option: string, text: string, expected: string): number[] {
  const list = text.split(",").map((one) => wholeNumber(one.trim()));
  if (list.every((one) => one >= 1)) return list;
  throw new TypeError(`Cannot use ${option} ${text}: expected ${expected}`);
}

function oneOf<Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const name = names.find((one) => one === text);
  if (name !== undefined) return name;
  throw new TypeError(`Cannot use ${option} ${text}: there are ${names.join(", ")}`);
}
