// A lab, and a recorded run, whose verbs check their arguments before anything else.

import type { Lab, LabRun } from "../lab/lab.ts";
import type { ProbeFactory } from "../lab/workload/probe-factory.ts";
import type { RecordedRun } from "../recording/mod.ts";
import * as surface from "../recording/surface.ts";
import { before, guarded, guardedSurface, handing, type Row, type Verb } from "./guard.ts";
import { guardedPredict } from "./predict-guard.ts";
import { trust } from "./results.ts";
import * as takes from "./verbs.ts";

/** A verb of the lab whose handle checks arguments, too. */
function handed<Name extends "inject" | "watch" | "group">(
  lab: Lab,
  name: Name,
  member: surface.Member,
): Lab[Name] {
  const verbs = lab as unknown as Record<Name, Verb>;
  const real: Verb = (...args) => verbs[name](...args);
  const row = takes.LAB[name] as unknown as Row;
  return before(`lab.${name}`, handing(real, member), row, "rejects") as unknown as Lab[Name];
}

/** Returns the lab with the same verbs, each of which checks its arguments. */
export function guardedLab(lab: Lab): Lab {
  const close = guarded<Lab["close"]>("lab.close", () => lab.close(), takes.LAB.close, "rejects");
  return {
    cluster: guardedSurface(surface.CLUSTER, takes.CLUSTER as never, "cluster", lab.cluster),
    net: guardedSurface(surface.NET, takes.NET as never, "net", lab.net),
    disk: guardedSurface(surface.DISK, takes.DISK as never, "disk", lab.disk),
    probe: guardedProbeFactory(lab.probe),
    inject: handed(lab, "inject", "promise of a fault"),
    predict: guardedPredict(lab),
    watch: handed(lab, "watch", "promise of a watch"),
    group: handed(lab, "group", "promise of a group"),
    run: guardedRun(lab.run),
    engine: lab.engine,
    differs: lab.differs,
    bootstrap: lab.bootstrap,
    topic: lab.topic,
    bootMs: lab.bootMs,
    isReplay: lab.isReplay,
    ...(lab.recordedAt && { recordedAt: lab.recordedAt }),
    step: guarded<Lab["step"]>("lab.step", (name) => lab.step(name), takes.LAB.step),
    note: guarded<Lab["note"]>("lab.note", (text) => lab.note(text), takes.LAB.note),
    capture: guarded<Lab["capture"]>(
      "lab.capture",
      (command) => lab.capture(command),
      takes.LAB.capture,
      "rejects",
    ),
    conclude: guarded<Lab["conclude"]>(
      "lab.conclude",
      (how) => lab.conclude(how),
      takes.LAB.conclude,
      "rejects",
    ),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

function guardedProbeFactory(real: ProbeFactory): ProbeFactory {
  const make = before("lab.probe", handing(real as unknown as Verb, "probe"), takes.LAB.probe, "throws");
  const own = guardedSurface(surface.PROBE_FACTORY, takes.PROBE as never, "probe", real);
  return Object.defineProperties(make, Object.getOwnPropertyDescriptors(own)) as unknown as ProbeFactory;
}

function guardedRun(run: LabRun): LabRun {
  const own = guardedSurface(surface.RUN, takes.RUN as never, "run", run);
  return Object.defineProperty(own, "history", {
    enumerable: true,
    configurable: true,
    get: () => trust(run.history),
  });
}

/** Returns the run with the same verbs, each of which checks its arguments. */
export function guardedRecordedRun(run: RecordedRun): RecordedRun {
  trust(run.history);
  return guardedSurface(surface.RECORDED_RUN, takes.RECORDED_RUN as never, "run", run);
}
