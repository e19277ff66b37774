// Several reasons to give up, as one.

/** One signal for those that there are. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const [first, ...more] = signals.filter((signal) => signal !== undefined);
  return first === undefined || more.length === 0 ? first : AbortSignal.any([first, ...more]);
}
