// A schedule as a program that replays it with nothing but the package.

import { printable } from "../../model/printable.ts";
import { HUNT_CLAIMS, type HuntClaim } from "./claims.ts";
import { faultCode, literal } from "./fault-code.ts";
import type { Schedule } from "./schedule.ts";

/** What a replaying program is about. */
export interface ReplayScript {
  readonly schedule: Schedule;
  readonly claim: HuntClaim;
  /** The limit of the claim, where it has one: `"30s"`. */
  readonly limit?: string | number;
  /** Options of `lab.probe`. */
  readonly client: Readonly<Record<string, unknown>>;
  /** Options of `startLab`: compose files, timers, engine, Kafka's version. */
  readonly lab: Readonly<Record<string, unknown>>;
  /** Lines at its top: how it was found, and how often it failed. */
  readonly about: readonly string[];
  /** What it imports: `kafka-failure-lab`. */
  readonly from: string;
}

/** Before the first fault, and after the last: acknowledgements of each client that are waited for. */
export const ACKS_BEFORE = 20;
export const ACKS_AFTER = 20;
/** How often a saved script tries; outcomes are races. */
const RUNS = 5;

/** The text of a module (`.mts`): exit code 2 as soon as the claim fails, 0 if it holds in each run. */
export function replayScript({ schedule, claim, limit, client, lab, about, from }: ReplayScript): string {
  const { checker, sentence, limit: option } = HUNT_CLAIMS[claim];
  const { partitions, producers, ...load } = schedule.load;
  const checks = { claim: sentence, checks: [checker], ...(option !== undefined && { [option]: limit }) };
  const topic = { name: "hunted", partitions };
  return `${about.map((line) => `// ${printable(line)}`).join("\n")}

import { setTimeout as pause } from "node:timers/promises";
import { faults, type Lab, type Load, type LoadOptions, type ProbeOptions, startLab } from ${literal(from)};

const schedule = [${schedule.faults
    .map(
      ({ atMs, fault, lastsMs }) => `\n  { atMs: ${atMs}, fault: ${faultCode(fault)}, lastsMs: ${lastsMs} },`,
    )
    .join("")}
];
// of each client
const client: ProbeOptions = ${literal(client)};
const load: LoadOptions = ${literal(load)};

// outcomes are races: the first run in which the claim fails is the last one
for (let run = 1, verdict: unknown = true; run <= ${RUNS} && verdict !== false; run++) {
  const lab = await startLab(${literal({ ...lab, topic })});
  const loads = Array.from({ length: ${producers} }, () => lab.probe(client).start(load));
  await acknowledged(loads, ${ACKS_BEFORE});
  const beganMs = lab.run.now();
  await Promise.all(schedule.map((one) => hit(lab, beganMs, one).catch((error) => lab.note(String(error)))));
  await lab.cluster.waitFor("all alive");
  await acknowledged(loads, ${ACKS_AFTER}).catch((error) => lab.note(String(error)));
  await Promise.all(loads.map((one) => one.stop()));
  ({ verdict } = await lab.conclude(${literal(checks)}));
}

async function acknowledged(loads: readonly Load[], count: number) {
  await Promise.all(loads.map((one) => one.acknowledged(count)));
}

async function hit(lab: Lab, beganMs: number, { atMs, fault, lastsMs }: (typeof schedule)[number]) {
  await pause(Math.max(0, beganMs + atMs - lab.run.now()));
  const open = await lab.inject(fault);
  await pause(Math.max(0, open.sinceMs + lastsMs - lab.run.now()));
  await open.heal();
}
`;
}
