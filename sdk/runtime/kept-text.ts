// What a history keeps of a key or a value: what tells records apart, no payloads. Somebody else's records
// may have megabytes each, and a member that reads them again writes them down again.
//
// The members' programs do the same where they read: recordOf() of client/member/kafkajs-output.mjs, and
// Records.java.

import { createHash } from "node:crypto";

/** The lab's own values are shorter, also behind the partition and offset that they were made of. */
const LETTERS = 1_000;
const BEGINNING = 40;

/** Returns a longer text than `most` characters as its beginning and a sum of it. @default most 1000 */
export function keptText(text: string, most: number = LETTERS): string {
  if (text.length <= most) return text;
  const sum = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${text.slice(0, BEGINNING)}… sha256:${sum}`;
}
