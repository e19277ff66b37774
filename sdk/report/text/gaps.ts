// How long clients waited for an acknowledgement, in words: each fault and each client apart.
import { readable } from "../../model/duration.ts";
import { printable } from "../../model/printable.ts";
import {
  type ClientGap,
  type ClientTally,
  counted,
  type FaultGaps,
  type GapsByFault,
} from "../../analysis/check/mod.ts";

/** More than a person compares in a line. */
const FAULTS = 3;
const CLIENTS = 4;
/** A shorter wait outside of every fault is not worth its words. */
const SHORT_MS = 100;

/**
 * Writes what clients waited for: `during kill 3: p2 1.9 s, p3 1.8 s; before any fault: p1 1.4 s`; of a run
 * without a fault, `9.3 s without an acknowledged send`.
 */
export function gapWords({ faults, before, after }: GapsByFault, clients: readonly ClientTally[]): string {
  const names = clients.map(({ client }) => client);
  if (faults.length === 0) return withoutFault(before, names);
  const longest = [...faults].sort((a, b) => longestMs(b) - longestMs(a)).slice(0, FAULTS);
  const shown = faults.filter((one) => longest.includes(one));
  const left = faults.length - shown.length;
  return [
    ...shown.map(
      (fault) => `during ${printable(fault.name)}: ${waits(fault.clients, names) || "nobody sent"}`,
    ),
    ...(left > 0 ? [`and ${counted(left, "more fault")}`] : []),
    ...apart("before any fault", before, names),
    ...apart("after it was healed", after, names, faults.length),
  ].join("; ");
}

function longestMs({ clients }: FaultGaps): number {
  return Math.max(0, ...clients.map(({ ms }) => ms ?? Infinity));
}

function apart(when: string, gaps: readonly ClientGap[], names: readonly string[], faults = 1): string[] {
  const long = gaps.filter(({ fromMs, toMs }) => toMs - fromMs >= SHORT_MS);
  const said = faults === 1 ? when : when.replace("it was", "faults were");
  return long.length === 0 ? [] : [`${said}: ${waits(long, names)}`];
}

function withoutFault(gaps: readonly ClientGap[], names: readonly string[]): string {
  const [only] = gaps;
  if (only !== undefined && names.length === 1)
    return only.ms === null
      ? `no send was acknowledged in ${readable(only.toMs - only.fromMs)}`
      : `${readable(only.ms)} without an acknowledged send`;
  return `without an acknowledged send: ${waits(gaps, names)}`;
}

/** A name may have a comma of its own: `warm, one`. */
function waits(gaps: readonly ClientGap[], names: readonly string[]): string {
  const between = names.some((name) => name.includes(",")) ? "; " : ", ";
  const left = gaps.length - CLIENTS;
  return [
    ...gaps.slice(0, CLIENTS).map((gap) => printable(`${gap.client} ${waitOf(gap)}`)),
    ...(left > 0 ? [`${counted(left, "more client")}`] : []),
  ].join(between);
}

function waitOf({ ms, fromMs, toMs, afterHealMs }: ClientGap): string {
  if (ms === null) return `none in ${readable(toMs - fromMs)}`;
  return readable(ms) + (afterHealMs >= SHORT_MS ? ` (${readable(afterHealMs)} of it after the heal)` : "");
}
