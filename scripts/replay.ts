#!/usr/bin/env -S npx tsx
// A run that is over, judged again and drawn again, without any cluster: `npm run replay -- DIR`.

import process from "node:process";
import { parseArgs } from "node:util";
import {
  agreementLines,
  exitCodeOf,
  explanationSummary,
  LabError,
  openRun,
  print,
  printable,
  printError,
  verdictLines,
  verdictWords,
} from "@kafka-failure-lab/sdk";

const HELP = `npm run replay -- DIR: judges the run in a folder again, and draws it again; without any cluster

  DIR          .lab/runs/SCENARIO/TIME, or notebooks/recordings/SCENARIO/NUMBER
  --json       one JSON object
  -h, --help   this text

exit code: 0 the claim held, 2 it did not, or a prediction did not come, 3 cannot tell, 1 the run cannot be read`;

const { dir, json } = options();
try {
  const run = await openRun(dir);
  const judgement = run.judge();
  const verdict = run.verdictWith(judgement);
  const differences = run.differences(judgement);
  const { scenario, engine, kafka, claim, notes } = run;
  const [agreements, explanation] = [run.agreements(), run.explain()];
  if (json) {
    print(
      JSON.stringify({
        scenario,
        startedAt: run.startedAt.toISOString(),
        engine,
        kafka,
        claim,
        verdict,
        recorded: run.verdict,
        exitCode: exitCodeOf(verdict),
        differences,
        notes,
        judgement,
        agreements,
        explanation,
        run: run.dir,
      }),
    );
  } else {
    print(
      [
        `${scenario} of ${run.startedAt.toISOString()}, Kafka ${kafka}, ${engine} engine`,
        ...notes.map((note) => `note: ${note}`),
        "",
        ...run.timeline({ width: process.stdout.columns ?? 100, explanation }),
        "",
        ...(claim === undefined ? [] : [`claim: ${claim}`]),
        verdictWords(verdict),
        ...verdictLines(judgement),
        ...agreementLines(agreements, { explanation }),
        ...explanationSummary(explanation, { told: agreements }),
      ]
        .map((line) => printable(line))
        .join("\n"),
    );
    print(
      run.verdict === undefined
        ? "no verdict was recorded"
        : differences.length === 0 && run.verdict === verdict
          ? "as recorded"
          : ["not as recorded:", ...differences.map((line) => `  ${printable(line)}`)].join("\n"),
    );
  }
  process.exitCode = exitCodeOf(verdict);
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  printError(String(error));
  process.exitCode = 1;
}

function options(): { dir: string; json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const [dir, ...more] = positionals;
    if (dir === undefined || more.length > 0)
      throw new TypeError(
        `Cannot replay ${dir === undefined ? "nothing" : "more than one run"}: expected one folder`,
      );
    return { dir, json: values.json };
  } catch (error) {
    printError(`${(error as Error).message}\n${HELP}`);
    process.exit(1);
  }
}
