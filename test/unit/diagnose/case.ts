import type { DiagnoseOptions } from "../../../sdk/analysis/diagnose/mod.ts";

/** Texts by their files' names. */
export type Files = Readonly<Record<string, string>>;

/**
 * Which rule, in which clean files, what is changed (or appended, where `from` is empty), and with which
 * options.
 */
export type Case = readonly [
  rule: string,
  files: Files,
  from: string | RegExp,
  to: string,
  options?: DiagnoseOptions,
];

/** The files after the change; an empty `from` appends `to` to the last of them. */
export function changed(files: Files, from: string | RegExp, to: string): Files {
  const entries = Object.entries(files);
  if (from === "") return { ...files, [entries.at(-1)![0]]: `${entries.at(-1)![1]}${to}\n` };
  return Object.fromEntries(entries.map(([file, text]) => [file, text.replace(from, to)]));
}
