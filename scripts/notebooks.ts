#!/usr/bin/env -S npx tsx
// Writes the notebooks: the cells of scripts/NN-*.ts, executed on a real cluster, in English and in Korean.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareResults, type Duration, LabError, readable, toMs } from "@kafka-failure-lab/sdk";
import { bookOf, bookText, type Captured, readBook } from "./notebook/book.ts";
import { notebooks, perform, type Performance } from "./notebook/perform.ts";
import { cellsOf, LANGUAGES } from "./notebook/percent.ts";
import { type KernelName, KERNELS } from "./notebook/spec.ts";

const HELP = `npm run notebooks -- [NAME...]: executes scripts/NN-*.ts in a kernel and writes notebooks/NN-*.ipynb, and .ko.ipynb with the prose in Korean

  NAME             some only: 01, 01-broker-stops (default all)
  --kernel NAME    tslab or deno (default tslab)
  --check          writes nothing: executes, and compares verdict and figures with the captured ones
  --timeout TIME   for a cell (default 5m)
  -h, --help       this text

exit code: 0 written, or behaves as captured; 2 behaves otherwise; 1 a cell failed, or the lab did`;

const scripts = fileURLToPath(new URL("./", import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { kernel: { type: "string", default: "tslab" }, check: { type: "boolean", default: false }, timeout: { type: "string", default: "5m" }, help: { type: "boolean", short: "h" } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const kernel = KERNELS.find((one) => one === values.kernel);
const all = readdirSync(scripts).filter((file) => /^\d\d-.*\.ts$/.test(file)).map((file) => file.replace(/\.ts$/, "")).sort();
const names = positionals.length === 0 ? all : all.filter((name) => positionals.some((asked) => name.startsWith(asked.replace(/\.(ts|ipynb)$/, ""))));
if (kernel === undefined || names.length === 0) {
  console.error(kernel === undefined ? `Cannot use --kernel ${values.kernel}: expected ${KERNELS.join(", ")}` : `Cannot find ${positionals.join(", ")}: there are ${all.join(", ")}`);
  process.exit(1);
}

let exitCode = 0;
for (const name of names) exitCode = Math.max(exitCode, await one(name, kernel).catch(crash));
// a crash outranks another behaviour
process.exitCode = exitCode === 3 ? 1 : exitCode;

/** 0, 2 behaves otherwise, 3 broke. */
async function one(name: string, on: KernelName): Promise<0 | 2 | 3> {
  const script = readFileSync(path.join(scripts, `${name}.ts`), "utf8");
  const record = path.join(notebooks, "recordings", name);
  if (!values.check) rmSync(record, { recursive: true, force: true });
  const ran = await perform(cellsOf(script), {
    kernel: on,
    timeoutMs: toMs(values.timeout as Duration),
    ...(!values.check && { record }),
    onCell: (cell, number) => console.error(`${name} [${on}]: cell ${number}${cell.name === "" ? "" : `, ${cell.name}`}`),
  });
  if (!values.check) write(name, script, ran, on);
  if (ran.failure !== undefined) {
    console.error(`${name} [${on}]: ${ran.failure}`);
    return 3;
  }
  if (ran.result === undefined) {
    console.error(`${name} [${on}]: Cannot tell what it came to: its last cell did not call finish()`);
    return 3;
  }
  const lines = values.check ? compareResults(capturedOf(name), ran.result) : [];
  console.log(`${name} [${on}]: ${lines.length > 0 ? "behaves otherwise than captured" : values.check ? "behaves as captured" : "written"}, verdict ${ran.result.verdict}, ${readable(ran.tookMs)}`);
  for (const line of lines) console.log(`  ${line}`);
  return lines.length > 0 ? 2 : 0;
}

function write(name: string, script: string, { outputs, result, tookMs }: Performance, on: KernelName): void {
  const captured: Captured | undefined = result && {
    claim: result.claim, verdict: result.verdict, figures: result.figures, kernel: on,
    ...(result.kafka !== undefined && { kafka: result.kafka }), ...(result.engine !== undefined && { engine: result.engine }),
    date: new Date().toISOString().slice(0, 10), tookMs,
  };
  for (const language of LANGUAGES) writeFileSync(path.join(notebooks, `${name}${language === "en" ? "" : `.${language}`}.ipynb`), bookText(bookOf(cellsOf(script, language), outputs, captured)));
}

function capturedOf(name: string): Captured {
  const captured = readBook(path.join(notebooks, `${name}.ipynb`)).metadata["kafka-failure-lab"];
  if (captured === undefined) throw new LabError("NOT_RECORDED", `Cannot compare ${name}: its notebook was captured without a result`, { hint: "`npm run notebooks` captures it." });
  return captured;
}

function crash(error: unknown): 3 {
  console.error(error instanceof LabError ? String(error) : error);
  return 3;
}
