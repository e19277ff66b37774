#!/usr/bin/env -S npx tsx
// Judges and draws a finished run again, without a cluster: `npm run replay -- DIR`.

import process from "node:process";
import { openRun, print, printable } from "@kafka-failure-lab/sdk";
import {
  explanationSummary,
  groupPredictionCheckLines,
  predictionCheckLines,
  verdictLines,
} from "@kafka-failure-lab/sdk/report";
import { exitCodeOf, verdictWords } from "@kafka-failure-lab/sdk/scenario";
import { fromReader, quoted, readArguments, runCommand, UsageError } from "@kafka-failure-lab/sdk/testing";

const HELP = `npm run replay -- DIR: judges and draws the run in a folder again, without a cluster

  DIR          .lab/runs/SCENARIO/TIME, or notebooks/recordings/SCENARIO/NUMBER
  --json       one JSON object
  -h, --help   this text

exit code: 0 claim and predictions confirmed, 2 claim or prediction failed, 3 inconclusive, 1 unreadable run`;

await runCommand("npm run replay --", HELP, () => {
  const given = readArguments(process.argv.slice(2), { json: "flag" }, { positionals: Infinity });
  return given && replay(folderOf(given.positionals), given.values.json);
});

function folderOf([dir, ...more]: readonly string[]): string {
  if (dir === undefined) throw new UsageError("Cannot replay: expected a folder");
  if (more.length > 0)
    throw new UsageError(
      `Cannot replay more than one run: expected one folder, got ${quoted(more[0]!)}, too`,
    );
  return fromReader(dir);
}

async function replay(dir: string, json: boolean): Promise<number> {
  const run = await openRun(dir);
  const judgement = run.judge();
  const verdict = run.verdictWith(judgement);
  const differences = run.differences(judgement);
  const { scenario, engine, kafka, claim, notes } = run;
  const [agreements, groupAgreements, explanation] = [
    run.predictionChecks(),
    run.groupPredictionChecks(),
    run.explain(),
  ];
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
        groupAgreements,
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
        ...predictionCheckLines(agreements, { explanation }),
        ...groupPredictionCheckLines(groupAgreements),
        ...explanationSummary(explanation, { checks: agreements }),
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
  return exitCodeOf(verdict);
}
