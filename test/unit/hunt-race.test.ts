// Searches on a simulated cluster whose failures are races: whatever the dice say, a search of 15 minutes
// ends with a few faults that fail again. Times are those of three brokers on two processors.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { dice } from "../../sdk/analysis/hunt/dice.ts";
import { hunt, type HuntResult, type Trial } from "../../sdk/analysis/hunt/hunt.ts";
import type { Schedule, ScheduledFault } from "../../sdk/analysis/hunt/schedule.ts";
import { spaceOf } from "../../sdk/analysis/hunt/space.ts";

const WITHIN_MS = 15 * 60_000;
const FIXED_MS = 5000;
/** Until a broker's process is back. */
const RESTART_MS = 5000;
const ENDS_PROCESS: readonly string[] = ["stop", "kill"];

/** The chance that one client loses a record by a fault; none with one send in flight. */
function chance({ fault, lastsMs }: ScheduledFault, { inFlight = 1, perSecond }: Schedule["load"]): number {
  if (inFlight === 1 || fault.target !== "leader") return 0;
  const busy = Math.min(1, perSecond / 80) * Math.min(1, (inFlight - 1) / 6);
  if (fault.kind === "kill") return busy * 0.4;
  if (fault.kind === "pause" && lastsMs > 5000) return busy * 0.4;
  return fault.kind === "isolate" && ["clients", "all"].includes(String(fault["path"])) ? busy * 0.8 : 0;
}

/** A search against dice; each failing run names its faults in an order that may be wrong by two. */
function simulated(seed: number, loss: typeof chance = chance): Promise<HuntResult> {
  const from = dice(seed);
  let leftMs = WITHIN_MS;
  const run = ({ faults, load }: Schedule): Promise<Trial> => {
    const ends = faults.map(({ atMs, lastsMs }) => atMs + lastsMs);
    const restarts = faults.some(({ fault }) => ENDS_PROCESS.includes(fault.kind)) ? RESTART_MS : 0;
    const tookMs = FIXED_MS + Math.max(0, ...ends) + restarts;
    leftMs -= tookMs;
    const losing = faults.map((one) => from.next() > (1 - loss(one, load)) ** load.producers);
    const first = losing.indexOf(true);
    const likely = faults.map((_, index) => index).filter((index) => index !== first);
    likely.splice(from.whole(0, 2), 0, first);
    return Promise.resolve(
      first < 0
        ? { outcome: "held", summary: "All are there.", tookMs }
        : { outcome: "failed", summary: "One is lost.", tookMs, likely },
    );
  };
  return hunt({ space: spaceOf(3), seed: seed * 1000, leftMs: () => leftMs, run });
}

test("hunt() finds a race within 15 minutes, leaves three faults or fewer, and they fail again", async () => {
  const results = await Promise.all(Array.from({ length: 40 }, (_, seed) => simulated(seed)));
  const isSmall = ({ found }: HuntResult): boolean =>
    found !== undefined && found.schedule.faults.length <= 3 && found.failed >= 2;
  const others = results.filter((one) => !isSmall(one)).map(({ found }) => JSON.stringify(found));
  assert.ok(others.length <= 2, others.join("\n"));
  for (const { found } of results) assert.ok(found!.tookMs < WITHIN_MS + 120_000, `${found!.tookMs}`);
});
test("hunt() of what nothing fails survives each schedule", async () => {
  const { verdict, found } = await simulated(1, () => 0);
  assert.equal([verdict, found], [true, undefined]);
});
test.run();
