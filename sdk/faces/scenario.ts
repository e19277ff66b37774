// The face `kafka-failure-lab/scenario`: what a scenario script needs beside a lab: options, output, verdict.

export { about, runtime, whyReplay } from "../arguments/labs.ts";
export { output, print, printable, printError, progressReporter, show } from "../arguments/printing.ts";
export { compareResults, finish, ownArguments, scenarioOptions } from "../arguments/scripts.ts";
export { exitCodeOf, mergeVerdicts, readable, toMs, verdictWords } from "../arguments/words.ts";
export { version } from "../cli/about.ts";
export type { Figure, Result } from "../cli/result.ts";
export type { Fix, ScenarioDefaults, ScenarioOptions } from "../cli/scenario.ts";
export { isNotebook } from "../notebook/notebook.ts";
export type { ProgressReporter } from "../notebook/progress.ts";
export type { ReplayReason } from "../recording/mod.ts";
export type { PrintableOptions } from "../model/printable.ts";
export type { PrintOptions } from "../runtime/print.ts";
export type { Picture } from "../report/svg/mod.ts";
export type { Verdict } from "../analysis/check/mod.ts";
export type { Duration } from "../model/duration.ts";
