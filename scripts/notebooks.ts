#!/usr/bin/env -S npx tsx
// Writes and executes the notebooks of scripts/NN-name.ts: `npm run notebooks -- --help`

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { print, readable } from "@kafka-failure-lab/sdk";
import { compareResults, printError } from "@kafka-failure-lab/sdk/scenario";
import { makeFolders, runCommand, toReader, UsageError } from "@kafka-failure-lab/sdk/testing";
import { editedIn, generated, type InBoth, notebookIn, refuseEdited } from "./notebook/edited.ts";
import {
  capturedOf,
  type Language,
  LANGUAGES,
  withOutputs,
  withoutOutputs,
  writeNotebook,
} from "./notebook/file.ts";
import { saidLines } from "./notebook/failure.ts";
import { HELP, type NotebooksOptions, notebooksOptions } from "./notebook/options.ts";
import { toNotebook } from "./notebook/percent.ts";
import { capturedFrom, recording } from "./notebook/recording.ts";
import { type Executed, runNotebook } from "./notebook/run.ts";
import { type KernelSpec, readSpec } from "./notebook/spec.ts";
import { keepOutputs } from "./notebook/stale.ts";
import { notebookFile, notebooks, root, scriptFile } from "./notebook/where.ts";
import { SIGNALS } from "./signals.ts";

type ExitCode = 0 | 1 | 2;

// kernels are in this program's process group, and are killed with it
for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
await runCommand("npm run notebooks --", HELP, async () => {
  const options = notebooksOptions(process.argv.slice(2));
  return options === undefined ? null : await writeAll(options);
});

async function writeAll(options: NotebooksOptions): Promise<ExitCode> {
  // cells are always written for tslab's kernel: the file does not depend on the kernel that executes them
  const committed = readSpec("tslab");
  const spec = readSpec(options.kernel);
  const all = options.names.map((name): [string, InBoth] => {
    const script = readFileSync(scriptFile(name), "utf8");
    const [en, ko] = LANGUAGES.map((lang) => generated(toNotebook(script, { lang, kernel: committed })));
    return [name, { en: en!, ko: ko! }];
  });
  if (options.mode === "capture" || options.mode === "cells")
    for (const [name, fresh] of all) refuseEdited(options.out, name, fresh);
  let worst: ExitCode = 0;
  for (const [name, fresh] of all) {
    const code = await writeOne(name, fresh, spec, options);
    if (code === 1 || worst === 0) worst = code;
  }
  return worst;
}

async function writeOne(
  name: string,
  fresh: InBoth,
  spec: KernelSpec,
  options: NotebooksOptions,
): Promise<ExitCode> {
  if (options.mode === "cells") return writeCells(name, fresh, options);
  if (options.mode !== "edited") return await execute(name, fresh, spec, options);
  const edited = editedIn(options.out, name, fresh);
  let worst: ExitCode = 0;
  for (const lang of edited.length === 0 ? (["en"] as const) : edited) {
    const code = await executeEdited(name, lang, spec, options);
    if (code !== 0) worst = code;
  }
  return worst;
}

/** Captures, or compares with the captured run. The code is the same in both languages and executed once. */
async function execute(
  name: string,
  fresh: InBoth,
  spec: KernelSpec,
  options: NotebooksOptions,
): Promise<ExitCode> {
  const { mode, out, timeoutMs } = options;
  const before = capturedBefore(name, options);
  const say = sayer(name, spec);
  const record = mode === "capture" ? recording(path.join(out, "recordings", name)) : undefined;
  const executed = await runNotebook(fresh.en, {
    spec,
    root,
    cwd: notebooks,
    timeoutMs,
    ...(record && { record: record.staged }),
    onCell: (number, cell) => say(`cell ${number} ${cell.metadata.name ?? ""}`),
  });
  if (record !== undefined) await writeCaptured(name, fresh, { executed, record, spec, options });
  const { result } = executed;
  if (result === undefined) return reportFailure(name, executed);
  const differences = before === undefined ? [] : compareResults(before, result);
  const state = differences.length === 0 ? "as captured" : "differs from the captured run";
  say(`done: verdict ${result.verdict}, ${mode === "capture" ? writtenFiles(name, options) : state}`);
  for (const line of differences) print(`  ${line}`);
  if (differences.length > 0)
    print(["output of the last cells:", ...executed.outputs.slice(-2).flatMap(saidLines)].join("\n  "));
  return mode === "check" && differences.length > 0 ? 2 : 0;
}

/** Executes the notebook's own cells, and writes nothing but their outputs. */
async function executeEdited(
  name: string,
  lang: Language,
  spec: KernelSpec,
  { out, timeoutMs }: NotebooksOptions,
): Promise<ExitCode> {
  const file = notebookFile(name, lang, out);
  const notebook = notebookIn(out, name, lang);
  if (notebook === undefined)
    throw new UsageError(`Cannot run ${toReader(file)} as edited: there is no such notebook`);
  const say = sayer(toReader(file), spec);
  const executed = await runNotebook(notebook, {
    spec,
    root,
    cwd: notebooks,
    timeoutMs,
    needsResult: false,
    onCell: (number, cell) => say(`cell ${number} ${cell.metadata.name ?? ""}`),
  });
  // what the script's own run came to stays in the metadata: `--check` compares with it
  writeFileSync(file, writeNotebook(withOutputs(withoutOutputs(notebook), executed.outputs, undefined)));
  if (executed.failure !== undefined) return reportFailure(name, executed);
  const verdict = executed.result === undefined ? "" : `verdict ${executed.result.verdict}, `;
  say(`done: ${verdict}outputs written into ${toReader(file)}, and into no other file`);
  return 0;
}

function sayer(what: string, { displayName }: KernelSpec): (line: string) => void {
  const began = performance.now();
  print(`${what}, ${displayName}`);
  return (line) => print(`${readable(performance.now() - began).padStart(8)}  ${line}`);
}

function reportFailure(name: string, { tookMs, failure = [] }: Executed): 1 {
  // the compiler's messages are coloured
  printError([`${name} failed after ${readable(tookMs)}`, ...failure].join("\n  "), { colours: true });
  return 1;
}

function writtenFiles(name: string, { out, record }: NotebooksOptions): string {
  const files = LANGUAGES.map((lang) => toReader(notebookFile(name, lang, out)));
  const recordings = record
    ? ` and the recordings in ${toReader(path.join(out, "recordings", name))}`
    : " (not the recordings: --record replaces them)";
  return `written: ${files.join(", ")}${recordings}`;
}

/** @throws TypeError for a check without a captured run */
function capturedBefore(
  name: string,
  { mode, out }: NotebooksOptions,
): ReturnType<typeof capturedOf> | undefined {
  const notebook = notebookIn(out, name, "en");
  const before = notebook === undefined ? undefined : capturedOf(notebook);
  if (mode === "check" && before === undefined)
    throw new TypeError(
      `Cannot check ${name}: no captured run; \`npm run notebooks -- ${name}\` captures one`,
    );
  return before;
}

interface Capture {
  executed: Executed;
  record: ReturnType<typeof recording>;
  spec: KernelSpec;
  options: NotebooksOptions;
}

/** Writes the outputs in both languages; keeps the recording if it is asked for and the run has a result. */
async function writeCaptured(
  name: string,
  fresh: InBoth,
  { executed, record, spec, options }: Capture,
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
    options.out,
  );
  if (captured === undefined || !options.record) record.drop();
  else record.keep();
}

function writeCells(name: string, fresh: InBoth, { out }: NotebooksOptions): ExitCode {
  const kept = LANGUAGES.map((lang) => {
    const before = notebookIn(out, name, lang);
    return before === undefined
      ? { notebook: fresh[lang], changed: ["every cell"] }
      : keepOutputs(before, fresh[lang]);
  });
  write(name, { en: generated(kept[0]!.notebook), ko: generated(kept[1]!.notebook) }, out);
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
