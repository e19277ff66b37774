// An interrupted cell ends and says so, its faults heal, and the kernel and its lab go on; a kernel has one
// open lab. As Jupyter interrupts: by SIGINT to the kernel's process group.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Kernel } from "../../scripts/notebook/kernel.ts";
import { KERNELS } from "../../scripts/notebook/spec.ts";
import { brokerProcesses, until } from "../live/outside.ts";
import { must, onceHealed, open, run, START } from "./cells.ts";

for (const name of KERNELS) {
  const test = suite(`an interrupted cell, ${name}`);
  let kernel: Kernel;
  const states = (): string[] => brokerProcesses(kernel.pid).map(({ state }) => state);

  /** Runs a cell, and interrupts it as soon as the condition holds. */
  async function interrupted(code: string, when: () => boolean): ReturnType<typeof run> {
    const running = run(kernel, code);
    await until("the cell is where it is to be interrupted", when);
    await kernel.interrupt();
    return await running;
  }

  test.before(async () => {
    kernel = await open(name);
    await must(kernel, START);
    await must(kernel, "const load = lab.probe.start({ perSecond: 50 }); await load.acknowledged(20);");
  });
  test.after(() => kernel?.close());

  test("that waits while a broker is frozen ends with an error, thaws the broker, and the next cell sends with the same lab", async () => {
    const [before] = brokerProcesses(kernel.pid);
    const { isOk, said } = await interrupted(
      "await lab.cluster.pause(1);\nawait load.acknowledged(1e9);\nconsole.log('went on');",
      () => states()[0] === "T",
    );
    assert.not(isOk);
    assert.match(said, /[Ii]nterrupted/);
    assert.not.match(said, /went on/);
    await until("the broker is thawed", () => states()[0] === "S");
    assert.match(await onceHealed(kernel, "console.log((await lab.probe.send()).outcome);"), /^ok$/m);
    assert.is(brokerProcesses(kernel.pid)[0]?.pid, before!.pid);
  });
  test("that forgives its errors does not go on breaking the cluster", async () => {
    await interrupted(
      "await lab.cluster.pause(1);\nfor (let turn = 0; turn < 100; turn++) {\n" +
        "  await Promise.allSettled([load.acknowledged(1e9), lab.cluster.waitFor(() => false)]);\n" +
        "  await lab.cluster.pause(1).catch(() => {});\n}",
      () => states()[0] === "T",
    );
    await until("the broker is thawed", () => states()[0] === "S");
    assert.match(await onceHealed(kernel, "console.log((await lab.probe.send()).outcome);"), /^ok$/m);
    assert.equal(states(), ["S"]);
  });
  test("that starts the lab leaves no broker behind, and the lab that was open before it is closed", async () => {
    const [before] = brokerProcesses(kernel.pid);
    const { isOk } = await interrupted(START, () =>
      brokerProcesses(kernel.pid).some(({ lab }) => lab !== before!.lab),
    );
    assert.not(isOk);
    await until("no broker runs", () => states().length === 0);
    assert.match(await must(kernel, START), /started/);
    assert.is(states().length, 1);
  });
  test("startLab() in the same kernel closes the lab that is open", async () => {
    const [before] = brokerProcesses(kernel.pid);
    assert.match(await must(kernel, START), /started/);
    const now = brokerProcesses(kernel.pid);
    assert.is(now.length, 1);
    assert.is.not(now[0]!.lab, before!.lab);
  });
  test.run();
}
