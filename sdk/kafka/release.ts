// Which Kafka releases there are.

import { printable } from "../model/printable.ts";

/** The newest minor release of each line, as of 4.4. */
const NEWEST: Readonly<Record<string, number>> = { "0": 11, "1": 1, "2": 8, "3": 9, "4": 4 };

/**
 * Refuses a Kafka version that there is not. `latest` and an image's suffix are taken; patch releases are not
 * looked at.
 *
 * @throws RangeError
 */
export function checkRelease(text: string): void {
  if (text === "latest") return;
  const [, major = "", minor] = /^(\d+)(?:\.(\d+))?(?:\.\d+)*(?:-[\w.-]+)?$/.exec(text) ?? [];
  const newest = Object.hasOwn(NEWEST, major) ? NEWEST[major]! : -1;
  if (newest === -1 || Number(minor ?? 0) > newest)
    throw new RangeError(
      `Cannot use Kafka ${printable(JSON.stringify(text))}: ` +
        `there is no such release (the newest is 4.${NEWEST["4"]})`,
    );
}
