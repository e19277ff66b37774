#!/usr/bin/env -S npx tsx
// The lab's numbers, each with its target: `npm run bench`.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { print, readable, table } from "@kafka-failure-lab/sdk";
import { printError } from "@kafka-failure-lab/sdk/scenario";
import { count, listOf, oneOf, readArguments, runCommand, UsageError } from "@kafka-failure-lab/sdk/testing";
import { boot } from "../bench/boot.ts";
import { busy } from "../bench/busy.ts";
import { consuming } from "../bench/consuming.ts";
import { docker } from "../bench/docker.ts";
import { explaining } from "../bench/explaining.ts";
import { failover } from "../bench/failover.ts";
import { cells, type Figure, type PartOptions } from "../bench/figure.ts";
import { judging } from "../bench/judging.ts";
import { latency } from "../bench/latency.ts";
import { links } from "../bench/links.ts";
import { observer } from "../bench/observer.ts";
import { scenarios } from "../bench/scenarios.ts";
import { throughput } from "../bench/throughput.ts";

const PARTS: Readonly<Record<string, (options: PartOptions) => Promise<Figure[]>>> = {
  boot,
  latency,
  failover,
  throughput,
  consuming,
  observer,
  judge: judging,
  explain: explaining,
  links,
  docker,
  busy,
  scenarios,
};
/** Measured only where they are asked for: they take half an hour and more. */
const ASKED_FOR = ["busy", "scenarios"];
const DEFAULT = Object.keys(PARTS).filter((part) => !ASKED_FOR.includes(part));

const HELP = `npm run bench -- [options]: measures the lab against its targets

  --only a,b   some of ${Object.keys(PARTS).join(", ")}; default all but
               ${ASKED_FOR.join(", ")}
  --runs N     how often each is measured; default: scenarios 1, boot 3, busy, judge, explain, links
               and docker 5 (some of their figures a multiple of it), consuming 6, latency,
               throughput and failover 10, observer 20
  --json       prints one JSON object last
  -h, --help   this text

exit code: 0 every target met, 2 one missed, 1 the benchmark failed`;

const OPTIONS = {
  only: listOf(oneOf(Object.keys(PARTS))),
  runs: count({ least: 1, most: 100_000 }),
  json: "flag",
} as const;

await runCommand("npm run bench --", HELP, async () => {
  const given = readArguments(process.argv.slice(2), OPTIONS);
  if (given === null) return null;
  const { only = DEFAULT, runs, json } = given.values;
  if (only.length === 0) throw new UsageError("Cannot measure nothing: --only names no part");
  process.exit(await measure(only, runs, json)); // what a part left open would keep the program alive
});

async function measure(only: readonly string[], runs: number | undefined, json: boolean): Promise<0 | 2> {
  const began = performance.now();
  const say = (line: string): void => printError(`bench ${readable(performance.now() - began)}: ${line}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-bench-"));
  // Ctrl-C ends the program where a lab is closed
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const figures: Figure[] = [];
  for (const part of only) figures.push(...(await PARTS[part]!({ runs, folder, say })));

  const header = ["", "min", "median", "max", "", "runs", "target", ""];
  const align = ["left", "right", "right", "right", "left", "right"] as const;
  print(table([header, ...figures.map(cells)], { align }).join("\n"));
  const missed = figures.filter(({ holds }) => holds === false);
  print(missed.length === 0 ? "every target holds" : `missed: ${missed.map(({ what }) => what).join("; ")}`);
  if (json)
    print(
      JSON.stringify({
        node: process.version,
        cpus: os.availableParallelism(),
        tookMs: Math.round(performance.now() - began),
        missed: missed.length,
        figures,
      }),
    );
  return missed.length === 0 ? 0 : 2;
}
