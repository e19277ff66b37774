// A state folder of a test's own: what sweeps and cleans would otherwise meet the labs that other tests have
// open on this machine, and end those that are kept.

import process from "node:process";

/** Makes a folder the state folder's parent, and returns what undoes that. */
export function stateAt(dir: string): () => void {
  const before = process.env["LAB_STATE"];
  process.env["LAB_STATE"] = dir;
  return () => {
    if (before === undefined) delete process.env["LAB_STATE"];
    else process.env["LAB_STATE"] = before;
  };
}
