// Schemas of the options of the lab's verbs. The compiler compares each with its type: neither has an option
// that the other lacks.

import * as v from "valibot";
import type { ClusterOptions } from "../lab/cluster-options.ts";
import type { FaultOptions, TopicOptions, WaitOptions } from "../lab/verbs/cluster.ts";
import type { ConcludeOptions } from "../lab/conclusion.ts";
import type { ExplainOptions } from "../analysis/explain/mod.ts";
import {
  type AnomalyOptions,
  CHECKERS,
  type CheckerName,
  type CheckOptions,
  type Verdict,
} from "../analysis/check/mod.ts";
import type { AttachProjectOptions, LabOptions } from "../lab/lab.ts";
import type { LoadOptions } from "../lab/workload/load.ts";
import { DIRECTIONS, type DelaySpec, type IsolateSpec, PATHS, WAYS } from "../faults/mod.ts";
import type { Isolation } from "../model/traffic.ts";
import type { InjectOptions } from "../lab/verbs/inject.ts";
import type { NetOptions } from "../lab/verbs/network.ts";
import { isProbe, type PredictOptions } from "../lab/verbs/predict-options.ts";
import type { Probe, SendOptions } from "../lab/workload/probe.ts";
import type { ProbeOptions } from "../client/settings.ts";
import { fields, fieldsOf, type Schema } from "./checked.ts";
import { securityOptions } from "./security.ts";
import { examples, groupChecks, scoped } from "./scopes.ts";
import * as is from "./values.ts";

/** The schemas of some of T's fields. */
export type Entries<T> = { readonly [Name in keyof T]-?: Schema<Exclude<T[Name], undefined>> };

const SENTENCE = 1_000; // as long as a topic's setting may be
/** What the controller creates in one request (ReplicationControlManager, MAX_RECORDS_PER_USER_OP). */
const MOST_PARTITIONS = 10_000;

/**
 * A key's limit, in bytes as UTF-8: four times what a broker takes by default (message.max.bytes), so that
 * Kafka's own answer can be seen. kafkajs encodes a record in one piece, which holds up the event loop, and
 * with it every heal: 0.03 s for 1 MiB, 0.15 s for 4 MiB.
 */
export const MOST_KEY_BYTES: number = 4 * 1024 * 1024;

const KEY = "a key: text of at most 4 MiB";
const key: Schema<string> = v.pipe(
  v.string(KEY),
  // in UTF-16 a text has at most as many units as bytes in UTF-8, which spares the counting
  v.check((one) => one.length <= MOST_KEY_BYTES && bytesOf(one) <= MOST_KEY_BYTES, KEY),
);

function bytesOf(text: string): number {
  return text.length * 3 <= MOST_KEY_BYTES ? text.length : new TextEncoder().encode(text).length;
}

const partition = is.whole(0, is.MOST);
const wait: Entries<WaitOptions> = { timeout: is.duration, signal: is.signal };
const topic: Entries<Omit<TopicOptions, keyof WaitOptions>> = {
  partitions: is.whole(1, MOST_PARTITIONS),
  replicationFactor: is.whole(1, 32_767),
  config: is.properties,
};

export const waitOptions: Schema<WaitOptions> = fields<WaitOptions>(wait);
export const topicOptions: Schema<TopicOptions> = fields<TopicOptions>({ ...wait, ...topic });
export const faultOptions: Schema<FaultOptions> = fields<FaultOptions>({ signal: is.signal });
export const stopOptions: Schema<FaultOptions & Pick<WaitOptions, "timeout">> = fields<
  FaultOptions & Pick<WaitOptions, "timeout">
>({ timeout: is.duration, signal: is.signal });
type RestartOptions = WaitOptions & { how?: "stop" | "kill" };
export const restartOptions: Schema<RestartOptions> = fields<RestartOptions>({
  ...wait,
  how: is.word("stop", "kill"),
});

export const scope: Entries<Pick<NetOptions, "path" | "direction">> = {
  path: is.word(...PATHS),
  direction: is.word(...DIRECTIONS),
};
export const how: Schema<Isolation["how"]> = is.word(...WAYS);
const net: Entries<NetOptions> = { ...scope, prove: is.flag, signal: is.signal };

export const netOptions: Schema<NetOptions> = fields<NetOptions>(net);
type DelayOptions = NetOptions & Pick<DelaySpec, "jitter">;
export const delayOptions: Schema<DelayOptions> = fields<DelayOptions>({ ...net, jitter: is.duration });
type IsolateOptions = NetOptions & Pick<IsolateSpec, "how">;
export const isolateOptions: Schema<IsolateOptions> = fields<IsolateOptions>({ ...net, how });
export const injectOptions: Schema<InjectOptions> = fields<InjectOptions>({
  prove: is.flag,
  signal: is.signal,
});

/** At least a millisecond: with 0 a request would be over before it is written. */
const limit = is.durationOf(1);
const acks = is.word<"all" | -1 | 0 | 1>("all", -1, 0, 1);
export const bootstrapAddress: Schema<string> = v.pipe(
  v.string("host:port"),
  v.check((one) => {
    const [, port] = /^[^\s:/]+:(\d{1,5})$|^\[[\da-fA-F:.]+\]:(\d{1,5})$/.exec(one)?.filter(Boolean) ?? [];
    return Number(port) >= 1 && Number(port) <= 65_535;
  }, "host:port, with a port from 1 to 65535"),
);
const bootstrapWord = is.word("all", "one");
const addresses = is.listOf(bootstrapAddress, '"all", "one" or a list of host:port');

/** All but where it begins, which is for each caller another. */
export const clientEntries: Entries<Omit<ProbeOptions, "bootstrap">> = {
  name: is.probeName,
  topic: is.topicName,
  partition,
  client: is.word("kafkajs", "java"),
  properties: is.properties,
  acks,
  idempotent: is.flag,
  requestTimeout: limit,
  connectionTimeout: limit,
  retries: is.whole(0, is.MOST),
  initialRetryTime: is.duration,
  maxRetryTime: is.duration,
  metadataMaxAge: is.duration,
  deliveryTimeout: limit,
  dropHungConnections: is.flag,
  allowAutoTopicCreation: is.flag,
  security: securityOptions,
};
const probe: Entries<ProbeOptions> = {
  ...clientEntries,
  bootstrap: v.lazy(
    (one): Schema<"all" | "one" | readonly string[]> => (typeof one === "string" ? bootstrapWord : addresses),
  ),
};
export const probeOptions: Schema<ProbeOptions> = fields<ProbeOptions>(probe);
const futureProbe = fields<ProbeOptions & { name: string }>(probe, ["name"]);

export const sendOptions: Schema<SendOptions> = fields<SendOptions>({
  key,
  partition,
  signal: is.signal,
});
export const readOptions: Schema<WaitOptions> = waitOptions;
export const loadOptions: Schema<LoadOptions> = fields<LoadOptions>({
  perSecond: is.number("a number above 0, up to 1000000", (one) => one > 0 && one <= 1_000_000),
  inFlight: is.whole(1, 100_000),
  key,
  partition,
});
type GiveUp = { giveUp?: boolean };
export const giveUpOptions: Schema<GiveUp> = fields<GiveUp>({ giveUp: is.flag });

const probeItself: Schema<Probe> = v.custom<Probe>((one) => isProbe(one as Probe), "a probe");
const client: Schema<NonNullable<PredictOptions["client"]>> = v.lazy(
  (one): Schema<string | Probe | (ProbeOptions & { name: string })> =>
    typeof one === "string" ? is.probeName : isProbe(one as Probe) ? probeItself : futureProbe,
);

const PARTITIONS = "a list of partition numbers, each once";
const prediction: Entries<PredictOptions> = {
  client,
  topic: is.topicName,
  partitions: v.pipe(
    is.listOf(partition, PARTITIONS),
    v.check((list) => new Set(list).size === list.length, PARTITIONS),
  ),
  lasts: is.durationOf(1),
};
export const predictOptions: Schema<PredictOptions> = fields<PredictOptions>(prediction);
/** Beside them the options of a fault whose kind, target and options are given apart. */
export type OptionsApart = PredictOptions & Readonly<Record<string, unknown>>;
export function predictOptionsApart(own: Own): Schema<OptionsApart> {
  return fieldsOf<OptionsApart>({ ...prediction, ...own.entries }, own.required);
}
/** The options of a kind of fault. */
export interface Own {
  readonly entries: Readonly<Record<string, Schema<unknown>>>;
  readonly required: readonly string[];
}

const checks: Entries<CheckOptions> = {
  ...scoped,
  examples,
  checks: v.array(is.word<CheckerName>(...CHECKERS), "a list of checkers"),
  gapLimit: is.duration,
  recoveryLimit: is.duration,
  ...groupChecks,
};
export const scopeOptions: Schema<ScopeOptions> = fields<ScopeOptions>(scoped);
type ScopeOptions = { topic?: string; client?: string };
type ExampleOptions = Pick<CheckOptions, "topic" | "client" | "examples">;
export const exampleOptions: Schema<ExampleOptions> = fields<ExampleOptions>({ ...scoped, examples });
type LimitOptions = { topic?: string; client?: string; limit?: CheckOptions["gapLimit"] & {} };
export const limitOptions: Schema<LimitOptions> = fields<LimitOptions>({ ...scoped, limit: is.duration });
export const checkOptions: Schema<CheckOptions> = fields<CheckOptions>(checks);
export const explainOptions: Schema<ExplainOptions> = fields<ExplainOptions>({
  ...{ ...scoped, group: groupChecks.group },
  longerThanMs: is.number("a number of milliseconds, 0 or more", (one) => one >= 0 && Number.isFinite(one)),
});
export const anomalyOptions: Schema<AnomalyOptions> = fields<AnomalyOptions>({
  slowerThan: is.duration,
  limit: is.number("a number of rows, 0 or more", (one) => one >= 0),
});

const VERDICTS = [true, false, "unknown"] as never[];
export const verdict: Schema<Verdict> = v.picklist(VERDICTS, 'true, false or "unknown"');
type Holds = NonNullable<ConcludeOptions["holds"]>;
export const concludeOptions: Schema<ConcludeOptions> = fields<ConcludeOptions>({
  ...checks,
  claim: is.text("a claim", SENTENCE),
  holds: v.lazy(
    (one): Schema<Holds> => (typeof one === "function" ? is.verb<Holds & (() => Verdict)>() : verdict),
  ),
  timeout: is.duration,
  print: is.flag,
  picture: is.flag,
  exitCode: is.flag,
});

export type CommonEntries = Entries<Omit<AttachProjectOptions, "project">>;
export const common: CommonEntries = {
  scenario: is.text("a scenario's name"),
  runs: is.path,
  topic: fields<NonNullable<AttachProjectOptions["topic"]>>({
    name: is.topicName,
    create: is.flag,
    ...topic,
  }),
  timeout: is.duration,
  observe: is.flag,
  signal: is.signal,
  onProgress: v.lazy(
    (one): Schema<false | ((line: string) => void)> =>
      typeof one === "function"
        ? is.verb<(line: string) => void>()
        : v.literal(false, "a function, or false"),
  ),
  handleSignals: is.flag,
  security: securityOptions,
};
const cluster: Entries<ClusterOptions> = {
  compose: is.listOf(is.path, "a list of compose files"),
  engine: is.word("auto", "local", "docker"),
  kafka: is.release,
  project: is.text("a compose project's name", 200),
  timers: is.word("default", "fast"),
  properties: is.properties,
};
export const labOptions: Schema<LabOptions> = fields<LabOptions>({
  ...common,
  ...cluster,
  keep: is.flag,
  recording: is.flag,
});
