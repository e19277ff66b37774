// What a notebook's kernel can do that a terminal cannot: show more than text, and write over what it has
// shown.

import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

/** The kernels that the lab knows: tslab, and Deno's own. */
export type Kernel = "tslab" | "deno";

/** The same thing by MIME type, the richest first. */
export type Bundle = Readonly<Record<string, string>>;

/** Returns the kernel that this program is, or null where it is none. */
export function kernel(): Kernel | null {
  if (isTslab(process.argv[1] ?? "")) return "tslab";
  return denoJupyter() === undefined ? null : "deno";
}

/**
 * Whether that is the program of a tslab kernel: its command, or what the lab's own kernelspec starts it
 * with; not any program in a folder of that name.
 */
export function isTslab(program: string): boolean {
  return /[\\/]tslab([\\/](kernel\.cjs|dist[\\/]main\.js))?$/.test(program);
}

/** True in the tslab kernel and in Deno's own. */
export function isNotebook(): boolean {
  return kernel() !== null;
}

/**
 * Shows a bundle in the cell that is executed, or the last one; false where this program is no kernel, or one
 * that has no cell yet.
 */
export async function display(bundle: Bundle): Promise<boolean> {
  return await newDisplay()(bundle);
}

/**
 * Returns what shows a bundle, and from the second call on writes over what it has shown; it is false where
 * nothing can be shown.
 */
export function newDisplay(): (bundle: Bundle) => Promise<boolean> {
  switch (kernel()) {
    case "tslab":
      return inTslab();
    case "deno":
      return inDeno();
    case null:
      return async () => false;
  }
}

interface Tslab {
  newDisplay(): { raw(mime: string, data: string): void };
}

/** One MIME type a call; tslab throws before its first cell is executed. */
function inTslab(): (bundle: Bundle) => Promise<boolean> {
  // the kernel's own copy, wherever it was started from: another one has no connection
  const own = createRequire(realpathSync(process.argv[1] ?? import.meta.url));
  let shown: ReturnType<Tslab["newDisplay"]> | undefined;
  return async (bundle) => {
    try {
      shown ??= (own("tslab") as Tslab).newDisplay();
      const [mime = "text/plain", data = ""] = Object.entries(bundle)[0] ?? [];
      shown.raw(mime, data);
      return true;
    } catch {
      return false;
    }
  };
}

interface DenoJupyter {
  display(bundle: Bundle, options: { raw: true; display_id: string; update: boolean }): Promise<void>;
}

let displays = 0;

function inDeno(): (bundle: Bundle) => Promise<boolean> {
  const display_id = `kafka-failure-lab-${process.pid}-${++displays}`;
  let before: Promise<boolean> | undefined;
  const one = async (bundle: Bundle, update: boolean): Promise<boolean> =>
    await denoJupyter()!
      .display(bundle, { raw: true, display_id, update })
      .then(
        () => true,
        () => false,
      );
  // one after the other: an update must not pass what it updates
  return (bundle) =>
    (before = before === undefined ? one(bundle, false) : before.then(() => one(bundle, true)));
}

function denoJupyter(): DenoJupyter | undefined {
  try {
    return (globalThis as { Deno?: { jupyter?: DenoJupyter } }).Deno?.jupyter;
  } catch {
    return undefined; // outside a kernel Deno's getter throws
  }
}
