// What a member writes down of a key or a value.

import { createHash } from "node:crypto";

/** As keptText() of runtime/kept-text.ts. */
export function kept(text) {
  if (text.length <= 1_000) return text;
  const sum = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${text.slice(0, 40)}… sha256:${sum}`;
}
