// Windows of time: what can be said of them is said component by component.

import type { Span } from "../../model/prediction.ts";

export function span(fromMs: number, toMs: number): Span {
  return { fromMs, toMs };
}

export const NOW: Span = span(0, 0);

/** One after the other. */
export function plus(...spans: readonly Span[]): Span {
  return span(
    spans.reduce((sum, { fromMs }) => sum + fromMs, 0),
    spans.reduce((sum, { toMs }) => sum + toMs, 0),
  );
}

/** Both have to be over. */
export function latest(...spans: readonly Span[]): Span {
  return span(Math.max(...spans.map(({ fromMs }) => fromMs)), Math.max(...spans.map(({ toMs }) => toMs)));
}

/** One of them has to be over. */
export function earliest(...spans: readonly Span[]): Span {
  return span(Math.min(...spans.map(({ fromMs }) => fromMs)), Math.min(...spans.map(({ toMs }) => toMs)));
}

/** It is one of them, nobody knows which. */
export function anyOf(...spans: readonly Span[]): Span {
  return span(Math.min(...spans.map(({ fromMs }) => fromMs)), Math.max(...spans.map(({ toMs }) => toMs)));
}

/** Every one of them has to happen; null where one never does. */
export function latestOf(spans: readonly (Span | null)[]): Span | null {
  return spans.includes(null) ? null : latest(NOW, ...(spans as readonly Span[]));
}

/** One of them has to happen; null where none does. */
export function earliestOf(spans: readonly (Span | null)[]): Span | null {
  const some = spans.filter((one) => one !== null);
  return some.length === 0 ? null : earliest(...some);
}
