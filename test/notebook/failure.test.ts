// What is told of a cell that does not come to its end: its text, the line, and why.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toNotebook } from "../../scripts/notebook/percent.ts";
import { type Executed, runNotebook } from "../../scripts/notebook/run.ts";
import { type KernelName, readSpec } from "../../scripts/notebook/spec.ts";
import { notebooks, root } from "../../scripts/notebook/where.ts";

async function execute(name: KernelName, cells: readonly string[], timeoutMs = 60_000): Promise<Executed> {
  const spec = readSpec(name);
  const script = cells.map((code, index) => `// %% cell ${index + 1}\n${code}\n`).join("\n");
  return await runNotebook(toNotebook(script, { lang: "en", kernel: { name, displayName: "" } }), {
    spec,
    root,
    cwd: notebooks,
    timeoutMs,
  });
}

const test = suite("runNotebook()");
test("tells of a type error with the cell's text and the line, and runs no cell after it", async () => {
  const { failure, outputs, result } = await execute("tslab", [
    "console.log('first');",
    'import { toMs } from "@kafka-failure-lab/sdk";\nconst ms: string = toMs("1s");',
    "console.log('never');",
  ]);
  assert.is(result, undefined);
  assert.match(
    failure!.join("\n"),
    /^code cell 2, cell 2:\n {6}1 {2}import .*\n {2}> {3}2 {2}const ms: string = toMs\("1s"\);\n\n2:7 - Type 'number' is not assignable to type 'string'\.$/,
  );
  assert.equal(
    outputs.map(([first]) => first?.output_type),
    ["stream", "stream"],
  );
});
for (const name of ["tslab", "deno"] as const) {
  test(`tells of a thrown error with the cell's text, ${name}`, async () => {
    const { failure } = await execute(name, [
      "const wrong = () => {\n  throw new Error('on purpose');\n};",
      "wrong();",
    ]);
    assert.match(failure!.join("\n"), /^code cell 2, cell 2:\n.*1 {2}wrong\(\);\n[^]*Error: on purpose/);
  });
  test(`tells of a cell that is not done in time, ${name}`, async () => {
    const { failure } = await execute(
      name,
      ["await new Promise((resolve) => setTimeout(resolve, 60_000));"],
      500,
    );
    assert.match(failure!.join("\n"), /code cell 1[^]*500 ms/);
  });
  test(`tells of a kernel that ends, ${name}`, async () => {
    const { failure } = await execute(name, [
      "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
    ]);
    assert.match(failure!.join("\n"), /code cell 1[^]*the kernel .* exited \(SIGKILL\)/);
  });
}
test("tells of a notebook that comes to no result", async () => {
  assert.match(
    (await execute("deno", ["console.log(1);"])).failure!.join("\n"),
    /does the last one call `finish`/,
  );
});
test("loses nothing of what a cell prints, however much", async () => {
  for (const name of ["tslab", "deno"] as const) {
    const { outputs } = await execute(
      name,
      Array.from(
        { length: 30 },
        (_, cell) => `for (let line = 0; line < 50; line++) console.log(${cell}, line);`,
      ),
    );
    const lines = outputs.map((own) =>
      own.map((output) => (output.output_type === "stream" ? output.text : "")).join(""),
    );
    assert.equal(
      lines,
      Array.from({ length: 30 }, (_, cell) =>
        Array.from({ length: 50 }, (__, line) => `${cell} ${line}\n`).join(""),
      ),
      name,
    );
  }
});
test.run();
