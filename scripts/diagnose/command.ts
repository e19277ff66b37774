// The command line of the diagnosis: files in, text out. The only part of it that reads the disk.

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
  type ConfigurationKind,
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
  quoted,
  readArguments,
  readText,
  readTextIfThere,
  text,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";

/** What --help prints. */
export const HELP: string = `npm run diagnose -- FILE...: finds misconfigurations of Kafka and its clients

FILEs are checked together, without a cluster: compose files (merged in order, like docker compose -f a -f b),
server.properties, Spring application.yml and .properties, .java and .kt files with factory beans, clients'
.properties, settings of kafkajs and librdkafka as JSON

  --as [FILE=]KIND     the kind of a file, if name and content do not show it:
                       ${CONFIGURATION_KINDS.join(", ")}
  --delay DURATION     delay of every broker's answers: 30s; a bare number is milliseconds
  --record-time D      how long the application processes one record: 200ms
  --kafka VERSION      for files that do not name it: 3.9
  --own-factory        the application defines its own producer and consumer factories
  --severity S         the least severity to report: error, warning or note
  --ignore RULE,...    leave these rules out
  --json | --sarif     findings as a JSON array, or as SARIF 2.1.0
  --rules              lists all rules
  -h, --help           this text

exit code: 0 no findings, or notes only, 2 errors or warnings, 1 an input cannot be read`;

const OPTIONS = {
  as: { many: text },
  delay: duration,
  "record-time": duration,
  kafka: kafkaVersion,
  "own-factory": "flag",
  severity: oneOf(SEVERITIES),
  ignore: { many: text },
  json: "flag",
  sarif: "flag",
  rules: "flag",
} as const;

type Given = Values<typeof OPTIONS>;

/** Where the command runs. */
export interface Invocation {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs the command line; it reads files and touches nothing else. */
export function diagnoseCommand(argv: readonly string[], invocation: Invocation): Printed {
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

function run(files: readonly string[], values: Given, invocation: Invocation): Printed {
  if (files.length === 0) throw new UsageError("Cannot diagnose: no FILE is given");
  const findings = diagnose(inputsOf(files, values.as, invocation), optionsOf(files, values, invocation));
  const exitCode = findings.some(isBad) ? 2 : 0;
  if (values.sarif) return { exitCode, out: json(sarif(findings, version)), err: "" };
  if (values.json) return { exitCode, out: json(findings), err: "" };
  const err =
    findings.length === 0
      ? `nothing found in ${files.length === 1 ? files[0] : `${files.length} files`}`
      : "";
  return { exitCode, out: diagnosisLines(findings).join("\n"), err };
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

function isBad({ severity }: ConfigurationFinding): boolean {
  return severity !== "note";
}

function inputsOf(files: readonly string[], as: readonly string[], { cwd }: Invocation): DiagnoseInput[] {
  const kinds = new Map(
    as.map((text): [string, ConfigurationKind] => {
      const [, file = "", kind = ""] = /^(?:(.*)=)?([^=]*)$/.exec(text) ?? [];
      const known = CONFIGURATION_KINDS.find((one) => one === kind);
      if (known === undefined)
        throw new UsageError(
          `Cannot take a file for ${quoted(kind)}: there are ${CONFIGURATION_KINDS.join(", ")}`,
        );
      if (file !== "" && !files.includes(file))
        throw new UsageError(`Cannot take ${quoted(file)} for ${kind}: it is not among the files`);
      return [file, known];
    }),
  );
  return files.map((file) => {
    const kind = kinds.get(file) ?? kinds.get("");
    return { file: shown(file, cwd), text: textOf(file, cwd), ...(kind !== undefined && { kind }) };
  });
}

function optionsOf(files: readonly string[], values: Given, { cwd, env }: Invocation): DiagnoseOptions {
  const { delay, "record-time": recordTime, kafka, severity } = values;
  const folder = path.dirname(path.resolve(cwd, files[0]!));
  return {
    env,
    dotenv: envText(path.resolve(folder, ".env")) ?? "",
    readFile: (name) => envText(path.resolve(folder, name)),
    ...(delay !== undefined && { delay }),
    ...(recordTime !== undefined && { recordTime }),
    ...(kafka !== undefined && { kafka }),
    ...(values["own-factory"] && { ownFactory: true }),
    ...(severity !== undefined && { severity }),
    ignore: values.ignore.flatMap((ids) => ids.split(",")).filter((id) => id !== ""),
  };
}

// Relative to here, as code hosts want it.
function shown(file: string, cwd: string): string {
  const relative = path.relative(cwd, path.resolve(cwd, file));
  return relative.startsWith("..") ? file : relative;
}

function textOf(file: string, cwd: string): string {
  return readText(path.resolve(cwd, file), { code: "BAD_CONFIGURATION", shown: file });
}

function envText(file: string): string | undefined {
  return readTextIfThere(file, { code: "BAD_COMPOSE", what: "read the env file" });
}

function rulesTable(): string {
  return table([
    ["rule", "severity", "what"],
    ...CONFIGURATION_RULES.map(({ id, severity, title }) => [id, severity, title]),
  ]).join("\n");
}
