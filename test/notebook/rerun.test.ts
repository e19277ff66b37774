// A cell that is run twice does what a reader expects, or says why not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Kernel } from "../../scripts/notebook/kernel.ts";
import { KERNELS } from "../../scripts/notebook/spec.ts";
import { brokerProcesses } from "../live/outside.ts";
import { must, open, run, START } from "./cells.ts";

for (const name of KERNELS) {
  const test = suite(`a cell that is run twice, ${name}`);
  let kernel: Kernel;
  const twice = async (code: string): Promise<string> => (await must(kernel, code), await must(kernel, code));

  test.before(async () => {
    kernel = await open(name);
    await must(kernel, START);
  });
  test.after(() => kernel?.close());

  test("makes a probe of a name: the first is closed, the second has a name of its own", async () => {
    await must(kernel, 'const warm = lab.probe({ name: "warm" }); globalThis.first = warm;');
    await must(kernel, 'const warm = lab.probe({ name: "warm" }); console.log(warm.name);');
    assert.match(
      await must(
        kernel,
        "console.log(warm.name, (await warm.send()).outcome, " +
          "await globalThis.first.send().catch((error) => error.code));",
      ),
      /warm \(2\) ok LAB_CLOSED/,
    );
  });
  test("starts a load: the first is stopped", async () => {
    await twice(
      "const load = lab.probe.start({ perSecond: 20 }); await load.acknowledged(5); " +
        "globalThis.loads = [...(globalThis.loads ?? []), load];",
    );
    const said = await must(
      kernel,
      "const before = globalThis.loads[0].counts.ok; await load.acknowledged(20); " +
        "console.log(globalThis.loads[0].counts.ok - before);",
    );
    // at most those that were under way
    assert.ok(Number(said) <= 5, `the first load sent ${said.trim()} more`);
  });
  test("stops a load, and heals a fault: the second time nothing happens", async () => {
    assert.match(await twice("console.log((await load.stop()).ok > 0);"), /^true$/m);
    await must(kernel, "const paused = await lab.cluster.pause(1);");
    assert.match(await twice("await paused.heal(); console.log(paused.isOpen);"), /^false$/m);
  });
  test("makes a fault of the network: it is there once", async () => {
    const said = await twice(
      'const slow = await lab.net.delay(1, 100, { path: "clients" }); ' +
        // the least of some: a busy machine delays single ones
        `console.log(Math.round(Math.min(${Array(5).fill("(await lab.probe.send()).tookMs").join(", ")})));`,
    );
    assert.ok(Number(said) < 190, `a send took ${said.trim()} ms`);
    await must(kernel, "await slow.heal();");
  });
  test("freezes a frozen broker: says that it is frozen", async () => {
    await must(kernel, "const again = await lab.cluster.pause(1);");
    const { isOk, said } = await run(kernel, "const again = await lab.cluster.pause(1);");
    assert.not(isOk);
    assert.match(said, /pause broker 1\b.*paused/);
    assert.match(await twice("await lab.cluster.start(1); console.log('up');"), /up/);
  });
  test("ends the run: says which cell begins another, and so does what comes after", async () => {
    assert.match(
      await must(kernel, "const { verdict } = await lab.conclude(); console.log(verdict);"),
      /^true$/m,
    );
    for (const cell of [
      "await lab.conclude();",
      "await lab.probe.send();",
      "lab.step('again');",
      'lab.probe({ name: "new" });',
      "await lab.cluster.describe();",
    ]) {
      const { isOk, said } = await run(kernel, cell);
      assert.not(isOk, cell);
      assert.match(said, /`startLab`/, cell);
    }
    assert.match(await twice("await lab.close(); console.log('closed');"), /closed/);
    assert.equal(brokerProcesses(kernel.pid), []);
  });
  test.run();
}
