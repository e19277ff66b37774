// What consumer groups did with one record, in words.
import { readable } from "../../model/duration.ts";
import type { GroupStep, GroupTrace } from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";

/** A row of a record's trace, without its time. */
export interface Happening {
  atMs: number;
  cells: readonly string[];
}

/** Sorts rows by time; those of one moment stay in their order. */
export function inTime(rows: readonly Happening[]): Happening[] {
  return [...rows].sort((a, b) => a.atMs - b.atMs);
}

/** What became of a record in a group: `processed twice by billing, and once in invoices`. */
export function groupWords({ group, times, outcome, outputs }: GroupTrace): string {
  if (outcome !== "processed") return `not processed by ${said(group)}: ${outcome}${outputWords(outputs)}`;
  return `processed ${often(times)} by ${said(group)}${outputWords(outputs)}`;
}

function outputWords(outputs: GroupTrace["outputs"]): string {
  const topics = [...new Set(outputs.map(({ topic }) => topic))];
  return topics
    .map((topic) => {
      const all = outputs.filter((one) => one.topic === topic);
      const seen = all.filter(({ state }) => state === "committed").length;
      const [aborted, open] = (["aborted", "open"] as const).map(
        (state) => all.filter((one) => one.state === state).length,
      );
      const rest = [...(aborted! > 0 ? [`${aborted} aborted`] : []), ...(open! > 0 ? [`${open} open`] : [])];
      const apart = rest.length === 0 ? "" : ` (and ${rest.join(", ")})`;
      return `, and ${often(seen)} in ${said(topic)}${apart}`;
    })
    .join("");
}

function often(times: number): string {
  return times === 0 ? "never" : times === 1 ? "once" : times === 2 ? "twice" : `${times} times`;
}

/** The rows of a record's trace that groups make. */
export function groupHappenings(groups: readonly GroupTrace[], topic: string): Happening[] {
  return groups.flatMap(({ group, steps }) =>
    steps.map((step) => ({
      atMs: step.atMs,
      cells: [whatOf(step, group), step.tookMs > 0 ? readable(step.tookMs) : "", answerOf(step, topic)],
    })),
  );
}

function whatOf({ what, member }: GroupStep, group: string): string {
  const who = said(member ?? group);
  if (what === "delivered" || what === "delivered again") return `${what} to ${who}`;
  return `${what} ${what.startsWith("processing") || what.startsWith("commit ") ? "of" : "by"} ${who}`;
}

function answerOf({ what, partition, offset, error, output }: GroupStep, topic: string): string {
  if (output !== undefined) return `to ${said(output)}${error === null ? "" : `: ${said(error)}`}`;
  const isCommit = what.startsWith("commit");
  const place = isCommit ? `${topic}-${partition} up to ${offset}` : `${topic}-${partition} offset ${offset}`;
  return error === null ? place : `${place}: ${said(error)}`;
}

/** A longer name or error says nothing more to a person. */
const LETTERS = 200;

function said(text: string): string {
  return printable(text, { limit: LETTERS });
}
