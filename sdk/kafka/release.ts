// Which Kafka releases exist.

import { printable } from "../model/printable.ts";

/** The newest minor release of each major one, as of 4.4. */
const NEWEST_MINOR: Readonly<Record<string, number>> = { "0": 11, "1": 1, "2": 8, "3": 9, "4": 4 };
const NEWEST = `4.${NEWEST_MINOR["4"]}`;

/**
 * Why a text is not a Kafka release; undefined if it is one. `latest` and an image tag's suffix are accepted,
 * patch numbers are not checked.
 */
export function wrongRelease(text: string): string | undefined {
  if (text === "latest") return undefined;
  const [, major, minor] = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d{1,3}){0,2}(?:-[\w.-]{1,60})?$/.exec(text) ?? [];
  if (major === undefined) return `expected a version such as 3.9.2, ${NEWEST}.0, 4 or latest`;
  const newest = Object.hasOwn(NEWEST_MINOR, major) ? NEWEST_MINOR[major]! : -1;
  if (newest >= Number(minor ?? 0)) return undefined;
  return `there is no Kafka ${minor === undefined ? major : `${major}.${minor}`}; the newest is ${NEWEST}`;
}

/** @throws RangeError where `wrongRelease` has a reason */
export function checkRelease(text: string): void {
  const why = wrongRelease(text);
  if (why !== undefined) throw new RangeError(`Cannot use Kafka ${printable(JSON.stringify(text))}: ${why}`);
}

/** Orders whole releases such as `3.9.2`: below 0 where the first is the older one. */
export function compareReleases(one: string, other: string): number {
  const [a, b] = [one, other].map((release) => release.split(".").map(Number));
  const at = a!.findIndex((part, index) => part !== b![index]);
  return at < 0 ? 0 : a![at]! - b![at]!;
}
