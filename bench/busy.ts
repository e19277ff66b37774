// What a busy machine makes of verdicts: `01-broker-stops`, again and again, beside ten busy loops a
// processor, and on the machine as it is.
//
//   npm run bench -- --only busy --runs 20
//
// A verdict that the machine could have made has to be inconclusive: none may be false, and at most half may
// be inconclusive. Without the loops each has to be true. It takes half an hour, so it is no part of the
// other figures.

import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import { type Figure, figure, type PartOptions } from "./figure.ts";
import { scenarioProgram } from "./scenario-program.ts";

const RUNS = 5;
const LOOPS_A_PROCESSOR = 10;
const HOWS = ["stop", "kill"] as const;

/** Runs the scenario beside busy loops, then without. */
export async function busy({ runs = RUNS, folder, say }: PartOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const isBusy of [true, false])
    for (const how of HOWS) {
      const loops = isBusy ? startLoops(LOOPS_A_PROCESSOR * os.availableParallelism()) : [];
      try {
        const codes: number[] = [];
        for (let run = 1; run <= runs; run++) {
          codes.push(await scenarioProgram("01-broker-stops", ["--how", how], { TMPDIR: folder }));
          say(`${how}, ${isBusy ? "busy" : "as it is"}, ${run} of ${runs}: ${wordOf(codes.at(-1)!)}`);
        }
        figures.push(...figuresOf(codes, how, isBusy));
      } finally {
        for (const loop of loops) loop.kill("SIGKILL");
      }
    }
  return figures;
}

function figuresOf(codes: readonly number[], how: string, isBusy: boolean): Figure[] {
  const share = (wanted: (code: number) => boolean): number[] => [codes.filter(wanted).length / codes.length];
  const name = `01-broker-stops --how ${how}, ${isBusy ? "beside busy loops" : "as the machine is"}`;
  const none = [{ statistic: "max", atMost: 0 }] as const;
  return [
    figure(
      `${name}: false verdicts or failed`,
      "ratio",
      share((code) => code !== 0 && code !== 3),
      none,
    ),
    figure(
      `${name}: inconclusive`,
      "ratio",
      share((code) => code === 3),
      [{ statistic: "max", atMost: isBusy ? 0.5 : 0 }],
    ),
  ];
}

function wordOf(code: number): string {
  return { 0: "true", 2: "false", 3: "inconclusive" }[code] ?? `failed with ${code}`;
}

/** Loops that end with this process, however it ends: the shell looks for its parent. */
function startLoops(count: number): ChildProcess[] {
  const loop = "while kill -0 $PPID 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";
  return Array.from({ length: count }, () => spawn("sh", ["-c", loop], { stdio: "ignore" }));
}
