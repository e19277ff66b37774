// The options of the search.

import path from "node:path";
import {
  FAST_TIMERS,
  type Duration,
  type LabOptions,
  type ProbeOptions,
  readable,
  toMs,
} from "@kafka-failure-lab/sdk";
import {
  asStarted,
  claimNamed,
  composeFile,
  count,
  duration,
  file,
  HUNT_CLAIMS,
  HUNT_KINDS,
  type HuntClaim,
  type HuntKind,
  kafkaVersion,
  type Kind,
  listOf,
  oneOf,
  quoted,
  readArguments,
  readerFolder,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";

export interface HuntOptions {
  claim: HuntClaim;
  /** Of `recovery` and `availability`. */
  limit?: Duration;
  client: ProbeOptions;
  /** @default those of the lab's own that need nothing more */
  kinds?: readonly HuntKind[];
  seed: number;
  /** How many schedules are searched, at most. */
  most?: number;
  withinMs: number;
  /** The brokers' `broker.session.timeout.ms`, by `--timers`; another one of a compose file is not seen. */
  sessionTimeoutMs: number;
  /** Where the script and the data go. */
  out: string;
  json: boolean;
  lab: LabOptions;
  /** The command line that searches the same again. */
  again: string;
}

export const HELP: string = `npm run hunt -- [OPTIONS]: searches for faults and loads that a claim
does not survive, shrinks what it finds, and saves it as a script that replays it

  --claim NAME           no-loss, no-phantoms, no-duplicates, order, progress, recovery, availability,
                         or a checker's name (default no-loss)
  --limit TIME           the longest time that recovery and availability allow
  --client NAME          kafkajs, or java: Kafka's own (default kafkajs)
  --idempotent           an idempotent producer
  --acks N               all, 1 or 0 (default all)
  --request-timeout TIME the client's (default 5s); faults last up to twice as long
  --faults LIST          kinds, such as kill,delay (default stop,kill,pause,delay,throttle,isolate,split;
                         also lose, duplicate, reorder, corrupt, slow-disk, hang-disk, fail-disk, fill-disk)
  --seed N               of the first schedule, the next ones follow it (default chosen by the clock)
  --most N               schedules, at most (default no limit)
  --within TIME          the search's and the shrinking's time (default 15m)
  --out FOLDER           where the script goes (default .lab/hunts/CLAIM-SEED)
  --cluster NAME         three-brokers, as-posted, one-broker, or a compose file (default three-brokers)
  --timers SET           fast: a dead broker is detected after 1.5 s; default: after 9 s (default fast)
  --engine NAME          docker, local, or auto: Docker if available (default auto)
  --kafka VERSION        3.9 or 4, overrides the image's version
  --json                 one JSON object as the last line of standard output
  -h, --help             this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0 each schedule was survived, 2 the claim failed, 3 inconclusive, 1 lab failure`;

const claim: Kind<HuntClaim> = (option, value) => {
  const found = claimNamed(value);
  if (found !== undefined) return found;
  const names = Object.keys(HUNT_CLAIMS).join(", ");
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected ${names} or a checker's name`);
};

const OPTIONS = {
  claim,
  limit: duration,
  client: oneOf(["kafkajs", "java"]),
  idempotent: "flag",
  acks: oneOf(["all", "1", "0"]),
  "request-timeout": duration,
  faults: listOf(oneOf(HUNT_KINDS)),
  seed: count(),
  most: count({ least: 1 }),
  within: duration,
  out: file,
  cluster: composeFile,
  timers: oneOf(["default", "fast"]),
  engine: oneOf(["auto", "local", "docker"]),
  kafka: kafkaVersion,
  json: "flag",
} as const;
type Given = Values<typeof OPTIONS>;

/** What a send may take: a client that is stuck does not hold up the next schedule. */
const DELIVERY: Duration = "30s";

/**
 * Reads the command line; null where help is asked for.
 *
 * @param nowMs chooses the seed where none is given
 * @throws UsageError
 */
export function huntOptions(argv: readonly string[], nowMs: number = Date.now()): HuntOptions | null {
  const given = readArguments(argv, OPTIONS);
  if (given === null) return null;
  const { values } = given;
  const { claim: asked = "no-loss", limit, faults, most, within = "15m" } = values;
  const isLimited = HUNT_CLAIMS[asked].limit !== undefined;
  if (isLimited !== (limit !== undefined))
    throw new UsageError(
      `Cannot ${isLimited ? `search against ${asked}: it needs --limit` : `use --limit: ${asked} has none`}`,
    );
  if (faults?.length === 0) throw new UsageError("Cannot use --faults: it names no kind");
  if (toMs(within) < 1000)
    throw new UsageError(`Cannot search within ${readable(toMs(within))}: expected 1s or more`);
  const seed = values.seed ?? Math.floor(nowMs / 1000) % 1_000_000;
  return {
    claim: asked,
    ...(limit !== undefined && { limit }),
    client: clientOf(values),
    ...(faults !== undefined && { kinds: faults }),
    seed,
    ...(most !== undefined && { most }),
    withinMs: toMs(within),
    sessionTimeoutMs: values.timers === "default" ? 9000 : Number(FAST_TIMERS["broker.session.timeout.ms"]),
    out: values.out ?? path.join(readerFolder(), ".lab", "hunts", `${asked}-${seed}`),
    json: values.json,
    lab: labOf(values),
    again: asStarted(`npm run hunt -- ${[...withoutSeed(argv), "--seed"].join(" ")}`),
  };
}

function clientOf({ client = "kafkajs", idempotent, acks, ...values }: Given): ProbeOptions {
  const isWeak = acks !== undefined && acks !== "all";
  if (idempotent && isWeak)
    throw new UsageError(`Cannot use --idempotent with --acks ${acks}: it needs all replicas`);
  return {
    client,
    // Kafka's own client is idempotent by default
    ...((client === "java" || idempotent) && { idempotent }),
    ...(isWeak && { acks: Number(acks) as 0 | 1 }),
    ...(values["request-timeout"] !== undefined && { requestTimeout: values["request-timeout"] }),
    deliveryTimeout: DELIVERY,
  };
}

function labOf({ cluster = "three-brokers", timers = "fast", engine, kafka }: Given): LabOptions {
  return {
    compose: [cluster],
    timers,
    ...(engine !== undefined && { engine }),
    ...(kafka !== undefined && { kafka }),
  };
}

function withoutSeed(argv: readonly string[]): string[] {
  const rest = argv.filter((one) => !one.startsWith("--seed="));
  const at = rest.indexOf("--seed");
  return at < 0 ? rest : [...rest.slice(0, at), ...rest.slice(at + 2)];
}
