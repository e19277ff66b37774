// Whether a value is an event of a history.

import type { HistoryEvent } from "./history.ts";
import { wrongEvent } from "./recording/event.ts";

/**
 * Returns the value as an event.
 *
 * @throws TypeError saying what is wrong with it
 */
export function parseEvent(value: unknown): HistoryEvent {
  const wrong = wrongEvent(value);
  if (wrong !== undefined) throw new TypeError(`Cannot read the event: ${wrong}`);
  return value as HistoryEvent;
}
