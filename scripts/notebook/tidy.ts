// Takes out of captured outputs what belongs to the machine and not to the run.

import os from "node:os";
import type { MimeBundle, Output } from "./outputs.ts";

export interface Machine {
  /** The repository. */
  root: string;
  home: string;
  tmp: string;
}

export const machine = (root: string): Machine => ({ root, home: os.homedir(), tmp: os.tmpdir() });

/** What runtimes say of themselves, a line each. */
const NOISE: readonly RegExp[] = [
  /"deno jupyter" is unstable/,
  /TimeoutNegativeWarning/,
  /Timeout duration was set to 1\.$/,
  /^\(Use `(node|deno) --trace-warnings/,
  /^\(node:\d+\) .*Warning: /,
];

/**
 * Paths become relative to the repository, and lines that a runtime says of itself go; streams that are then
 * empty go, too.
 */
export function tidy(outputs: readonly Output[], where: Machine): Output[] {
  return outputs.flatMap((output): Output[] => {
    switch (output.output_type) {
      case "stream": {
        const text = impersonal(output.name === "stderr" ? quiet(output.text) : output.text, where);
        return text === "" ? [] : [{ ...output, text }];
      }
      case "error":
        return [
          {
            ...output,
            evalue: impersonal(output.evalue, where),
            traceback: output.traceback.map((line) => impersonal(line, where)),
          },
        ];
      case "display_data":
      case "execute_result":
        return [{ ...output, data: inBundle(output.data, where) }];
    }
  });
}

function quiet(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => !NOISE.some((noise) => noise.test(line.trimEnd())))
    .join("");
}

function inBundle(data: MimeBundle, where: Machine): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      typeof value === "string" ? impersonal(value, where) : value,
    ]),
  );
}

/** `/home/me/kafka-failure-lab/sdk/lab.ts` → `sdk/lab.ts`, `/home/me/x` → `~/x`, `/tmp/x` → `<tmp>/x`. */
export function impersonal(text: string, { root, home, tmp }: Machine): string {
  const plain = root.replace(/\/$/, "");
  return text
    .replaceAll(`file://${plain}/`, "")
    .replaceAll(`${plain}/`, "")
    .replaceAll(plain, ".")
    .replaceAll(`${tmp}/`, "<tmp>/")
    .replaceAll(new RegExp(`(?<![\\w.~/>])${home.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}/`, "g"), "~/");
}
