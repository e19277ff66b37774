// A kernel that is killed, or asked to shut down as for a restart, in the middle of a cell with a fault on:
// nothing is left within three seconds.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KERNELS } from "../../scripts/notebook/spec.ts";
import { brokerProcesses, javaClients, leftovers, until } from "../live/outside.ts";
import { must, open, run, START } from "./cells.ts";

/** Cells that are under way when the kernel ends, when they are, and how it ends. */
const MOMENTS = [
  {
    moment: "while a broker is frozen",
    before: [START],
    cell:
      "const load = lab.probe.start({ perSecond: 50 }); await load.acknowledged(20); " +
      "await lab.cluster.pause(1); await load.acknowledged(1e9);",
    when: (pid: number) => brokerProcesses(pid)[0]?.state === "T",
    way: "kill",
  },
  {
    moment: "while the lab starts",
    before: [],
    cell: START,
    when: (pid: number) => brokerProcesses(pid).length > 0,
    way: "shutdown",
  },
] as const;

for (const name of KERNELS) {
  const test = suite(`a kernel that ends, ${name}`);
  for (const { moment, before, cell, when, way } of MOMENTS) {
    test(`by ${way} ${moment} leaves nothing behind`, async () => {
      const kernel = await open(name);
      try {
        for (const code of before) await must(kernel, code);
        const running = run(kernel, cell).catch(() => {});
        await until("the cell is there", () => when(kernel.pid), 180_000);
        await (way === "kill" ? kernel.close() : kernel.shutdown());
        await until(
          "nothing is left",
          () => leftovers(kernel.pid).length + javaClients(kernel.pid).length === 0,
        );
        await running;
        assert.equal(brokerProcesses(kernel.pid), []);
      } finally {
        await kernel.close();
      }
    });
  }
  test("lets the next kernel begin clean", async () => {
    const kernel = await open(name);
    try {
      assert.match(await must(kernel, START), /started/);
      assert.match(await must(kernel, "console.log((await lab.probe.send()).outcome);"), /^ok$/m);
      await must(kernel, "await lab.close();");
    } finally {
      await kernel.close();
    }
  });
  test.run();
}
