// The diagnosis: reads the inputs, applies every rule, and sorts the findings by severity.

import { type Duration, toMs } from "../../model/duration.ts";
import { dotenv, type FileReader } from "../../compose/mod.ts";
import {
  type Evidence,
  type Finding,
  type Problem,
  type Rule,
  type Severity,
  SEVERITIES,
} from "./finding.ts";
import { checkRelease } from "../../kafka/mod.ts";
import { type KubernetesProject, named, resourceAt } from "../../kubernetes/mod.ts";
import type { Facts } from "./facts.ts";
import { factsByCluster } from "./clusters.ts";
import { asFix, type FixEdit } from "./fix.ts";
import { groupByNode, withoutConsequences } from "./group.ts";
import { type Input, isEnvName, readFacts } from "./read/mod.ts";
import { RULES } from "./rules/mod.ts";
import { errorWithoutSecrets, secretsIn, withoutSecrets } from "./secrets.ts";
import type { Setting } from "./setting.ts";

/** The options of a diagnosis; all have defaults. */
export interface DiagnoseOptions {
  /** For `${VAR}` in compose files. @default {} */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The text of the `.env` beside the first compose file; overridden by `env`. @default "" */
  readonly dotenv?: string;
  /** Reads an `env_file` of a compose file, by its path as written. @default none exists */
  readonly readFile?: FileReader;
  /** Kafka's version for files that do not name it, such as `3.9`. @default unknown */
  readonly kafka?: string;
  /** The delay of every broker's answers; enables the rules about delays. @default no delay */
  readonly delay?: Duration;
  /**
   * How long the application processes one record; enables the check of the poll interval.
   *
   * @default unknown
   */
  readonly recordTime?: Duration;
  /** True if the application defines its own factories and their source is not given. @default false */
  readonly ownFactory?: boolean;
  /** The least severity that is reported. @default "note" */
  readonly severity?: Severity;
  /** Rules to leave out, by id. @default none */
  readonly ignore?: readonly string[];
}

/**
 * Finds misconfigurations, without a cluster: compose files (merged in order),
 * server.properties (several are one cluster), Spring application files and sources, clients' settings,
 * workers of Connect, applications of Kafka Streams, `.env` files.
 *
 * All inputs are checked together: a client against the brokers that are given with it, or against Kafka's
 * defaults. The most severe findings come first.
 *
 * @throws LabError `BAD_CONFIGURATION`, `BAD_COMPOSE` or `UNSUPPORTED` if an input cannot be read
 * @throws RangeError for an unknown rule, Kafka version or severity; TypeError or RangeError for an invalid
 *   duration
 */
export function diagnose(inputs: readonly Input[], options: DiagnoseOptions = {}): Finding[] {
  const isEnv = (input: Input): boolean => input.kind === "env" || isEnvName(input.file);
  const beside = { file: ".env", text: options.dotenv ?? "" };
  const secrets = secretsIn(
    [...inputs.filter(isEnv), beside],
    inputs.filter((input) => !isEnv(input)),
  );
  try {
    return diagnosed(inputs, options).map((finding) => withoutSecrets(finding, secrets));
  } catch (error) {
    throw errorWithoutSecrets(error, secrets);
  }
}

function diagnosed(inputs: readonly Input[], options: DiagnoseOptions): Finding[] {
  const {
    env = {},
    dotenv: file = "",
    readFile = () => undefined,
    kafka = "",
    delay,
    recordTime,
    ownFactory = false,
    severity = "note",
    ignore = [],
  } = options;
  const unknown = ignore.find((id) => !RULES.some((rule) => rule.id === id));
  if (unknown !== undefined) throw new RangeError(`Cannot ignore the rule ${unknown}: no such rule`);
  if (!SEVERITIES.includes(severity))
    throw new RangeError(`Cannot use the severity ${severity}: expected ${SEVERITIES.join(", ")}`);
  const facts = readFacts(inputs, {
    env: { ...dotenv(file, env), ...env },
    readFile,
    kafka,
    delay:
      delay === undefined || toMs(delay) === 0
        ? null
        : { ms: toMs(delay), text: typeof delay === "string" ? delay : `${delay} ms` },
    recordMs: recordTime === undefined ? null : toMs(recordTime),
    ownFactory,
  });
  if (kafka !== "") checkRelease(kafka);
  const clusters = factsByCluster(facts);
  const found = RULES.filter(({ id }) => !ignore.includes(id)).flatMap((rule) =>
    clusters.flatMap((one) => groupByNode(rule.check(one)).map((problem) => findingOf(rule, problem, one))),
  );
  return withoutConsequences(once(found))
    .filter((finding) => rank(finding) <= SEVERITIES.indexOf(severity))
    .sort(byWeight(inputs));
}

function findingOf(
  rule: Rule,
  { settings, happens, fix, severity = rule.severity }: Problem,
  { kubernetes = null }: Facts,
): Finding {
  const { text, edits } = asFix(fix);
  return {
    rule: rule.id,
    severity,
    title: rule.title,
    evidence: settings.map((setting) => evidenceOf(setting, kubernetes)),
    happens,
    fix: text,
    edits: withoutConflicts([...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()]),
    source: rule.source,
  };
}

/** None where pods of one template would each need another value. */
function withoutConflicts(edits: readonly FixEdit[]): readonly FixEdit[] {
  const places = edits.flatMap((edit) =>
    edit.path !== undefined && "key" in edit
      ? [`${edit.file}:${edit.line} ${JSON.stringify([edit.path, edit.key])}`]
      : [],
  );
  return new Set(places).size === places.length ? edits : [];
}

function evidenceOf(
  { written, value, origin, location: { file, line, column } }: Setting,
  manifests: KubernetesProject | null,
): Evidence {
  const resource = manifests === null ? undefined : resourceAt(manifests, { file, line });
  const document = resource === undefined ? {} : { document: named(resource) };
  return { file, line, column, key: written, value, origin, ...document };
}

// Two clients that share a setting, or two nodes that share an anchor, are one finding.
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, evidence: [first], fix }) => {
    const key =
      `${rule} ${first!.file}:${first!.line}:${first!.column} ${first!.key} ` +
      `${first!.origin === "default" ? fix : ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

function byWeight(inputs: readonly Input[]): (a: Finding, b: Finding) => number {
  const order = new Map(inputs.map(({ file }, i) => [file, i]));
  return (a, b) =>
    rank(a) - rank(b) ||
    (order.get(a.evidence[0]!.file) ?? 0) - (order.get(b.evidence[0]!.file) ?? 0) ||
    a.evidence[0]!.line - b.evidence[0]!.line;
}
