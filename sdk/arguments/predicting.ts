// Predictions and diagnoses from files and facts: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import type { FileReader } from "../compose/mod.ts";
import * as diagnosing from "../analysis/diagnose/mod.ts";
import type { DiagnoseInput, DiagnoseOptions } from "../analysis/diagnose/mod.ts";
import * as making from "../faults/mod.ts";
import { kindNames, kindOf } from "../faults/mod.ts";
import { faultWithoutTarget } from "./fault-values.ts";
import type { FaultKind, ProcessEffect, ResolvedFault } from "../model/fault.ts";
import * as predicting from "../analysis/predict/mod.ts";
import type {
  Circumstances,
  ClusterFacts,
  ComposeCircumstances,
  ComposeClient,
  ComposeTopic,
} from "../analysis/predict/mod.ts";
import type { NetFault } from "../model/traffic.ts";
import { fields, maybe, needed, reference, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import { clientEntries } from "./options.ts";
import { made, madeList } from "./results.ts";
import * as is from "./values.ts";

const settings: Schema<Readonly<Record<string, string | undefined>>> = v.record(
  v.string(),
  v.optional(v.string("text")),
  "an object of names and text",
);
const input: Schema<DiagnoseInput> = fields<DiagnoseInput>(
  {
    file: is.text("a file's name", 4_096),
    text: v.string("text"),
    kind: is.word(...diagnosing.CONFIGURATION_KINDS),
  },
  ["file", "text"],
);
const diagnoseOptions: Schema<DiagnoseOptions> = fields<DiagnoseOptions>({
  env: settings,
  dotenv: v.string("text"),
  readFile: is.verb<FileReader>(),
  kafka: v.string("a Kafka version"),
  delay: is.duration,
  recordTime: is.duration,
  ownFactory: is.flag,
  severity: is.word(...diagnosing.SEVERITIES),
  ignore: v.array(v.string("a rule's id"), "a list of rules' ids"),
});

/**
 * Finds misconfigurations in compose files (merged in order), `server.properties`, Spring application files
 * and sources, and clients' settings. Pure: it needs no cluster and reads no file.
 *
 * All inputs are read together: a client is judged against the brokers given with it, otherwise against
 * Kafka's defaults. The most severe findings come first.
 *
 * @throws LabError BAD_CONFIGURATION, BAD_COMPOSE or UNSUPPORTED for an input that cannot be read
 * @throws TypeError, RangeError for a wrong option, such as an unknown rule in `ignore` or an unknown Kafka
 *   version
 * @example
 * import { diagnose } from "kafka-failure-lab";
 *
 * const text = "bootstrap.servers=a:9092,b:9092\nacks=1";
 * const findings = diagnose([{ file: "producer.properties", text }]);
 * console.log(findings.map(({ rule }) => rule)); // [ 'acks-leader-only', 'retries-reorder' ]
 */
export const diagnose: typeof diagnosing.diagnose = guarded("diagnose", diagnosing.diagnose, [
  needed("inputs", v.array(input, "a list of files")),
  maybe("options", diagnoseOptions),
]);
const findings = reference(
  "findings",
  madeList<diagnosing.ConfigurationFinding>("diagnose()", "rule", "severity", "evidence"),
);
/** Formats findings as lines of text; no findings give no lines. */
export const diagnosisLines: typeof diagnosing.diagnosisLines = guarded(
  "diagnosisLines",
  diagnosing.diagnosisLines,
  [findings],
);
/**
 * Converts findings to a SARIF 2.1.0 log for code hosts. File names become URIs relative to the working
 * directory.
 *
 * @param version the version of the tool that the log names
 */
export const sarif: typeof diagnosing.sarif = guarded("sarif", diagnosing.sarif, [
  findings,
  needed("version", is.text("a version")),
]);

const predictable = v.lazy(() =>
  is.word<FaultKind>(...kindNames().filter((name) => kindOf(name)!.isPredictable)),
);
const fault: Schema<ResolvedFault> = fields<Omit<ResolvedFault, "disk">>(
  {
    kind: predictable,
    targets: v.array(is.broker, "a list of broker numbers"),
    process: is.word<ProcessEffect>("shutdown", "death", "freeze"),
    network: madeList<NetFault>("circumstances()", "kind", "broker", "path", "direction"),
    lastsMs: is.number("a number of milliseconds, 0 or more", (ms) => ms >= 0 && Number.isFinite(ms)),
  },
  ["kind", "targets"],
);
const topic: Schema<ComposeTopic> = fields<ComposeTopic>({
  topic: is.topicName,
  replicationFactor: is.whole(1, 32_767),
  minIsr: is.whole(1, 32_767),
  uncleanElection: is.flag,
});
const { topic: _, ...composeClient } = clientEntries;
const bootstrapWord = is.word("all", "one");
const brokers = is.listOf(is.broker, '"all", "one" or a list of broker numbers');
const client: Schema<ComposeClient> = fields<ComposeClient>({
  ...composeClient,
  bootstrap: v.lazy(
    (one): Schema<"all" | "one" | readonly number[]> => (typeof one === "string" ? bootstrapWord : brokers),
  ),
  isWarm: is.flag,
});
const circumstancesOf: Schema<ComposeCircumstances> = fields<ComposeCircumstances>(
  {
    topic,
    client,
    fault,
    leader: is.broker,
    controller: is.nullable(is.whole(0, is.MOST)),
    kafka: is.text("a Kafka version", 100),
    engine: is.nullable(is.word("local", "docker")),
  },
  ["fault"],
);

/**
 * Derives the circumstances of a fault from a compose project, for `predict()`.
 *
 * @throws LabError BAD_COMPOSE, also for a setting that Kafka would refuse; UNSUPPORTED
 * @throws RangeError for a broker that the project does not have, or an unknown Kafka version
 * @throws TypeError for an invalid topic name or client setting
 * @example
 * import { faults, fromCompose, predict, readCompose, resolveFault } from "kafka-failure-lab";
 *
 * const fault = resolveFault(faults.kill(1), [1]);
 * const circumstances = fromCompose(readCompose(["as-posted"]), { fault });
 * console.log(predict(circumstances).sentence); // leader does not move, no send is acknowledged; …
 */
export const fromCompose: typeof predicting.fromCompose = guarded("fromCompose", predicting.fromCompose, [
  reference("project", made("readCompose()", "services", "files", "notes")),
  needed("circumstances", circumstancesOf),
]);
/**
 * Derives the circumstances of a fault from the state of a running cluster, for `predict()`.
 *
 * @throws RangeError if the cluster has no such partition
 */
export const circumstances: typeof predicting.circumstances = guarded(
  "circumstances",
  predicting.circumstances,
  [
    reference(
      "facts",
      made<ClusterFacts>(
        "the documentation of ClusterFacts",
        "nodes",
        "description",
        "topic",
        "client",
        "fault",
      ),
    ),
  ],
);
/**
 * Resolves a fault for brokers that are known, without a cluster, as `fromCompose()` takes it.
 *
 * @param targets broker numbers, from 1
 * @throws RangeError for an unknown kind; TypeError, RangeError for a wrong option
 */
export const resolveFault: typeof making.resolveFault = guarded("resolveFault", making.resolveFault, [
  needed("fault", faultWithoutTarget),
  needed("targets", v.array(is.broker, "a list of broker numbers")),
]);
/** Returns every kind of fault, the lab's own first, with its options and a description of each. */
export const faultKinds: typeof making.faultKinds = guarded("faultKinds", making.faultKinds, []);
/**
 * Predicts what a fault does to one client: which broker leads next, from when the client is served, and
 * what may be lost, duplicated or left unknown. Times are milliseconds after the fault. Pure: the same
 * circumstances give the same prediction.
 *
 * @example
 * import { fromCompose, predict, readCompose } from "kafka-failure-lab";
 *
 * const fault = { kind: "kill", targets: [1] } as const;
 * const { failsOver, gap } = predict(fromCompose(readCompose(), { fault }));
 * console.log(failsOver, gap); // 1 { fromMs: …, toMs: … }
 */
export const predict: typeof predicting.predict = guarded("predict", predicting.predict, [
  reference(
    "circumstances",
    made<Circumstances>("fromCompose() or circumstances()", "nodes", "voters", "topic", "client", "fault"),
  ),
]);
