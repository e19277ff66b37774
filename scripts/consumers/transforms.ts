// What a member of a transform leaves when it dies between writing and committing.
//
//   written    0 1 2 3 4 ✗ killed     without transactions they are written again: doubled
//                                     with them they are aborted, and written again

import {
  type GroupOutputs,
  type History,
  machineShare,
  type Picture,
  tableOf,
  transformedAll,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import type { ReaderWait } from "./readers.ts";
import { timeFigure } from "./report.ts";

/** A machine that is away for so long may interrupt a member's batch. */
const INTERRUPTS_MS = 1_000;

/** A member that was killed. */
export interface Killed {
  readonly group: string;
  readonly member: string;
  /** When, in milliseconds since the run's start. */
  readonly atMs: number;
}

/** What a member had written and not committed when it was killed. */
export interface Uncommitted {
  /** Records whose output is acknowledged. */
  readonly written: number;
  /** When its open transaction began, in milliseconds since the run's start; undefined without one. */
  readonly begunMs: number | undefined;
}

/** Returns what a member that has ended left behind, by the history until then. */
export function uncommittedOf(history: History, { group, member, atMs }: Killed): Uncommitted {
  const written = new Set<string>();
  let begunMs: number | undefined;
  let committed = -1n;
  for (const event of history) {
    if (!("member" in event) || event.group !== group || event.member !== member) continue;
    if (event.kind === "member" && event.change === "started" && event.atMs > atMs) break;
    if (event.kind === "produced" && event.error === undefined)
      for (const offset of event.offsets) written.add(offset);
    if (event.kind === "transaction") begunMs = event.change === "begun" ? event.atMs : undefined;
    if (event.kind === "commit" && event.error === undefined)
      for (const { offset } of event.offsets) committed = BigInt(offset) - 1n;
  }
  return { written: [...written].filter((offset) => BigInt(offset) > committed).length, begunMs };
}

/** How many outputs there are twice: what is written and not committed, and what may be on its way. */
export function doubledBy({ written }: Uncommitted): { readonly least: number; readonly most: number } {
  return { least: written, most: written + 1 };
}

/** One transform whose member was killed. */
export interface Transformed {
  readonly name: string;
  /** What the member that was killed left. */
  readonly left: Uncommitted;
  readonly outputs: GroupOutputs;
  readonly verdict: Verdict;
}

/**
 * Compares the outputs of a group with what the member that was killed left. More of them than that are
 * inconclusive where a busy machine may have thrown out members that were healthy.
 *
 * @param killedMs when, in milliseconds since the run's start
 */
export function judgedOutputs(
  history: History,
  { name, left, killedMs }: { name: string; left: Uncommitted; killedMs: number },
): Transformed {
  const outputs = transformedAll(history, { group: name }).facts.groups[0];
  if (outputs === undefined) throw new TypeError(`The group ${name} writes to no other topic`);
  const { least, most } = doubledBy(left);
  const { committed, uncommitted, isTransactional, outputDoubts, undecided } = outputs;
  const judged = (verdict: Verdict): Transformed => ({ name, left, outputs, verdict });
  if (isTransactional && committed.several > 0) return judged(false);
  if (outputDoubts.length > 0 || undecided > 0 || uncommitted === null) return judged("unknown");
  const twice = isTransactional ? uncommitted.several : committed.several;
  if (twice < least) return judged(false);
  if (twice <= most) return judged(true);
  const machine = machineShare(history, { fromMs: killedMs, toMs: history.at(-1)?.atMs ?? killedMs });
  return judged(machine.togetherMs >= INTERRUPTS_MS ? "unknown" : false);
}

/** A row a transform. */
export function transformTable(transforms: readonly Transformed[]): Picture {
  return tableOf(
    [
      ["group", "records", "written twice", "predicted", "at read_uncommitted", "predicted", "as measured"],
      ...transforms.map(({ name, left, outputs }) => {
        const { least, most } = doubledBy(left);
        const { records, committed, uncommitted, isTransactional, semantics } = outputs;
        return [
          name,
          String(records),
          String(committed.several),
          isTransactional ? "0" : `${least} to ${most}`,
          String(uncommitted?.several ?? "?"),
          `${least} to ${most}`,
          semantics,
        ];
      }),
    ],
    { align: ["left", "right", "right", "right", "right", "right", "left"] },
  );
}

/** As JSON. */
export function transformJson({ name, left, outputs, verdict }: Transformed): object {
  const { records, committed, uncommitted, never, semantics } = outputs;
  return { name, left, records, committed, uncommitted, never, semantics, asPredicted: verdict };
}

/** What comes again in another run. */
export function transformFigures(
  transforms: readonly Transformed[],
  readers: readonly ReaderWait[],
): Record<string, Figure> {
  return Object.fromEntries([
    ...transforms.flatMap(({ name, outputs }): [string, Figure][] => [
      [`${name}: writes records twice`, { value: outputs.committed.several > 0 }],
      [`${name}: as measured`, { value: outputs.semantics }],
    ]),
    ...readers.map((one): [string, Figure] => [`${one.name}: waits`, timeFigure(one)]),
  ]);
}
