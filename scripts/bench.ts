#!/usr/bin/env -S npx tsx
// The lab's numbers, each with its target: `npm run bench`.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { readable, table } from "@kafka-failure-lab/sdk";
import { boot } from "../bench/boot.ts";
import { docker } from "../bench/docker.ts";
import { failover } from "../bench/failover.ts";
import { cells, type Figure, type PartOptions } from "../bench/figure.ts";
import { judging } from "../bench/judging.ts";
import { latency } from "../bench/latency.ts";
import { links } from "../bench/links.ts";
import { observer } from "../bench/observer.ts";
import { throughput } from "../bench/throughput.ts";

const PARTS: Readonly<Record<string, (options: PartOptions) => Promise<Figure[]>>> = {
  boot,
  latency,
  failover,
  throughput,
  observer,
  judge: judging,
  links,
  docker,
};

const HELP = `npm run bench -- [options]: measures the lab against its targets

  --only a,b   some of ${Object.keys(PARTS).join(", ")}; default all
  --runs N     how often each is measured; default: boot 3, judge, links and docker 5 (some of their figures
               a multiple of it), latency, throughput and failover 10, observer 20
  --json       prints one JSON object last
  -h, --help   this text

exit code: 0 every target holds, 2 one was missed, 1 the benchmark itself failed`;

const { only, runs, json } = options();
const began = performance.now();
const say = (line: string): void => console.error(`bench ${readable(performance.now() - began)}: ${line}`);
const folder = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })); // Ctrl-C ends the program where a lab is closed
const figures: Figure[] = [];
for (const part of only) figures.push(...(await PARTS[part]!({ runs, folder, say })));

const header = ["", "min", "median", "max", "", "runs", "target", ""];
console.log(
  table([header, ...figures.map(cells)], {
    align: ["left", "right", "right", "right", "left", "right"],
  }).join("\n"),
);
const missed = figures.filter(({ holds }) => holds === false);
console.log(
  missed.length === 0 ? "every target holds" : `missed: ${missed.map(({ what }) => what).join("; ")}`,
);
if (json)
  console.log(
    JSON.stringify({
      node: process.version,
      cpus: os.availableParallelism(),
      tookMs: Math.round(performance.now() - began),
      missed: missed.length,
      figures,
    }),
  );
process.exit(missed.length === 0 ? 0 : 2);

function options(): { only: string[]; runs: number | undefined; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        runs: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const only = values.only?.split(",").map((name) => name.trim()) ?? Object.keys(PARTS);
    const unknown = only.find((name) => PARTS[name] === undefined);
    if (unknown !== undefined)
      throw new TypeError(
        `Cannot measure ${JSON.stringify(unknown)}: the parts are ${Object.keys(PARTS).join(", ")}`,
      );
    if (values.runs !== undefined && !/^[1-9]\d*$/.test(values.runs))
      throw new TypeError(
        `Cannot measure ${JSON.stringify(values.runs)} times: expected a whole number above 0`,
      );
    return { only, runs: values.runs === undefined ? undefined : Number(values.runs), json: values.json };
  } catch (error) {
    console.error(`${(error as Error).message}\n${HELP}`);
    process.exit(1);
  }
}
