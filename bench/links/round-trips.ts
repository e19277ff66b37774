// Round trips through a link: what a link without a fault adds, and how exact a delay is.

import { type Figure, figure, pairwise, type Say } from "../figure.ts";
import type { Toxiproxy } from "../toxiproxy.ts";
import { DELAY_MS, dial, PORT } from "./places.ts";

/** Round trips of 100 bytes, in blocks, in turn. */
export async function idle(
  direct: number,
  toxiproxy: Toxiproxy | undefined,
  runs: number,
  say: Say,
): Promise<Figure[]> {
  const ports = { direct, link: PORT.link, ...(toxiproxy && { toxiproxy: PORT.toxiproxy }) };
  const medians = { direct: [] as number[], link: [] as number[], toxiproxy: [] as number[] };
  for (let run = 0; run < runs * 4; run++) {
    const inTurn = Object.entries(ports) as [keyof typeof medians, number][];
    for (const [name, port] of run % 2 === 0 ? inTurn : inTurn.reverse()) {
      await using line = await dial(port);
      const times: number[] = [];
      for (let i = 0; i < 500; i++) times.push(await line.roundTrip());
      medians[name].push(times.sort((a, b) => a - b)[250]! * 1000);
    }
  }
  say(
    `links: a round trip takes ${medians.direct.at(-1)!.toFixed(0)} µs, ` +
      `${medians.link.at(-1)!.toFixed(0)} µs through a link`,
  );
  const added = (of: number[]): number[] => of.map((one, index) => one - medians.direct[index]!);
  return [
    figure("links: round trip, bare", "µs", medians.direct),
    figure("links: added by a link without a fault", "µs", added(medians.link)),
    figure("links: added by toxiproxy without a toxic", "µs", added(medians.toxiproxy)),
    figure(
      "links: added by a link / by toxiproxy",
      "ratio",
      pairwise(added(medians.link), added(medians.toxiproxy)),
      [{ statistic: "median", atMost: 1 }],
    ),
  ];
}

/** By how much a delay of 250 ms misses. */
export async function exactness(
  toxiproxy: Toxiproxy | undefined,
  link: (on: boolean) => Promise<unknown>,
  count: number,
  say: Say,
): Promise<Figure[]> {
  await link(true);
  await toxiproxy?.delay(PORT.toxiproxy, DELAY_MS);
  const errors = { link: [] as number[], toxiproxy: [] as number[] };
  await using through = await dial(PORT.link);
  await using other = await dial(toxiproxy === undefined ? PORT.link : PORT.toxiproxy);
  await through.roundTrip();
  await other.roundTrip();
  for (let i = 0; i < count; i++) {
    errors.link.push((await through.roundTrip()) - DELAY_MS);
    if (toxiproxy !== undefined) errors.toxiproxy.push((await other.roundTrip()) - DELAY_MS);
  }
  await link(false);
  await toxiproxy?.heal(PORT.toxiproxy);
  say(`links: ${count} delays of ${DELAY_MS} ms each`);
  const p99 = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.ceil(of.length * 0.99) - 1] ?? NaN;
  const median = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN;
  return [
    figure("links: delay of 250 ms, too long by", "ms", errors.link),
    figure("links: the same, toxiproxy", "ms", errors.toxiproxy),
    figure(
      "links: median error / toxiproxy's",
      "ratio",
      [median(errors.link) / median(errors.toxiproxy)],
      [{ statistic: "median", atMost: 1 }],
    ),
    figure(
      "links: p99 error / toxiproxy's",
      "ratio",
      [p99(errors.link) / p99(errors.toxiproxy)],
      [{ statistic: "median", atMost: 1 }],
    ),
  ];
}
