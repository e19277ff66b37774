// What a search says: a line for each run, and in the end what was found.

import { printable, readable } from "@kafka-failure-lab/sdk";
import {
  faultCode,
  type Found,
  HUNT_CLAIMS,
  type HuntResult,
  type HuntStep,
  type Schedule,
  type Trial,
} from "@kafka-failure-lab/sdk/testing";
import { counted } from "../counted.ts";
import type { HuntOptions } from "./options.ts";

const STEPS: Readonly<Record<HuntStep, string>> = {
  search: "search",
  again: "run again",
  shrink: "shrink",
  confirm: "confirm",
};

/** One run: `seed 7, search: 2 faults, 140 a second, 20 in flight: held (12.1 s)`. */
export function trialLine(step: HuntStep, trial: Trial, schedule: Schedule, seed: number): string {
  const { outcome, summary, tookMs, notes = [] } = trial;
  const found = outcome === "held" ? "" : `: ${summary}`;
  const why = found + notes.map((one) => `; ${one}`).join("");
  return printable(
    `seed ${seed}, ${STEPS[step]}: ${scheduleText(schedule)}: ${outcome} (${readable(tookMs)})${why}`,
  );
}

function scheduleText({ faults, load }: Schedule): string {
  const kinds = faults.map(({ fault }) => fault.kind).join(", ");
  return `${counted(faults.length, "fault")}${kinds === "" ? "" : ` (${kinds})`}, ${loadText(load)}`;
}

function loadText({ producers, perSecond, inFlight, partitions }: Schedule["load"]): string {
  const limit = inFlight === undefined ? [] : [`${inFlight} in flight`];
  const each = producers === 1 ? "" : " each";
  const rate = `${perSecond} a second${each}`;
  return [counted(producers, "client"), rate, ...limit, counted(partitions, "partition")].join(", ");
}

/** The search's result, a line each. */
export function resultLines({ verdict, found, schedules, runs }: HuntResult, options: HuntOptions): string[] {
  const { held, failed, inconclusive } = schedules;
  const searched = `${counted(held + failed + inconclusive, "schedule")}, ${counted(runs, "run")}`;
  const claim = `claim: ${HUNT_CLAIMS[options.claim].sentence}`;
  if (found !== undefined) return [claim, ...foundLines(found), searched];
  const words = verdict === true ? "no schedule was found that it does not survive" : "inconclusive";
  const more = inconclusive === 0 ? "" : `, ${inconclusive} of them inconclusive`;
  return [claim, `${words}: ${searched}${more}, from seed ${options.seed} on`];
}

/** How often it failed after the search. */
export function confirmedText({ failed, of }: Pick<Found, "failed" | "of">): string {
  if (failed === 0) return `failed once, and not again in ${counted(of, "run")}`;
  return `failed again in ${failed} of ${counted(of, "confirming run")}`;
}

function foundLines(found: Found): string[] {
  const { seed, schedule, original, summary, failed, isComplete, foundAfterMs, tookMs } = found;
  return [
    printable(summary),
    `found with seed ${seed} after ${readable(foundAfterMs)}: ${counted(original.faults.length, "fault")}; ` +
      `shrunk to ${counted(schedule.faults.length, "fault")} after ${readable(tookMs)}` +
      `${isComplete || failed === 0 ? "" : " (the time was over before everything was tried)"}`,
    ...scheduleLines(schedule).map((line) => `  ${line}`),
    confirmedText(found),
  ];
}

/** A schedule, a line for each fault and one for the load. */
export function scheduleLines({ faults, load }: Schedule): string[] {
  return [
    ...faults.map(
      ({ atMs, fault, lastsMs }) => `at ${readable(atMs)}, for ${readable(lastsMs)}: ${faultCode(fault)}`,
    ),
    `load: ${loadText(load)}`,
  ];
}
