// What each client saw, as a table.
import { readable } from "../../model/duration.ts";
import { counted, type ClientTally, type Judgement } from "../../analysis/check/mod.ts";
import { plain, type PaintOptions } from "./paint.ts";
import { table } from "./table.ts";

const COUNTS = ["client", "sent", "acknowledged", "failed", "unknown"];
const GAP = ["longest gap", "from", "to"];

/**
 * Returns a table with a row a client: its sends by outcome, and its longest time without an acknowledged
 * send (`never` where none was). Sends that were under way at the end have a column where there are any.
 */
export function outcomeSummary({ clients }: Judgement, { paint = plain }: PaintOptions = {}): string[] {
  if (clients.length === 0) return ["nothing was sent"];
  const isCut = clients.some(({ underWay }) => underWay > 0);
  const heads = [...COUNTS, ...(isCut ? ["under way"] : []), ...GAP];
  const [head = "", ...rows] = table([heads, ...clients.map((client) => row(client, isCut))], {
    align: ["left", ...heads.slice(1).map(() => "right" as const)],
    colours: false,
  });
  return [paint(head, "dim"), ...rows];
}

function row(
  { client, sent, acknowledged, failed, unknown, underWay, gap }: ClientTally,
  isCut: boolean,
): string[] {
  const numbers = [sent, acknowledged, failed, unknown, ...(isCut ? [underWay] : [])].map((n) => counted(n));
  return [
    client,
    ...numbers,
    ...(gap === null
      ? ["", "", ""]
      : [gap.ms === null ? "never" : readable(gap.ms), readable(gap.fromMs), readable(gap.toMs)]),
  ];
}
