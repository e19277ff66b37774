// What a network fault costs in Docker beside the bare tc command, and 200 of them, made and healed while a
// client sends.

import { performance } from "node:perf_hooks";
import process from "node:process";
import { type Lab, type NetFault, startLab } from "@kafka-failure-lab/sdk";
import type { Cli } from "@kafka-failure-lab/sdk/testing";
import { containerOf } from "./container.ts";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const PROJECT = `bench-faults-${process.pid}`;
const CYCLES = 200;
/** A limit that nothing reaches: by netem where the kernel has it, else by htb. */
const LIMIT: NetFault = {
  kind: "throttle",
  broker: 1,
  path: "all",
  direction: "out",
  bytesPerSecond: 100_000_000,
};
const ISOLATION: NetFault = { kind: "isolate", how: "drop", broker: 1, path: "clients", direction: "both" };

export async function faults(
  cli: Cli,
  runs: number,
  folder: string,
  say: PartOptions["say"],
): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "docker",
    scenario: "bench-faults",
    project: PROJECT,
    runs: folder,
    compose: ["one-broker"],
    timers: "fast",
    onProgress: false,
  });
  const { network } = lab.engine;
  const inside = await shellIn(cli);
  const rules = (): Promise<string> => inside("sh", "-c", "tc qdisc show; iptables -S");
  const clean = await rules();
  const took = await besideBare(network, inside, runs * 4);
  const load = lab.probe.start({ perSecond: 100 });
  await load.acknowledged(20);
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    await network.apply([ISOLATION]);
    await network.apply([]);
    if (cycle % 50 === 0) say(`docker faults, ${cycle} of ${CYCLES} cycles; ${load.counts.ok} acknowledged`);
  }
  await load.stop();
  const isClean = (await rules()) === clean;
  const { judgement } = await lab.conclude({
    print: false,
    exitCode: false,
    checks: ["noLostWrites", "order"],
  });
  return [
    figure("docker: fault made, bare docker exec tc", "ms", took.bareAdd),
    figure("docker: fault made, lab / bare", "ratio", pairwise(took.add, took.bareAdd), [
      { statistic: "median", atMost: 1.2 },
    ]),
    figure("docker: fault healed, lab / bare", "ratio", pairwise(took.heal, took.bareHeal), [
      { statistic: "median", atMost: 1.2 },
    ]),
    figure(
      `docker: acknowledged records lost or out of order in ${CYCLES} cycles`,
      "sends",
      [judgement.counts.lost + judgement.counts.outOfOrder],
      [{ statistic: "max", atMost: 0 }],
    ),
    figure(
      `docker: qdiscs and rules as before after ${CYCLES} cycles`,
      "ratio",
      [isClean ? 1 : 0],
      [{ statistic: "min", atLeast: 1 }],
    ),
  ];
}

type Inside = (...argv: string[]) => Promise<string>;

/** Runs commands as root in the broker's container, and returns what they print. */
async function shellIn(cli: Cli): Promise<Inside> {
  const id = await containerOf(cli, PROJECT);
  return async (...argv) =>
    (await cli.docker("run a bare command", ["exec", "--user", "root", id, ...argv])).stdout;
}

/** Makes and heals a fault, by a bare command and by the lab in turn; milliseconds of each run. */
async function besideBare(
  network: Lab["engine"]["network"],
  inside: Inside,
  runs: number,
): Promise<Record<"add" | "bareAdd" | "heal" | "bareHeal", number[]>> {
  const took = {
    add: [] as number[],
    bareAdd: [] as number[],
    heal: [] as number[],
    bareHeal: [] as number[],
  };
  const timed = async (into: number[], act: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await act();
    into.push(performance.now() - began);
  };
  await network.apply([LIMIT]); // finds out what is there
  await network.apply([]);
  for (let run = 0; run < runs; run++) {
    await timed(took.bareAdd, () =>
      inside("tc", "qdisc", "add", "dev", "eth0", "root", "handle", "7ab:", "htb"),
    );
    await timed(took.bareHeal, () => inside("tc", "qdisc", "del", "dev", "eth0", "root"));
    await timed(took.add, () => network.apply([LIMIT]));
    await timed(took.heal, () => network.apply([]));
  }
  return took;
}
