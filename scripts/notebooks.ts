#!/usr/bin/env -S npx tsx
// Writes and executes the notebooks of scripts/NN-name.ts: `npm run notebooks -- --help`

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { print, readable } from "@kafka-failure-lab/sdk";
import { compareResults, printError } from "@kafka-failure-lab/sdk/scenario";
import { makeFolders, runCommand } from "@kafka-failure-lab/sdk/testing";
import {
  capturedOf,
  type Language,
  LANGUAGES,
  type Notebook,
  readNotebook,
  withOutputs,
  writeNotebook,
} from "./notebook/file.ts";
import { saidLines } from "./notebook/failure.ts";
import { HELP, type NotebooksOptions, notebooksOptions } from "./notebook/options.ts";
import { toNotebook } from "./notebook/percent.ts";
import { capturedFrom, recording } from "./notebook/recording.ts";
import { runNotebook } from "./notebook/run.ts";
import { type KernelSpec, readSpec } from "./notebook/spec.ts";
import { keepOutputs } from "./notebook/stale.ts";
import { notebookFile, notebooks, root, scriptFile } from "./notebook/where.ts";

type ExitCode = 0 | 1 | 2;

// kernels are in this program's process group, and are killed with it
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => process.exit(code));
await runCommand("npm run notebooks --", HELP, async () => {
  const options = notebooksOptions(process.argv.slice(2));
  return options === undefined ? null : await writeAll(options);
});

async function writeAll(options: NotebooksOptions): Promise<ExitCode> {
  // cells are always written for tslab's kernel: the file does not depend on the kernel that executes them
  const committed = readSpec("tslab");
  const spec = readSpec(options.kernel);
  let worst: ExitCode = 0;
  for (const name of options.names) {
    const [en, ko] = LANGUAGES.map((lang) =>
      toNotebook(readFileSync(scriptFile(name), "utf8"), { lang, kernel: committed }),
    ) as [Notebook, Notebook];
    const code =
      options.mode === "cells"
        ? writeCells(name, { en, ko }, options)
        : await execute(name, { en, ko }, spec, options);
    if (code === 1 || worst === 0) worst = code;
  }
  return worst;
}

type InBoth = Readonly<Record<Language, Notebook>>;

/** Captures, or compares with the captured run. The code is the same in both languages and executed once. */
async function execute(
  name: string,
  fresh: InBoth,
  spec: KernelSpec,
  options: NotebooksOptions,
): Promise<ExitCode> {
  const { mode, out, timeoutMs } = options;
  const before = capturedBefore(name, options);
  const began = performance.now();
  const say = (line: string): void => print(`${readable(performance.now() - began).padStart(8)}  ${line}`);
  print(`${name}, ${spec.displayName}`);
  const record = mode === "capture" ? recording(path.join(out, "recordings", name)) : undefined;
  const executed = await runNotebook(fresh.en, {
    spec,
    root,
    cwd: notebooks,
    timeoutMs,
    ...(record && { record: record.staged }),
    onCell: (number, cell) => say(`cell ${number} ${cell.metadata.name ?? ""}`),
  });
  if (record !== undefined) await writeCaptured(name, fresh, { executed, record, spec, out });
  const { result, failure } = executed;
  if (failure !== undefined || result === undefined) {
    // the compiler's messages are coloured
    const lines = [`${name} failed after ${readable(executed.tookMs)}`, ...(failure ?? [])];
    printError(lines.join("\n  "), { colours: true });
    return 1;
  }
  const differences = before === undefined ? [] : compareResults(before, result);
  const state = differences.length === 0 ? "as captured" : "differs from the captured run";
  say(`done: verdict ${result.verdict}, ${mode === "capture" ? "written" : state}`);
  for (const line of differences) print(`  ${line}`);
  if (differences.length > 0)
    print(["output of the last cells:", ...executed.outputs.slice(-2).flatMap(saidLines)].join("\n  "));
  return mode === "check" && differences.length > 0 ? 2 : 0;
}

/** @throws TypeError for a check without a captured run */
function capturedBefore(
  name: string,
  { mode, out }: NotebooksOptions,
): ReturnType<typeof capturedOf> | undefined {
  const file = notebookFile(name, "en", out);
  const before = existsSync(file) ? capturedOf(readNotebook(readFileSync(file, "utf8"))) : undefined;
  if (mode === "check" && before === undefined)
    throw new TypeError(
      `Cannot check ${name}: no captured run; \`npm run notebooks -- ${name}\` captures one`,
    );
  return before;
}

interface Capture {
  executed: Awaited<ReturnType<typeof runNotebook>>;
  record: ReturnType<typeof recording>;
  spec: KernelSpec;
  out: string;
}

/** Writes the outputs in both languages, and keeps the recording if the run has a result. */
async function writeCaptured(
  name: string,
  fresh: InBoth,
  { executed, record, spec, out }: Capture,
): Promise<void> {
  const { result, outputs } = executed;
  const captured =
    result === undefined
      ? undefined
      : await capturedFrom(result, {
          executed,
          kernel: spec.name,
          recording: record.staged,
          capturedAt: new Date(),
        });
  write(
    name,
    { en: withOutputs(fresh.en, outputs, captured), ko: withOutputs(fresh.ko, outputs, captured) },
    out,
  );
  if (captured === undefined) record.drop();
  else record.keep();
}

function writeCells(name: string, fresh: InBoth, { out }: NotebooksOptions): ExitCode {
  const kept = LANGUAGES.map((lang) => {
    const file = notebookFile(name, lang, out);
    return existsSync(file)
      ? keepOutputs(readNotebook(readFileSync(file, "utf8")), fresh[lang])
      : { notebook: fresh[lang], changed: ["every cell"] };
  });
  write(name, { en: kept[0]!.notebook, ko: kept[1]!.notebook }, out);
  const [{ changed }] = kept as [{ changed: readonly string[] }, unknown];
  const capture = `\`npm run notebooks -- ${name}\` captures them`;
  const stale = `outputs stale or missing (${changed.join(", ")}); ${capture}`;
  print(`${name}: written${changed.length === 0 ? ", with its outputs" : `; ${stale}`}`);
  return 0;
}

function write(name: string, both: InBoth, out: string): void {
  makeFolders(out, 0o777);
  for (const lang of LANGUAGES) writeFileSync(notebookFile(name, lang, out), writeNotebook(both[lang]));
}
