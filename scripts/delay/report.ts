// The round-trip tables: for a terminal and a notebook.

import { readable } from "@kafka-failure-lab/sdk";
import { isAsPredicted, type MeasuredStep } from "./measure.ts";

/** A row a step: predicted and measured counts of D. */
export function stepRows(measured: readonly MeasuredStep[]): string[][] {
  return [
    ["client", "settings", "delayed", "predicted", "measured", "took", "", "error"],
    ...measured.map((one) => {
      const {
        step: { name, settings, predicted },
        where,
        outcome,
        count,
        tookMs,
        error = "",
      } = one;
      const words = {
        ok: `${predicted.count} D`,
        never: `never, ${predicted.count} D`,
        race: `race at ${predicted.count} D`,
      }[predicted.ends];
      return [
        name,
        settings,
        where,
        words,
        `${outcome === "ok" ? "" : "never, "}${count} D`,
        readable(tookMs),
        isAsPredicted(one) ? "as predicted" : "NOT as predicted",
        shortened(error),
      ];
    }),
  ];
}

/** A row for each step that was acknowledged: which request took how many D. */
export function partRows(measured: readonly MeasuredStep[]): string[][] {
  return measured
    .filter(({ outcome, parts, count }) => outcome === "ok" && parts.length > 1 && count > 0.5)
    .map(({ step: { name }, where, parts, count }) => [
      `${name} (${where})`,
      parts
        .filter(({ count }) => count >= 0.05)
        .map(({ what, count }) => `${what} ${count} D`)
        .join(" + "),
      `= ${count} D`,
    ]);
}

function shortened(text: string): string {
  const line = text.split("\n", 1)[0]!;
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
