// The events of faults, as they must look: a shape for every field, which the compiler holds to `history.ts`.

import type { DiskFault } from "./disk.ts";
import type {
  FaultEvent,
  HealEvent,
  Measured,
  MemberName,
  Observation,
  Proof,
  SlowProcessing,
} from "./history.ts";
import { faultKind } from "./prediction-schema.ts";
import {
  amount,
  type Fields,
  fields,
  flag,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  type ShapesOf,
  type Shape,
  text,
  valuesOf,
  variants,
  whole,
} from "./shape.ts";
import type { NetFault } from "./traffic.ts";

export const took: Fields<{ atMs: number; tookMs: number }> = { atMs: number, tookMs: amount };
export const brokers: Shape = listOf(whole);
const path = oneOf("clients", "peers", "controllers", "all");
const scope = {
  broker: whole,
  path,
  direction: oneOf("out", "in", "both"),
  between: optional(brokers),
};
const disorder = { ...scope, percent: amount };
/** What is wrong with networks. */
export const network: Shape = optional(
  listOf(
    variants("kind", {
      delay: { ...scope, delayMs: amount, jitterMs: amount },
      lose: disorder,
      throttle: { ...scope, bytesPerSecond: amount },
      isolate: { ...scope, how: oneOf("drop", "reset", "refuse") },
      duplicate: disorder,
      corrupt: disorder,
      reorder: disorder,
    } satisfies { [K in NetFault["kind"]]: ShapesOf<Extract<NetFault, { kind: K }>> }),
  ),
);
const measured: Fields<Measured> = {
  broker: whole,
  path,
  from: optional(whole),
  expected: oneOf("slower", "silent", "counted", "as before"),
  beforeMs: amount,
  afterMs: nullable(amount),
  waitedMs: amount,
};
const proof = optional(
  fields({
    measured: listOf(fields(measured)),
    counted: valuesOf(fields({ text, acted: amount, dropped: amount })),
    unmeasured: listOf(text),
    observed: optional(
      listOf(
        fields({ what: text, expected: text, measured: text, holds: flag } satisfies Fields<Observation>),
      ),
    ),
  } satisfies Fields<Proof>),
);

/** As group-target.ts has it. */
const memberNames = optional(listOf(fields({ group: text, member: text } satisfies Fields<MemberName>)));
const processing = optional(
  fields({ processMs: optional(amount), factor: optional(amount) } satisfies Fields<SlowProcessing>),
);
const disk = optional(
  fields({
    effect: oneOf("full", "failed", "hung", "slow", "forgetful"),
    addsMs: optional(amount),
    logDir: optional(whole),
  } satisfies Fields<DiskFault>),
);
const processEffect = optional(oneOf("shutdown", "death", "freeze"));

/** By kind, a shape for every field. */
export const FAULTS: { fault: ShapesOf<FaultEvent>; heal: ShapesOf<HealEvent> } = {
  fault: {
    ...took,
    effectAtMs: number,
    id: text,
    fault: faultKind,
    targets: brokers,
    controllers: optional(brokers),
    members: memberNames,
    resources: optional(listOf(text)),
    asked: text,
    via: text,
    differs: optional(text),
    noun: optional(text),
    process: processEffect,
    network,
    disk,
    processing,
    proof,
  },
  heal: {
    ...took,
    effectAtMs: number,
    id: text,
    fault: faultKind,
    targets: brokers,
    controllers: optional(brokers),
    members: memberNames,
    resources: optional(listOf(text)),
    via: text,
    noun: optional(text),
    process: processEffect,
    proof,
  },
};
