// Runs several test files in one process, one after another: `batch.ts MARK FILE...`. It saves each of them
// the start of a runtime and the loading of the SDK, which is most of what a pure unit test takes.
//
// Each file gets a line `MARK begin FILE`, uvu's output, and `MARK end FILE CODE MS`. A file without its end
// has not ended: the runner takes it for red.

import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

declare global {
  /** uvu, before it is loaded: suites are queued, and run by `exec()`. */
  var UVU_DEFER: number | undefined;
  var UVU_QUEUE: unknown[][];
}

const [mark, ...files] = process.argv.slice(2);
globalThis.UVU_DEFER = 1;
const { exec, test } = await import("uvu");

for (const file of files) {
  globalThis.UVU_QUEUE.splice(0, Infinity, [null]);
  process.exitCode = 0;
  console.log(`${mark} begin ${file}`);
  const began = performance.now();
  let code = 0;
  try {
    await import(pathToFileURL(path.resolve(file)).href);
    await exec();
    code = Number(process.exitCode);
  } catch (error) {
    console.log(error);
    code = 1;
  }
  // what a file that forgot to run its tests has left in uvu's common suite is no part of the next one
  test.run();
  console.log(`${mark} end ${file} ${code} ${performance.now() - began}`);
}
process.exitCode = 0; // each file's own code has been said
