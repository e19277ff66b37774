// What --fix shows and --write writes.

import { realpathSync } from "node:fs";
import path from "node:path";
import { type ConfigurationFinding, printable } from "@kafka-failure-lab/sdk";
import type { EditedFile } from "@kafka-failure-lab/sdk/diagnose";
import { assertReplaceable, type Printed, replaceText, UsageError } from "@kafka-failure-lab/sdk/testing";
import { counted } from "../counted.ts";
import { unifiedDiff } from "./diff.ts";

/** The diff, and beside it what it fixes and what it does not. */
export function shownFixes(
  edited: readonly EditedFile[],
  made: readonly ConfigurationFinding[],
  left: readonly ConfigurationFinding[],
): Pick<Printed, "out" | "err"> {
  const lineOf = ({ rule, evidence: [first], fix }: ConfigurationFinding): string =>
    `  ${first!.file}:${first!.line} ${rule}: ${fix}`;
  return {
    out: edited
      .flatMap(({ file, before, text }) => unifiedDiff(file, before, text))
      .map((line) => printable(line, { lines: true }))
      .join("\n"),
    err: [
      `${counted(made.length, "finding")} fixed in ${counted(edited.length, "file")}; --write writes it`,
      ...(left.length === 0 ? [] : ["left to you:", ...left.map(lineOf)]),
    ].join("\n"),
  };
}

/** What was written, as a line. */
export function writtenLine(edited: readonly EditedFile[], count: number): string {
  return edited.length === 0
    ? "nothing that a program can fix"
    : `${counted(count, "finding")} fixed, written: ${edited.map(({ file }) => file).join(", ")}`;
}

/** Writes all files, or none if one of them cannot be. */
export function save(edited: readonly EditedFile[], cwd: string): void {
  const all = edited.map(
    ({ file, ...texts }) => [path.resolve(cwd, file), { ...texts, shown: file }] as const,
  );
  for (const [file, replacement] of all) assertReplaceable(file, replacement);
  assertDistinct(all.map(([file, { shown }]) => ({ real: realpathSync(file), shown })));
  for (const [file, replacement] of all) replaceText(file, replacement);
}

/** The second text of one file would be that of a file that is no longer there. */
function assertDistinct(files: readonly { readonly real: string; readonly shown: string }[]): void {
  const names = new Map<string, string>();
  for (const { real, shown } of files) {
    const other = names.get(real);
    if (other !== undefined)
      throw new UsageError(`Cannot write ${shown}: it is the same file as ${other}; give it once`);
    names.set(real, shown);
  }
}
