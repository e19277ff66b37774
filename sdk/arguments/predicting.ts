// Predictions and diagnoses from files and facts: each function with what it takes.
// What a function does is documented where it is made.

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

export const diagnose: typeof diagnosing.diagnose = guarded("diagnose", diagnosing.diagnose, [
  needed("inputs", v.array(input, "a list of files")),
  maybe("options", diagnoseOptions),
]);
const findings = reference(
  "findings",
  madeList<diagnosing.ConfigurationFinding>("diagnose()", "rule", "severity", "evidence"),
);
export const diagnosisLines: typeof diagnosing.diagnosisLines = guarded(
  "diagnosisLines",
  diagnosing.diagnosisLines,
  [findings],
);
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

export const fromCompose: typeof predicting.fromCompose = guarded("fromCompose", predicting.fromCompose, [
  reference("project", made("readCompose()", "services", "files", "notes")),
  needed("circumstances", circumstancesOf),
]);
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
export const resolveFault: typeof making.resolveFault = guarded("resolveFault", making.resolveFault, [
  needed("fault", faultWithoutTarget),
  needed("targets", v.array(is.broker, "a list of broker numbers")),
]);
export const faultKinds: typeof making.faultKinds = guarded("faultKinds", making.faultKinds, []);
export const predict: typeof predicting.predict = guarded("predict", predicting.predict, [
  reference(
    "circumstances",
    made<Circumstances>("fromCompose() or circumstances()", "nodes", "voters", "topic", "client", "fault"),
  ),
]);
