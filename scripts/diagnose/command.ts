// The command line of the diagnosis: files in, text out.

import path from "node:path";
import {
  type ConfigurationFinding,
  diagnose,
  type DiagnoseInput,
  type DiagnoseOptions,
  table,
} from "@kafka-failure-lab/sdk";
import {
  CONFIGURATION_KINDS,
  CONFIGURATION_RULES,
  diagnosisLines,
  sarif,
  SEVERITIES,
} from "@kafka-failure-lab/sdk/diagnose";
import { version } from "@kafka-failure-lab/sdk/scenario";
import {
  duration,
  failed,
  kafkaVersion,
  oneOf,
  type Printed,
  readArguments,
  text,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";

import { fixAll } from "./fix.ts";
import { envText, inputsOf, isFolder, textOf } from "./inputs.ts";
import { save, shownFixes, writtenLine } from "./write.ts";

/** What --help prints. */
export const HELP: string = `npm run diagnose -- FILE...: finds misconfigurations of Kafka and its clients

FILEs are checked together, without a cluster: compose files (merged in order, like docker compose -f a -f b),
server.properties (several are one cluster), Spring application.yml and .properties, .java and .kt files with
factory beans, clients' .properties, settings of kafkajs and librdkafka as JSON, workers of Kafka Connect,
applications of Kafka Streams, .env files, Kubernetes manifests (Strimzi's resources, pods with ' +
  'Kafka, what helm
template renders); a folder stands for the files in it that are of these kinds

  --as [FILE=]KIND     the kind of a file, if name and content do not show it:
                       ${CONFIGURATION_KINDS.join(", ")}
  --env-file FILE      a compose file's variables, in place of the .env beside it; may be repeated
  --delay DURATION     delay of every broker's answers: 30s; a bare number is milliseconds
  --record-time D      how long the application processes one record: 200ms
  --kafka VERSION      for files that do not name it: 3.9
  --own-factory        the application defines its own producer and consumer factories
  --severity S         the least severity to report: error, warning or note
  --ignore RULE,...    leave these rules out
  --json | --sarif     findings as a JSON array with their edits, or as SARIF 2.1.0
  --fix                shows the fixes that a program can make as a diff; on a terminal it asks and writes
  --write              writes them, and diagnoses the result
  --rules              lists all rules
  -h, --help           this text

exit code: 0 no findings, or notes only, 2 errors or warnings, 3 none of these, but a file or a part of one
was not judged (rule not-judged), 1 an input cannot be read`;

const OPTIONS = {
  as: { many: text },
  "env-file": { many: text },
  delay: duration,
  "record-time": duration,
  kafka: kafkaVersion,
  "own-factory": "flag",
  severity: oneOf(SEVERITIES),
  ignore: { many: text },
  json: "flag",
  sarif: "flag",
  fix: "flag",
  write: "flag",
  rules: "flag",
} as const;

type Given = Values<typeof OPTIONS>;

/** Where the command runs. */
export interface Invocation {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the command has to say, and what it would write if asked to. */
export interface Diagnosed extends Printed {
  /** Writes the fixes that `--fix` has shown, and says what is left. @default nothing to write */
  write?(): Printed;
}

/** Runs the command line; it reads files, and writes them with `--write` only. */
export function diagnoseCommand(argv: readonly string[], invocation: Invocation): Diagnosed {
  try {
    const given = readArguments(argv, OPTIONS, { positionals: Infinity });
    if (given === null) return { exitCode: 0, out: HELP, err: "" };
    const { values, positionals } = given;
    if (values.rules)
      return {
        exitCode: 0,
        out: values.json
          ? json(
              CONFIGURATION_RULES.map(({ id, severity, title, source }) => ({ id, severity, title, source })),
            )
          : rulesTable(),
        err: "",
      };
    return run(positionals, values, invocation);
  } catch (error) {
    return failed("npm run diagnose --", error, invocation.env);
  }
}

function run(files: readonly string[], values: Given, invocation: Invocation): Diagnosed {
  if (files.length === 0) throw new UsageError("Cannot diagnose: no FILE is given");
  if (values.fix && (values.write || values.json || values.sarif))
    throw new UsageError("Cannot combine --fix with --write, --json or --sarif: it shows a diff");
  const inputs = inputsOf(files, values.as, invocation.cwd);
  const options = optionsOf(files, values, invocation);
  const diagnoseAll: DiagnoseAll = (all) =>
    diagnose(all, options).filter((finding) => isWanted(finding, values.severity));
  if (!values.fix && !values.write) return printed(files, values, diagnoseAll(inputs));
  const { found, files: edited, made, left } = fixAll(inputs, diagnoseAll);
  const write = (): Printed => {
    save(edited, invocation.cwd);
    const result = printed(files, values, left);
    return {
      ...result,
      err: [writtenLine(edited, made.length), result.err].filter((one) => one !== "").join("\n"),
    };
  };
  if (values.write) return write();
  const before = printed(files, values, found);
  return edited.length === 0
    ? { ...before, err: "nothing that a program can fix" }
    : { ...before, ...shownFixes(edited, made, left), write };
}

type DiagnoseAll = (inputs: readonly DiagnoseInput[]) => readonly ConfigurationFinding[];

function printed(
  files: readonly string[],
  values: Given,
  findings: readonly ConfigurationFinding[],
): Printed {
  const exitCode = findings.some(isBad) ? 2 : findings.some(isNotJudged) ? 3 : 0;
  if (values.sarif) return { exitCode, out: json(sarif(findings, version)), err: "" };
  if (values.json) return { exitCode, out: json(findings), err: "" };
  const err =
    findings.length === 0
      ? `nothing found in ${files.length === 1 ? files[0]! : `${files.length} files`}`
      : "";
  return { exitCode, out: diagnosisLines(findings).join("\n"), err };
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

function isBad({ severity }: ConfigurationFinding): boolean {
  return severity !== "note";
}

function isNotJudged({ rule }: ConfigurationFinding): boolean {
  return rule === "not-judged";
}

/** What was not judged is reported at every severity: silence would mean that nothing is wrong. */
function isWanted(finding: ConfigurationFinding, least: Given["severity"]): boolean {
  return (
    least === undefined ||
    isNotJudged(finding) ||
    SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(least)
  );
}

function optionsOf(files: readonly string[], values: Given, { cwd, env }: Invocation): DiagnoseOptions {
  const { delay, "record-time": recordTime, kafka } = values;
  const first = path.resolve(cwd, files[0]!);
  const folder = isFolder(first) ? first : path.dirname(first);
  const named = values["env-file"].map((file) => textOf(file, cwd));
  return {
    env,
    dotenv: named.length > 0 ? named.join("\n") : (envText(path.resolve(folder, ".env")) ?? ""),
    readFile: (name) => envText(path.resolve(folder, name)),
    ...(delay !== undefined && { delay }),
    ...(recordTime !== undefined && { recordTime }),
    ...(kafka !== undefined && { kafka }),
    ...(values["own-factory"] && { ownFactory: true }),
    ignore: values.ignore.flatMap((ids) => ids.split(",")).filter((id) => id !== ""),
  };
}

function rulesTable(): string {
  return table([
    ["rule", "severity", "what"],
    ...CONFIGURATION_RULES.map(({ id, severity, title }) => [id, severity, title]),
  ]).join("\n");
}
