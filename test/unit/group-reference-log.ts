// What the reference of the checkers over groups knows of the log, and of time.

import type { Reference } from "./group-reference.ts";

/** As `noLostWrites` has it. */
export function isProvenLost({ run }: Reference, send: Reference["run"]["sends"][number]): boolean {
  const { readback, sends } = run;
  if (readback === null) return false;
  const same = readback.records.filter(({ value }) => value === send.value);
  const isOwn = same.some((one) => one.partition === send.partition && one.offset === send.offset);
  const isOnly = sends.filter(({ value }) => value === send.value).length === 1;
  if (isOwn || (isOnly && same.length > 0)) return false;
  if (same.some((one) => isOfNobody(run.sends, one))) return false;
  const rows = readback.partitions.filter(
    ({ partition }) => send.partition === undefined || send.partition === partition,
  );
  if (rows.length === 0 || rows.some(({ complete }) => !complete)) return false;
  if (send.offset === undefined)
    return rows.every((row) => Number(row.from) <= lowest(run.sends, send, row.partition));
  return rows.every(({ from }) => Number(send.offset) >= Number(from));
}

function isOfNobody(
  sends: Reference["run"]["sends"],
  { value, partition, offset }: { value: string; partition: number; offset: string },
): boolean {
  const same = sends.filter((one) => one.value === value);
  return (
    same.length > 1 &&
    !same.some((one) => one.outcome === "ok" && one.partition === partition && one.offset === offset)
  );
}

/** A send without an offset stands behind what had been acknowledged before it began. */
function lowest(
  sends: Reference["run"]["sends"],
  send: Reference["run"]["sends"][number],
  partition: number,
): number {
  const before = sends.flatMap((one) =>
    one.partition === partition && one.offset !== undefined && one.atMs + one.tookMs <= send.atMs
      ? [Number(one.offset) + 1]
      : [],
  );
  return Math.max(0, ...before);
}

/** Looks at each millisecond: was there something to read, and was something processed? */
export function slowGap(reference: Reference, partitions: readonly number[], untilMs: number): number {
  const available: number[] = [];
  const gone: number[] = [];
  const { done } = reference;
  const ends = done.filter((one) => partitions.includes(one.met.partition)).map(({ endMs }) => endMs);
  for (const met of reference.met.filter((one) => partitions.includes(one.partition))) {
    const own = done.filter((one) => one.met === met);
    const fate = own.length > 0 ? "processed" : reference.fate(met);
    const send = reference.writer(met);
    const firstMs = Math.min(
      send?.outcome === "ok" ? send.atMs + send.tookMs : Infinity,
      ...reference.deliveries(met).map(({ atMs }) => atMs),
      ...own.map(({ fromMs }) => fromMs),
    );
    if (["before the start", "after the end", "lost in the log"].includes(fate) || firstMs === Infinity)
      continue;
    const fromMs = Math.max(
      firstMs,
      Math.min(...reference.run.history.flatMap((e) => ("group" in e ? [e.atMs] : []))),
    );
    const passing = fate === "skipped" ? reference.passing(met) : null;
    const later = done.filter(
      (one) => one.met.partition === met.partition && reference.order(one.met) > reference.order(met),
    );
    const endMs = Math.min(
      ...own.map((one) => one.endMs),
      ...(own.length > 0 ? [] : later.map((one) => one.fromMs)),
      ...(passing === null ? [] : [passing.atMs + passing.tookMs]),
    );
    available.push(fromMs);
    gone.push(Math.max(fromMs, endMs));
  }
  let [longest, startMs]: [number, number | null] = [0, null];
  for (let ms = 0; ms <= untilMs; ms++) {
    const unread = available.filter((one) => one <= ms).length - gone.filter((one) => one <= ms).length;
    if (startMs !== null && (ends.includes(ms) || unread === 0)) {
      longest = Math.max(longest, ms - startMs);
      startMs = null;
    }
    if (startMs === null && unread > 0) startMs = ms;
  }
  return startMs === null ? longest : Math.max(longest, untilMs - startMs);
}
