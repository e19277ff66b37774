// Whether this program is a notebook's kernel.

import process from "node:process";

/** True in the tslab kernel and in Deno's own. */
export function isNotebook(): boolean {
  if (process.argv.some((arg) => /[\\/]tslab\b/.test(arg))) return true;
  try {
    return (globalThis as { Deno?: { jupyter?: unknown } }).Deno?.jupyter !== undefined;
  } catch {
    return false; // outside a kernel Deno's getter throws
  }
}
