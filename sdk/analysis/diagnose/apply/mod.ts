// Makes a fix's edits in the texts of the files that were diagnosed.

import { isManifest } from "../../../kubernetes/mod.ts";
import type { FixEdit } from "../fix.ts";
import { kindOf, type Input } from "../read/mod.ts";
import { editCompose } from "./compose.ts";
import { type Followed, followed } from "./follow.ts";
import { editLines } from "./lines.ts";
import { editManifest } from "./manifest.ts";
import { parsed } from "./splice.ts";
import { editTree } from "./tree.ts";

/** A file that edits have changed. */
export interface EditedFile {
  /** Its name, as it was given. */
  readonly file: string;
  /** Its text before. */
  readonly before: string;
  /** Its new text. */
  readonly text: string;
}

/** An edit that was not made. */
export interface SkippedEdit {
  readonly edit: FixEdit;
  /** Why, as the end of a sentence. */
  readonly why: string;
}

/** What edits come to. */
export interface AppliedEdits {
  /** The files that they change, in the order in which they were given. */
  readonly files: readonly EditedFile[];
  /** None where every edit was made. */
  readonly skipped: readonly SkippedEdit[];
}

/** Each edit parses the file again: so many characters are parsed of one, which takes some seconds. */
const MOST_PARSED = 20_000_000;

/**
 * Makes the edits of findings in the texts of their files, and returns the texts that differ. Comments,
 * order, anchors and quotes stay; what an edit does not touch stays byte by byte.
 *
 * Pure: it writes no file. An edit of a file that was not given is not made.
 */
export function applyEdits(inputs: readonly Input[], edits: readonly FixEdit[]): AppliedEdits {
  const texts = new Map(inputs.map((input) => [input.file, input.text]));
  const skipped: SkippedEdit[] = [];
  const read = new Map<string, number>();
  const places = new Map<string, Followed>();
  for (const edit of edits) {
    const input = inputs.find(({ file }) => file === edit.file);
    const skip = (why: string): void => void skipped.push({ edit, why });
    if (input === undefined) skip(`${edit.file} is not one of the files that were given`);
    else if ((read.get(edit.file) ?? 0) > MOST_PARSED) skip(`${edit.file} is too large for so many edits`);
    else {
      const before = texts.get(edit.file)!;
      read.set(edit.file, (read.get(edit.file) ?? 0) + before.length);
      const lines = places.get(edit.file) ?? followed();
      const text = edited({ ...input, text: before }, { ...edit, line: lines.now(edit.line) });
      if (text === undefined) skip(`the form of ${edit.file} leaves no place for it`);
      else {
        texts.set(edit.file, text);
        places.set(edit.file, lines.changed(before, text));
      }
    }
  }
  const files = inputs.flatMap(({ file, text: before }): EditedFile[] => {
    const text = texts.get(file)!;
    return text === before ? [] : [{ file, before, text }];
  });
  return { files, skipped };
}

/** The new text; undefined where the edit cannot be made, or would leave a file that cannot be read. */
function edited(input: Input, edit: FixEdit): string | undefined {
  const { file, text } = input;
  const isEnv = /(^|[/\\])[^/\\]*\.env(\.[^/\\]*)?$/.test(file);
  if (isEnv || /\.(properties|conf|cfg)$/i.test(file)) return editLines(text, edit, isEnv);
  const isJson = /\.json$/i.test(file);
  if (!isJson && !/\.ya?ml$/i.test(file)) return undefined;
  try {
    const from = parsed(text, isJson);
    const isSettings = isJson && !isManifest(text);
    const kind = isSettings ? null : (input.kind ?? kindOf(input));
    const edits = { compose: editCompose, kubernetes: editManifest } as const;
    const result = (kind === "compose" || kind === "kubernetes" ? edits[kind] : editTree)(from, edit);
    if (result !== undefined && result !== text) parsed(result, isJson);
    return result;
  } catch {
    return undefined;
  }
}
