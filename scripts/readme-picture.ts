#!/usr/bin/env -S npx tsx
// Runs the README's program, prints its output, and writes the README's picture of it:
// `npx tsx scripts/readme-picture.ts`.
//
//   README.md ─▶ program ─▶ run folder ─▶ timeline ─▶ docs/pictures/kill-light.svg, kill-dark.svg

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openRun, print, timelineOf } from "@kafka-failure-lab/sdk";
import { darkVariant, lightVariant, programIn } from "./readme/picture.ts";

const root = new URL("../", import.meta.url);
const pictures = new URL("docs/pictures/", root);

const output = run(programIn(readFileSync(new URL("README.md", root), "utf8")));
print(output);
const dir = /^run: (.+)$/m.exec(output)![1]!;
const recorded = await openRun(dir);
const { svg = "" } = await timelineOf(recorded.history, {
  title: "The leader is killed",
  explanation: recorded.explain(),
});
mkdirSync(pictures, { recursive: true });
writeFileSync(new URL("kill-light.svg", pictures), lightVariant(svg));
writeFileSync(new URL("kill-dark.svg", pictures), darkVariant(svg));

/** Runs a program at the root of the repository, where the package is found. */
function run(code: string): string {
  const file = fileURLToPath(new URL(`readme-${process.pid}.ts`, root));
  writeFileSync(file, code);
  try {
    const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, file], {
      cwd: fileURLToPath(root),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) process.exit(status ?? 1);
    return stdout;
  } finally {
    rmSync(file);
  }
}
