// Diagnoses: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import type { FileReader } from "../compose/mod.ts";
import * as diagnosing from "../analysis/diagnose/mod.ts";
import type { DiagnoseInput, DiagnoseOptions } from "../analysis/diagnose/mod.ts";
import { fields, maybe, needed, reference, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import { madeList } from "./results.ts";
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
    isOptional: is.flag,
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
 * Finds misconfigurations in compose files (merged in order), `server.properties` (several are one cluster),
 * Spring application files and sources, clients' settings, workers of Connect, applications of Kafka Streams
 * and `.env` files. Pure: it needs no cluster and reads no file.
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
 * console.log(findings.map(({ rule }) => rule)); // [ 'acks-leader-only' ]
 */
export const diagnose: typeof diagnosing.diagnose = guarded("diagnose", diagnosing.diagnose, [
  needed("inputs", v.array(input, "a list of files")),
  maybe("options", diagnoseOptions),
]);
const findings = reference(
  "findings",
  madeList<diagnosing.ConfigurationFinding>("diagnose()", "rule", "severity", "evidence"),
);
/**
 * Makes the edits of findings in the texts of their files, and returns the texts that differ. Comments,
 * order, anchors and quotes stay. Pure: it writes no file. An edit without a place is in `skipped`.
 *
 * Edits of two findings may be of one setting: make those of one, and diagnose again.
 *
 * @param inputs the files that were diagnosed
 * @param edits `edits` of one or more findings
 * @throws TypeError for what is no edit of `diagnose()`
 * @example
 * import { applyEdits, diagnose } from "kafka-failure-lab/diagnose";
 *
 * const inputs = [{ file: "producer.properties", text: "bootstrap.servers=a:9092,b:9092\nacks=1 # fast" }];
 * const [finding] = diagnose(inputs);
 * console.log(applyEdits(inputs, finding!.edits).files[0]!.text.split("\n")[1]); // acks=all
 */
export const applyEdits: typeof diagnosing.applyEdits = guarded("applyEdits", diagnosing.applyEdits, [
  needed("inputs", v.array(input, "a list of files")),
  reference("edits", madeList<diagnosing.FixEdit>("diagnose()", "action", "file", "line", "service")),
]);
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
