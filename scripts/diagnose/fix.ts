// The fixes of a diagnosis, made in the files' texts: those whose edits meet none of an earlier one, then
// those of what is found then, until nothing is left that a program can mend.

import type { ConfigurationFinding, DiagnoseInput } from "@kafka-failure-lab/sdk";
import { applyEdits, type EditedFile, type FixEdit } from "@kafka-failure-lab/sdk/diagnose";

/** What all fixes come to. */
export interface Fixed {
  /** What was found before. */
  readonly found: readonly ConfigurationFinding[];
  /** The files that change. */
  readonly files: readonly EditedFile[];
  /** What was fixed, in the order in which it was. */
  readonly made: readonly ConfigurationFinding[];
  /** What is left to the reader. */
  readonly left: readonly ConfigurationFinding[];
}

const MOST_ROUNDS = 10;

/** Makes the fixes of what `diagnoseAll` finds in the inputs. */
export function fixAll(
  inputs: readonly DiagnoseInput[],
  diagnoseAll: (inputs: readonly DiagnoseInput[]) => readonly ConfigurationFinding[],
): Fixed {
  const made: ConfigurationFinding[] = [];
  let now = inputs;
  const found = diagnoseAll(now);
  let left = found;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const step = fixSome(now, left);
    if (step.made.length === 0) break;
    made.push(...step.made);
    now = step.inputs;
    left = diagnoseAll(now);
  }
  const files = inputs.flatMap(({ file, text: before }, i): EditedFile[] => {
    const { text } = now[i]!;
    return text === before ? [] : [{ file, before, text }];
  });
  return { found, files, made, left };
}

interface Step {
  readonly inputs: readonly DiagnoseInput[];
  readonly made: readonly ConfigurationFinding[];
}

function fixSome(inputs: readonly DiagnoseInput[], findings: readonly ConfigurationFinding[]): Step {
  const taken = new Map<string, string>();
  const made: ConfigurationFinding[] = [];
  let now = inputs;
  for (const finding of findings) {
    if (finding.edits.length === 0 || finding.edits.some((edit) => isTaken(taken, edit))) continue;
    const { files, skipped } = applyEdits(now, finding.edits);
    // half of a fix is none
    if (skipped.length > 0 || files.length === 0) continue;
    for (const edit of finding.edits) for (const key of keysOf(edit)) taken.set(key, wordsOf(edit));
    made.push(finding);
    now = now.map((input) => ({
      ...input,
      text: files.find(({ file }) => file === input.file)?.text ?? input.text,
    }));
  }
  return { inputs: now, made };
}

function isTaken(taken: ReadonlyMap<string, string>, edit: FixEdit): boolean {
  return keysOf(edit).some((key) => taken.has(key) && taken.get(key) !== wordsOf(edit));
}

/** What an edit changes: a setting of a service, and the line that others may share. */
function keysOf(edit: FixEdit): string[] {
  const what = "key" in edit ? edit.key : edit.action;
  return [`${edit.file} ${edit.service ?? ""} ${what}`, `${edit.file}:${edit.line} ${what}`];
}

/** What it comes to, whatever the service. */
function wordsOf({ service: _, line: __, column: ___, ...edit }: FixEdit): string {
  return "isOwn" in edit && edit.isOwn === true ? JSON.stringify([edit, __]) : JSON.stringify(edit);
}
