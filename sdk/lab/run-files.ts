// The files that `conclude` writes into the run's folder: verdict.json, explanation.txt, timeline.txt and
// .svg.

import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CheckOptions, Verdict } from "../analysis/check/mod.ts";
import type { Explanation } from "../analysis/explain/mod.ts";
import type { LabError } from "../model/errors.ts";
import { printable } from "../model/printable.ts";
import type { Picture } from "../report/svg/mod.ts";
import { explanationLines } from "../report/text/mod.ts";
import { cannotWrite } from "../runtime/disk.ts";
import type { Conclusion } from "./conclusion.ts";

export interface RunFiles {
  writeVerdict(conclusion: Conclusion, from: { asked: CheckOptions; holds: Verdict }): void;
  /** @param missing lines on what it could not rest on */
  writeExplanation(explanation: Explanation, missing: readonly string[]): void;
  writeTimeline(picture: Picture): void;
  /** The first failure; the files after it are tried all the same. */
  readonly failure: LabError | undefined;
}

/** @param isReplay nothing is written then */
export function makeRunFiles(dir: string, { isReplay }: { isReplay: boolean }): RunFiles {
  let failure: LabError | undefined;
  const write = (name: string, text: string): void => {
    const file = path.join(dir, name);
    try {
      if (!isReplay) writeFileSync(file, text, { mode: 0o600 });
    } catch (cause) {
      failure ??= cannotWrite(`write ${name}`, cause, { file, remedy: "run" });
    }
  };
  return {
    get failure() {
      return failure;
    },
    writeVerdict(conclusion, { asked, holds }) {
      const { claim, verdict, exitCode, judgement } = conclusion;
      const { predictionChecks: agreements, groupPredictionChecks: groupAgreements } = conclusion;
      const value = { claim, verdict, exitCode, judgement, agreements, groupAgreements, asked, holds };
      write("verdict.json", jsonText(value));
    },
    writeExplanation: (explanation, missing) =>
      write("explanation.txt", `${[...explanationLines(explanation), ...missing].join("\n")}\n`),
    writeTimeline({ text, svg }) {
      write("timeline.txt", `${text.join("\n")}\n`);
      if (svg !== undefined) write("timeline.svg", svg);
    },
  };
}

/** Safe to print on a terminal: a JSON text made printable has the same value. */
function jsonText(value: unknown): string {
  return `${printable(JSON.stringify(value, null, 2), { lines: true })}\n`;
}
