// What each client saw, as a table.
import { readable } from "../../model/duration.ts";
import { counted, type ClientTally, type Judgement } from "../../analysis/check/mod.ts";
import { plain, type PaintOptions } from "./paint.ts";
import { table } from "./table.ts";

const HEAD = ["client", "sent", "acknowledged", "failed", "unknown", "longest gap", "from", "to"];

/**
 * Returns a table with a row a client: its sends by outcome, and its longest time without an acknowledged
 * send (`never` where none was).
 */
export function outcomeSummary({ clients }: Judgement, { paint = plain }: PaintOptions = {}): string[] {
  if (clients.length === 0) return ["nothing was sent"];
  const [head = "", ...rows] = table([HEAD, ...clients.map(row)], {
    align: ["left", ...HEAD.slice(1).map(() => "right" as const)],
    colours: false,
  });
  return [paint(head, "dim"), ...rows];
}

function row({ client, sent, acknowledged, failed, unknown, gap }: ClientTally): string[] {
  const numbers = [sent, acknowledged, failed, unknown].map((n) => counted(n));
  return [
    client,
    ...numbers,
    ...(gap === null
      ? ["", "", ""]
      : [gap.ms === null ? "never" : readable(gap.ms), readable(gap.fromMs), readable(gap.toMs)]),
  ];
}
